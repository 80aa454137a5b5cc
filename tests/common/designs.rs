//! Networks of every design, small, against the same steps in plain f64: groups, pooled projections, pre-activation, grey images.

use super::golden::{fill, logit_error};
use skipscope::arch::{Architecture, ConvSpec, Flow, Op, Step};
use skipscope::lesion::Lesion;
use skipscope::network::Network;
use skipscope::trace::{Branches, Map, NoProbe, Probe};
use skipscope::weights::Source;
use skipscope::weights::synthetic::{Synthetic, image};

/// Sides become odd on the way: 37, 19, 10, 5, 3.
const SIDE: usize = 37;

/// Of the expected map's rms.
const TOLERANCE: f64 = 1e-4;

/// Rows, columns, channels of a square map.
#[derive(Clone, Default)]
struct Plain {
    side: usize,
    channels: usize,
    data: Vec<f64>,
}

impl Plain {
    fn new(side: usize, channels: usize, value: impl Fn(usize, usize, usize) -> f64) -> Plain {
        let places = (0..side * side).flat_map(|p| (0..channels).map(move |c| (p / side, p % side, c)));
        Plain { side, channels, data: places.map(|(y, x, c)| value(y, x, c)).collect() }
    }

    /// None beyond the edges.
    fn at(&self, y: isize, x: isize, c: usize) -> Option<f64> {
        let inside = |i: isize| (0..self.side as isize).contains(&i);
        (inside(y) && inside(x)).then(|| self.data[(y as usize * self.side + x as usize) * self.channels + c])
    }

    /// The values around a place whose rows and columns are those `of` it.
    fn window(&self, y: usize, x: usize, of: std::ops::Range<isize>, c: usize) -> Vec<f64> {
        let near = |i: usize| of.clone().map(move |d| 2 * i as isize + d);
        near(y).flat_map(|y| near(x).map(move |x| (y, x))).filter_map(|(y, x)| self.at(y, x, c)).collect()
    }

    fn map(self, change: impl Fn(usize, f64) -> f64) -> Plain {
        let channels = self.channels;
        Plain { data: self.data.into_iter().enumerate().map(|(i, v)| change(i % channels, v)).collect(), ..self }
    }

    fn relu_if(self, relu: bool) -> Plain {
        if relu { self.map(|_, v| v.max(0.0)) } else { self }
    }

    fn check(&self, what: &str, found: Map<'_>) {
        assert_eq!(found.layout.shape(), (self.side, self.side, self.channels), "{what}");
        let rms = (self.data.iter().map(|v| v * v).sum::<f64>() / self.data.len() as f64).sqrt();
        for (found, expected) in found.layout.pixels(found.data).flatten().zip(&self.data) {
            let error = (f64::from(*found) - expected).abs();
            assert!(error <= TOLERANCE * (rms + expected.abs()), "{what}: {found} is not {expected}");
        }
    }
}

fn take(source: &mut Synthetic, name: &str, part: &str, shape: &[usize]) -> Vec<f64> {
    source.take(&format!("{name}.{part}"), shape).unwrap().into_iter().map(f64::from).collect()
}

fn batch_norm(source: &mut Synthetic, name: &str, x: Plain) -> Plain {
    let epsilon = source.batch_norm_epsilon();
    let [gamma, beta, mean, variance] =
        ["weight", "bias", "running_mean", "running_var"].map(|part| take(source, name, part, &[x.channels]));
    x.map(|c, v| (v - mean[c]) / (variance[c] + epsilon).sqrt() * gamma[c] + beta[c])
}

