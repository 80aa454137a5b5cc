//! The golden cases: PyTorch float64 logits and per-block statistics (`tests/fixtures/golden/make_golden.py` made them).
//! Weights are a formula of the tensor's name, so no weight files are needed.

use serde::Deserialize;
use skipscope::arch::Architecture;
use skipscope::lesion::Lesion;
use skipscope::network::Network;
use skipscope::trace::{Activation, Branches, Map, Probe};
use skipscope::weights::synthetic::{Synthetic, image};

/// Name, architecture, stride in the first 1x1, blocks whose residual branch is removed, and the expected values.
pub struct Case {
    pub name: &'static str,
    architecture: &'static str,
    stride_in_1x1: bool,
    without_residual: &'static [usize],
    json: &'static str,
}

macro_rules! case {
    ($name:literal, $architecture:literal) => {
        case!($name, $architecture, false, &[])
    };
    ($name:literal, $architecture:literal, $stride:literal, $cut:expr) => {
        Case {
            name: $name,
            architecture: $architecture,
            stride_in_1x1: $stride,
            without_residual: $cut,
            json: include_str!(concat!("../fixtures/golden/", $name, ".json")),
        }
    };
}

pub const CASES: [Case; 10] = [
    case!("resnet18", "resnet18"),
    case!("resnet34", "resnet34"),
    case!("resnet50", "resnet50"),
    case!("resnet50-stride-in-1x1", "resnet50", true, &[]),
    case!("resnet50-without-blocks-4-9", "resnet50", false, &[4, 9]),
    case!("resnet101", "resnet101"),
    case!("resnet152", "resnet152"),
    case!("cifar-resnet20", "resnet20"),
    case!("cifar-resnet56", "resnet56"),
    case!("cifar-plain20", "plain20"),
];

pub fn case(name: &str) -> &'static Case {
    CASES.iter().find(|c| c.name == name).expect("a golden case")
}

#[derive(Deserialize)]
struct Golden {
    blocks: Vec<GoldenBlock>,
    logits: Vec<f64>,
}

#[derive(Deserialize)]
struct GoldenBlock {
    #[serde(default)]
    name: String,
    identity: Option<Summary>,
    residual: Summary,
    output: Summary,
}

#[derive(Deserialize)]
struct Summary {
    shape: Vec<usize>,
    mean: f64,
    rms: f64,
    min: f64,
    max: f64,
    probe: Vec<f64>,
}

/// Compares everything a run shows with the golden values and remembers the worst.
struct Comparison {
    golden: Golden,
    seen: usize,
    /// Worst difference relative to the golden rms, and where.
    worst: (f64, String),
}

impl Comparison {
    fn check(&mut self, what: &str, block: usize, map: Option<Activation>) {
        let expected = &self.golden.blocks[block];
        let summary = match what {
            "identity" => expected.identity.as_ref(),
            "residual" => Some(&expected.residual),
            _ => Some(&expected.output),
        };
        let (Some(summary), Some(map)) = (summary, &map) else {
            assert_eq!(summary.is_some(), map.is_some(), "{} {what}", expected.name);
            return;
        };
        assert_eq!(summary.shape, [map.channels, map.height, map.width], "{} {what}", expected.name);
        let n = map.data.len();
        let values = || map.data.iter().map(|&v| f64::from(v));
        let chw = |i: usize| {
            let (c, pixel) = (i / (map.height * map.width), i % (map.height * map.width));
            f64::from(map.data[pixel * map.channels + c])
        };
        let mut pairs = vec![
            (values().sum::<f64>() / n as f64, summary.mean),
            ((values().map(|v| v * v).sum::<f64>() / n as f64).sqrt(), summary.rms),
            (values().fold(f64::INFINITY, f64::min), summary.min),
            (values().fold(f64::NEG_INFINITY, f64::max), summary.max),
        ];
        pairs.extend((0..16).map(|i| chw(linspace(n - 1, i))).zip(summary.probe.iter().copied()));
        for (ours, golden) in pairs {
            let error = (ours - golden).abs() / summary.rms;
            if error > self.worst.0 || error.is_nan() {
                self.worst = (error, format!("{} {what}", expected.name));
            }
        }
    }
}