fn conv(source: &mut Synthetic, spec: &ConvSpec, x: &Plain) -> Plain {
    let ConvSpec { name, kernel, stride, groups, outputs, .. } = spec;
    let (inputs, each, pad) = (x.channels / groups, outputs / groups, (kernel / 2) as isize);
    let norm = spec.norm.as_ref().filter(|norm| source.has(&format!("{norm}.running_mean")));
    let weight = take(source, name, "weight", &[*outputs, inputs, *kernel, *kernel]);
    let folded = spec.norm.is_some() && norm.is_none();
    let bias = match folded || source.has(&format!("{name}.bias")) {
        true => take(source, name, "bias", &[*outputs]),
        false => vec![0.0; *outputs],
    };
    let y = Plain::new(x.side.div_ceil(*stride), *outputs, |row, column, k| {
        let mut sum = bias[k];
        for (i, w) in weight[k * inputs * kernel * kernel..][..inputs * kernel * kernel].iter().enumerate() {
            let (c, t) = (i / (kernel * kernel), i % (kernel * kernel));
            let (y, x_) = ((row * stride + t / kernel) as isize - pad, (column * stride + t % kernel) as isize - pad);
            sum += w * x.at(y, x_, k / each * inputs + c).unwrap_or(0.0);
        }
        sum
    });
    norm.map_or(y.clone(), |norm| batch_norm(source, norm, y))
}

/// What a step makes, without its ReLU.
fn run(source: &mut Synthetic, step: &Step, outputs: usize, x: &Plain) -> Plain {
    let half = x.side.div_ceil(2);
    let mean = |values: Vec<f64>| values.iter().sum::<f64>() / values.len() as f64;
    match &step.op {
        Op::Conv(spec) => conv(source, spec, x),
        Op::Norm => batch_norm(source, &step.name, x.clone()),
        Op::MaxPool => Plain::new(half, outputs, |row, column, c| {
            x.window(row, column, -1..2, c).into_iter().fold(f64::NEG_INFINITY, f64::max)
        }),
        Op::AveragePool => Plain::new(half, outputs, |row, column, c| mean(x.window(row, column, 0..2, c))),
        Op::Subsample => {
            let pad = (outputs - x.channels) / 2;
            let value = |row: usize, column: usize, c| x.at(2 * row as isize, 2 * column as isize, c).unwrap();
            Plain::new(half, outputs, |row, column, k| {
                k.checked_sub(pad).filter(|c| *c < x.channels).map_or(0.0, |c| value(row, column, c))
            })
        }
        Op::Mean => {
            Plain::new(1, outputs, |_, _, c| mean(x.data.iter().skip(c).step_by(x.channels).copied().collect()))
        }
        Op::Linear => {
            let weight = take(source, &step.name, "weight", &[outputs, x.channels]);
            let bias = take(source, &step.name, "bias", &[outputs]);
            Plain::new(1, outputs, |_, _, k| {
                bias[k] + weight[k * x.channels..].iter().zip(&x.data).map(|(w, x)| w * x).sum::<f64>()
            })
        }
    }
}

/// Every value of a network in f64, by [`ValueId::index`](skipscope::arch::ValueId::index); and what each step makes, without its ReLU.
fn plain(architecture: &Architecture, flow: &Flow, lesion: &Lesion) -> (Vec<Plain>, Vec<Plain>) {
    let mut source = Synthetic::with_batch_norm(architecture);
    let mut values = vec![Plain::default(); flow.values()];
    let pixels = image(SIDE);
    values[0] = Plain::new(SIDE, architecture.inputs, |y, x, c| f64::from(pixels[c * SIDE * SIDE + y * SIDE + x]));
    let mut made = Vec::new();
    for (index, step) in flow.steps().iter().enumerate() {
        let raw = run(&mut source, step, flow.channels(step.to), &values[step.from.index()]);
        values[step.to.index()] = raw.clone().relu_if(step.relu);
        made.push(raw);
        if let Some(block) = flow.closes(index) {
            let scales = lesion.scales(step.block.unwrap());
            let mut sum = values[block.residual.index()].clone().map(|_, v| v * f64::from(scales.residual));
            if let Some(identity) = block.identity {
                let identity = &values[identity.index()].data;
                sum.data.iter_mut().zip(identity).for_each(|(s, x)| *s += x * f64::from(scales.identity));
            }
            values[block.output.index()] = sum.relu_if(block.relu);
        }
    }
    (values, made)
}

/// Holds all that a run shows against the plain values.
struct Checker<'a> {
    flow: &'a Flow,
    values: &'a [Plain],
    made: &'a [Plain],
    what: &'a str,
    seen: usize,
    /// Inner steps of the block that runs.
    steps: usize,
}

impl Probe for Checker<'_> {
    fn wants(&self, _block: usize) -> bool {
        true
    }

    fn wants_steps(&self, _block: usize) -> bool {
        true
    }

    fn enter(&mut self, _block: usize) {
        self.steps = 0;
    }

    fn step(&mut self, block: usize, map: Map<'_>) {
        let step = self.flow.blocks()[block].residual_steps.start + self.steps;
        self.made[step].check(&format!("{} {}", self.what, self.flow.steps()[step].name), map);
        self.steps += 1;
    }

    fn see(&mut self, block: usize, branches: Branches<'_>) {
        let info = &self.flow.blocks()[block];
        assert_eq!(self.steps, self.flow.inner(info).count(), "{} {}", self.what, info.name);
        let check = |value: skipscope::arch::ValueId, part: &str, map: Map<'_>| {
            self.values[value.index()].check(&format!("{} {} {part}", self.what, info.name), map);
        };
        assert_eq!(branches.identity.is_some(), info.identity.is_some());
        if let (Some(value), Some(map)) = (info.identity, branches.identity) {
            check(value, "identity", map);
        }
        check(info.residual, "residual", branches.residual);
        assert_eq!(branches.relu, info.relu);
        check(info.output, "output", branches.output);
        self.seen += 1;
    }
}

/// Traced, fused, with a branch scaled, and resumed at every block.
pub fn networks_of_every_design_match_plain_steps() {
    for words in [
        "bottleneck 1-2-1, width 8, inner width 16, groups 4, stem width 16",
        "bottleneck 2-1, width 16, inner width 18, groups 6, stem width 8, plain",
        "bottleneck 1-2, width 8, inner width 48, groups 3, deep stem 4-8",
        "bottleneck 1-1-1, width 8, deep stem 4-8, pooled projections",
        "basic 1-1-1, width 8, deep stem 8-8, stem width 16, pooled projections",
        "bottleneck 2-2, width 8, pre-activation",
        "bottleneck 1-2, width 8, inner width 16, groups 4, deep stem 4-8, pooled projections, pre-activation, 1 input",
        "basic 2-2, width 12, 3x3 stem, stem width 5, pre-activation, no final norm, 1 input",
        "basic 1-2, width 8, 3x3 stem, option A, pre-activation",
        "basic 1-1, width 8, 1 input",
    ] {
        let architecture = Architecture::named(words).unwrap_or_else(|| panic!("{words}"));
        let source = || Synthetic::with_batch_norm(&architecture);
        let mut network = Network::build(&architecture, SIDE, &mut source()).unwrap();
        fill(&mut network, &image(SIDE));
        let flow = network.flow().clone();
        for lesion in [Lesion::none(), Lesion::without_residual([1])] {
            let (values, made) = plain(&architecture, &flow, &lesion);
            let mut checker = Checker { flow: &flow, values: &values, made: &made, what: words, seen: 0, steps: 0 };
            let expected = &values[flow.logits().index()].data;
            let traced = network.forward(&lesion, &mut checker).to_vec();
            assert_eq!(checker.seen, flow.blocks().len(), "{words}");
            let fused = network.forward_remembered(&lesion, &mut NoProbe).to_vec();
            for logits in [&traced, &fused] {
                assert!(logit_error(logits, expected) < TOLERANCE * 10.0, "{words}: {logits:?} are not {expected:?}");
            }
            for block in 0..flow.blocks().len() {
                let resumed = network.resume(block, &lesion, &mut NoProbe).unwrap();
                assert_eq!(resumed, fused, "{words}, from block {block} on");
            }
        }
    }
}