/// `torch.linspace(0, last, 16).long()[i]`: float32, counted from the nearer end, truncated.
fn linspace(last: usize, i: usize) -> usize {
    let step = last as f32 / 15.0;
    if i < 8 { (step * i as f32) as usize } else { (last as f32 - step * (15 - i) as f32) as usize }
}

impl Probe for Comparison {
    fn wants(&self, _block: usize) -> bool {
        true
    }

    fn see(&mut self, block: usize, branches: Branches<'_>) {
        let copy = |map: Map<'_>| map.to_activation();
        self.check("identity", block, branches.identity.map(copy));
        self.check("residual", block, Some(copy(branches.residual)));
        self.check("output", block, Some(copy(branches.output)));
        self.seen += 1;
    }
}

/// The worst errors of a case: of the logits relative to their standard deviation, of the blocks relative to their rms.
#[derive(Debug)]
pub struct Worst {
    pub logits: f64,
    pub logits_fused: f64,
    pub blocks: f64,
    pub at: String,
}

impl Case {
    pub fn architecture(&self) -> Architecture {
        Architecture::named(self.architecture).unwrap().with_stride_in_1x1(self.stride_in_1x1)
    }

    pub fn lesion(&self) -> Lesion {
        Lesion::without_residual(self.without_residual.iter().copied())
    }

    pub fn network(&self) -> Network {
        let architecture = self.architecture();
        let side = architecture.input_side();
        let mut network = Network::build(&architecture, side, &mut Synthetic::with_batch_norm(&architecture)).unwrap();
        fill(&mut network, &image(side));
        network
    }

    pub fn run(&self) -> Worst {
        compare(self.json, &mut self.network(), &self.lesion())
    }

    /// Fails where the case is off by more than 1e-3 anywhere; says how far off it is.
    pub fn check(&self) -> Worst {
        let worst = self.run();
        worst.check(self.name);
        worst
    }
}

impl Worst {
    pub fn check(&self, name: &str) {
        let limit = 1e-3;
        let right = self.logits < limit && self.logits_fused < limit && self.blocks < limit;
        assert!(right, "{name}: {self:?}, allowed {limit}");
    }
}

/// Runs the network twice on what its input holds: every block traced, and no block traced (the fused path).
pub fn compare(json: &str, network: &mut Network, lesion: &Lesion) -> Worst {
    let golden: Golden = serde_json::from_str(json).expect("golden JSON");
    let blocks = golden.blocks.len();
    let expected = golden.logits.clone();
    let mut comparison = Comparison { golden, seen: 0, worst: (0.0, "nowhere".into()) };
    let traced = network.forward(lesion, &mut comparison).to_vec();
    assert_eq!(comparison.seen, blocks, "blocks seen");
    let fused = network.forward(lesion, &mut skipscope::trace::NoProbe);
    let (blocks, at) = comparison.worst;
    Worst { logits: logit_error(&traced, &expected), logits_fused: logit_error(fused, &expected), blocks, at }
}

/// The largest difference relative to the standard deviation of the expected logits; NaN counts as infinite.
pub fn logit_error(ours: &[f32], expected: &[f64]) -> f64 {
    assert_eq!(ours.len(), expected.len());
    let mean = expected.iter().sum::<f64>() / expected.len() as f64;
    let deviation = (expected.iter().map(|e| (e - mean).powi(2)).sum::<f64>() / expected.len() as f64).sqrt();
    let worst = ours.iter().zip(expected).map(|(&o, e)| (f64::from(o) - e).abs());
    worst.fold(0.0, |a, b| if b.is_nan() { f64::INFINITY } else { a.max(b) }) / deviation
}

/// Writes a CHW image into the network's input.
pub fn fill(network: &mut Network, chw: &[f32]) {
    let layout = network.input_layout();
    let pixels = layout.height() * layout.width();
    let input = network.input();
    for p in 0..pixels {
        for c in 0..layout.channels() {
            input[layout.at(p / layout.width(), p % layout.width()) + c] = chw[c * pixels + p];
        }
    }
}
