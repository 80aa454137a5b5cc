//! Architectures as data: which convolutions a ResNet has, how they are named, how its blocks are wired.
//!
//! He et al., *Deep Residual Learning for Image Recognition* (arXiv 1512.03385): Table 1 for ImageNet (18/34/50/101/152
//! layers), section 4.2 for CIFAR-10 (20/32/44/56/110), and the plain twins of both (Figures 3 and 6), which have the
//! same convolutions and no shortcuts. Tensor names are torchvision's. No tensors here, only shapes.

mod flow;

pub use flow::{Block, Flow, Op, Step, ValueId};

use serde::Serialize;
use std::fmt;

/// What F(x) is made of (Figure 5 of the paper).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "lowercase")]
pub enum BlockKind {
    /// Two 3x3 convolutions.
    Basic,
    /// 1x1 down to the width, 3x3, 1x1 up to four times the width.
    Bottleneck,
}

impl BlockKind {
    /// Output channels of a block per channel of its width.
    pub fn expansion(self) -> usize {
        match self {
            BlockKind::Basic => 1,
            BlockKind::Bottleneck => 4,
        }
    }
}

impl fmt::Display for BlockKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            BlockKind::Basic => "basic",
            BlockKind::Bottleneck => "bottleneck",
        })
    }
}

/// The identity branch of one block (section 3.3 of the paper).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "lowercase")]
pub enum Shortcut {
    /// x itself.
    Identity,
    /// A 1x1 convolution of x, where the shape changes (option B).
    Projection,
    /// Every second pixel of x, with zero channels added evenly on both sides (option A).
    #[serde(rename = "option A")]
    OptionA,
    /// A plain net: no identity branch, the sum is F(x) alone.
    None,
}

impl fmt::Display for Shortcut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Shortcut::Identity => "identity",
            Shortcut::Projection => "projection",
            Shortcut::OptionA => "option A",
            Shortcut::None => "none",
        })
    }
}

/// What stands before the first block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stem {
    /// 7x7 convolution with stride 2, then 3x3 max pooling with stride 2.
    ImageNet,
    /// 3x3 convolution.
    Cifar,
}

/// One convolution with its batch norm. Padding is `kernel / 2`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConvSpec {
    /// Prefix of `.weight` (and `.bias`, where batch norm is folded), e.g. `layer1.0.conv2`.
    pub name: String,
    /// Prefix of its batch norm's tensors, e.g. `layer1.0.bn2`.
    pub norm: String,
    pub inputs: usize,
    pub outputs: usize,
    pub kernel: usize,
    pub stride: usize,
}

impl ConvSpec {
    fn new(prefix: &str, index: usize, inputs: usize, outputs: usize, kernel: usize, stride: usize) -> Self {
        let (name, norm) = (format!("{prefix}conv{index}"), format!("{prefix}bn{index}"));
        ConvSpec { name, norm, inputs, outputs, kernel, stride }
    }

    /// `[outputs, inputs, kernel, kernel]`, as torchvision stores it.
    pub fn shape(&self) -> [usize; 4] {
        [self.outputs, self.inputs, self.kernel, self.kernel]
    }

    /// Side of the output for an input of that side.
    pub fn output_side(&self, side: usize) -> usize {
        side.div_ceil(self.stride)
    }
}

/// One block of a network as it runs on square images of one side: what people are shown of it.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub struct BlockInfo {
    pub name: String,
    /// 1-based.
    pub stage: usize,
    pub kind: BlockKind,
    pub shortcut: Shortcut,
    /// Channels, height, width of x.
    #[cfg_attr(target_arch = "wasm32", tsify(type = "[channels: number, height: number, width: number]"))]
    pub input: (usize, usize, usize),
    /// Channels, height, width of the output.
    #[cfg_attr(target_arch = "wasm32", tsify(type = "[channels: number, height: number, width: number]"))]
    pub output: (usize, usize, usize),
    pub parameters: usize,
    pub macs: u64,
}

/// A whole network: a stem, stages of blocks, global average pooling and one linear layer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Architecture {
    /// `resnet50`, `plain20`, ...
    pub name: String,
    pub stem: Stem,
    pub kind: BlockKind,
    /// Blocks of each stage; the width doubles from one stage to the next.
    pub stages: Vec<usize>,
    /// Width of the first stage.
    pub width: usize,
    /// Whether blocks have an identity branch at all.
    pub residual: bool,
    /// Where a bottleneck strides: `false` in the 3x3 ("v1.5", torchvision), `true` in the first 1x1 ("v1", the paper, Keras).
    pub stride_in_1x1: bool,
    pub classes: usize,
}

/// First-stage widths that a name may ask for.
pub const WIDTHS: [usize; 4] = [8, 16, 24, 32];

/// Whether section 4.2 of the paper has nets of that depth: 6 n + 2 layers, up to 110.
pub fn is_cifar_depth(depth: usize) -> bool {
    (8..=110).contains(&depth) && depth % 6 == 2
}

/// Every name that [`Architecture::named`] knows, but for those with a width.
pub const NAMES: [&str; 20] = [
    "resnet18",
    "resnet34",
    "resnet50",
    "resnet101",
    "resnet152",
    "plain18",
    "plain34",
    "plain50",
    "plain101",
    "plain152",
    "resnet20",
    "resnet32",
    "resnet44",
    "resnet56",
    "resnet110",
    "plain20",
    "plain32",
    "plain44",
    "plain56",
    "plain110",
];

impl Architecture {
    /// The architecture of that name (one of [`NAMES`]), for ImageNet's 1000 or CIFAR-10's 10 classes. `resnet26-w8` is a CIFAR design
    /// of any depth that has one, with so many channels in its first stage (one of [`WIDTHS`]).
    pub fn named(name: &str) -> Option<Architecture> {
        let (design, width) = match name.split_once("-w") {
            Some((design, width)) => (design, Some(WIDTHS.into_iter().find(|w| w.to_string() == width)?)),
            None => (name, None),
        };
        let residual = design.starts_with("resnet");
        let depth: usize = design.strip_prefix("resnet").or_else(|| design.strip_prefix("plain"))?.parse().ok()?;
        let (stem, kind, stages) = match (depth, width) {
            // Section 4.2: 6n + 2 layers, n = 3, 5, 7, 9, 18.
            (_, Some(_)) | (20 | 32 | 44 | 56 | 110, None) if is_cifar_depth(depth) => {
                (Stem::Cifar, BlockKind::Basic, vec![(depth - 2) / 6; 3])
            }
            (18, None) => (Stem::ImageNet, BlockKind::Basic, vec![2, 2, 2, 2]),
            (34, None) => (Stem::ImageNet, BlockKind::Basic, vec![3, 4, 6, 3]),
            (50, None) => (Stem::ImageNet, BlockKind::Bottleneck, vec![3, 4, 6, 3]),
            (101, None) => (Stem::ImageNet, BlockKind::Bottleneck, vec![3, 4, 23, 3]),
            (152, None) => (Stem::ImageNet, BlockKind::Bottleneck, vec![3, 8, 36, 3]),
            _ => return None,
        };
        let (usual, classes) = match stem {
            Stem::ImageNet => (64, 1000),
            Stem::Cifar => (16, 10),
        };
        let (name, width) = (name.to_string(), width.unwrap_or(usual));
        Some(Architecture { name, stem, kind, stages, width, residual, stride_in_1x1: false, classes })
    }

    /// The same network with a bottleneck's stride in its first 1x1 convolution.
    pub fn with_stride_in_1x1(mut self, stride_in_1x1: bool) -> Self {
        self.stride_in_1x1 = stride_in_1x1;
        self
    }

    /// Side of the square image it is meant for.
    pub fn input_side(&self) -> usize {
        match self.stem {
            Stem::ImageNet => 224,
            Stem::Cifar => 32,
        }
    }

    /// Prefix of the linear layer's tensors: torchvision's `fc`; `linear` in the CIFAR nets.
    pub fn classifier(&self) -> &'static str {
        match self.stem {
            Stem::ImageNet => "fc",
            Stem::Cifar => "linear",
        }
    }

    /// Channels after the last block.
    pub fn features(&self) -> usize {
        (self.width << (self.stages.len() - 1)) * self.kind.expansion()
    }

    /// Every step in the order they run.
    pub fn flow(&self) -> Flow {
        let mut flow = Flow::of_image(3);
        let mut x = match self.stem {
            Stem::ImageNet => {
                let stem = flow.conv(ConvSpec::new("", 1, 3, self.width, 7, 2), Flow::IMAGE, true);
                flow.push("maxpool", Op::MaxPool, stem, self.width, false)
            }
            Stem::Cifar => flow.conv(ConvSpec::new("", 1, 3, self.width, 3, 1), Flow::IMAGE, true),
        };
        for (stage, &count) in self.stages.iter().enumerate() {
            for index in 0..count {
                let stride = if stage > 0 && index == 0 { 2 } else { 1 };
                x = self.block(&mut flow, stage, index, stride, x);
            }
        }
        let pooled = flow.push("avgpool", Op::Mean, x, flow.channels(x), false);
        flow.push(self.classifier(), Op::Linear, pooled, self.classes, false);
        flow
    }

    fn block(&self, flow: &mut Flow, stage: usize, index: usize, stride: usize, x: ValueId) -> ValueId {
        let name = format!("layer{}.{index}", stage + 1);
        let prefix = format!("{name}.");
        let (inputs, width) = (flow.channels(x), self.width << stage);
        let outputs = width * self.kind.expansion();
        let residual = match self.kind {
            BlockKind::Basic => {
                vec![ConvSpec::new(&prefix, 1, inputs, width, 3, stride), ConvSpec::new(&prefix, 2, width, width, 3, 1)]
            }
            BlockKind::Bottleneck => {
                let (first, second) = if self.stride_in_1x1 { (stride, 1) } else { (1, stride) };
                vec![
                    ConvSpec::new(&prefix, 1, inputs, width, 1, first),
                    ConvSpec::new(&prefix, 2, width, width, 3, second),
                    ConvSpec::new(&prefix, 3, width, outputs, 1, 1),
                ]
            }
        };
        let shortcut = match (self.residual, stride == 1 && inputs == outputs, self.stem) {
            (false, _, _) => Shortcut::None,
            (true, true, _) => Shortcut::Identity,
            (true, false, Stem::ImageNet) => Shortcut::Projection,
            (true, false, Stem::Cifar) => Shortcut::OptionA,
        };
        let projection = (shortcut == Shortcut::Projection).then(|| ConvSpec {
            name: format!("{name}.downsample.0"),
            norm: format!("{name}.downsample.1"),
            inputs,
            outputs,
            kernel: 1,
            stride,
        });
        flow.block(name, stage + 1, self.kind, (shortcut, projection), residual, x)
    }

    /// All blocks with their shapes and costs for a square image of that side.
    pub fn block_infos(&self, image_side: usize) -> Vec<BlockInfo> {
        self.flow().block_infos(image_side)
    }

    /// Weights and folded biases, the linear layer included.
    pub fn parameters(&self) -> usize {
        let flow = self.flow();
        flow.parameters(0..flow.steps().len())
    }

    /// Multiply-accumulates for a square image of that side (no batch norm, pooling or bias, as the paper counts).
    pub fn macs(&self, image_side: usize) -> u64 {
        let flow = self.flow();
        flow.macs(0..flow.steps().len(), image_side)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_listed_name_is_known_and_no_other() {
        for name in NAMES {
            assert_eq!(Architecture::named(name).unwrap().name, name);
        }
        for name in ["resnet", "resnet19", "plain", "vgg16", "", "resnet-50", "resnet050x"] {
            assert!(Architecture::named(name).is_none(), "{name}");
        }
    }

    #[test]
    fn cifar_designs_come_in_widths() {
        for (name, depth, width) in [("resnet20-w8", 20, 8), ("plain50-w24", 50, 24), ("resnet8-w16", 8, 16)] {
            let architecture = Architecture::named(name).unwrap();
            assert_eq!((architecture.stem, architecture.width, &*architecture.name), (Stem::Cifar, width, name));
            assert_eq!(architecture.stages, [(depth - 2) / 6; 3]);
        }
        assert_eq!(
            Architecture::named("resnet20-w16").unwrap().flow(),
            Architecture::named("resnet20").unwrap().flow()
        );
        for name in [
            "resnet18-w8",
            "resnet116-w8",
            "resnet2-w8",
            "resnet20-w",
            "resnet20-w08",
            "resnet20-w12",
            "resnet20-w8-w8",
        ] {
            assert!(Architecture::named(name).is_none(), "{name}");
        }
    }

    /// Depth counts convolutions outside projections, and the linear layer: the number in the name.
    #[test]
    fn depth_is_the_number_in_the_name() {
        for name in NAMES {
            let arch = Architecture::named(name).unwrap();
            let layers = 2 + arch.flow().blocks().iter().map(|b| b.residual_steps.len()).sum::<usize>();
            assert!(name.ends_with(&format!("t{layers}")) || name.ends_with(&format!("n{layers}")), "{name} {layers}");
        }
    }

    /// Published: torchvision's documentation gives parameters (with batch norm: two per channel instead of one folded
    /// bias) and GFLOPS (multiply-adds) per model.
    #[test]
    fn parameters_and_macs_agree_with_torchvision() {
        let published = [
            ("resnet18", 11_689_512, 1.81),
            ("resnet34", 21_797_672, 3.66),
            ("resnet50", 25_557_032, 4.09),
            ("resnet101", 44_549_160, 7.80),
            ("resnet152", 60_192_808, 11.51),
        ];
        for (name, parameters, gmacs) in published {
            let arch = Architecture::named(name).unwrap();
            let channels = arch.flow().steps().iter().filter_map(Step::conv).map(|conv| conv.outputs).sum::<usize>();
            assert_eq!(arch.parameters() + channels, parameters, "{name}");
            let ours = arch.macs(224) as f64 / 1e9;
            assert!((ours - gmacs).abs() < 0.01, "{name}: {ours} GMAC, published {gmacs}");
        }
    }

    #[test]
    fn plain_twins_differ_only_in_their_shortcuts() {
        let (residual, plain) = (Architecture::named("resnet56").unwrap(), Architecture::named("plain56").unwrap());
        assert_eq!(residual.parameters(), plain.parameters(), "option A adds no parameters");
        let plain = plain.flow();
        assert!(plain.blocks().iter().all(|b| b.shortcut == Shortcut::None && b.identity_steps.is_empty()));
        let convs = |flow: &Flow| flow.steps().iter().filter_map(Step::conv).cloned().collect::<Vec<_>>();
        assert_eq!(convs(&residual.flow()), convs(&plain));
    }

    #[test]
    fn stride_placement_is_an_option() {
        let v15 = Architecture::named("resnet50").unwrap();
        let v1 = v15.clone().with_stride_in_1x1(true);
        let strides = |a: &Architecture| {
            let flow = a.flow();
            let steps = &flow.steps()[flow.blocks()[3].residual_steps.clone()];
            steps.iter().filter_map(Step::conv).map(|conv| conv.stride).collect::<Vec<_>>()
        };
        assert_eq!((strides(&v15), strides(&v1)), (vec![1, 2, 1], vec![2, 1, 1]));
        assert!(v1.macs(224) < v15.macs(224));
    }

    /// What a value is read for comes after what it is made by; a block's output is what the next reads.
    #[test]
    fn steps_read_what_earlier_ones_made() {
        for name in NAMES {
            let flow = Architecture::named(name).unwrap().flow();
            let mut made = vec![false; flow.values()];
            made[Flow::IMAGE.index()] = true;
            for (index, step) in flow.steps().iter().enumerate() {
                assert!(made[step.from.index()] && !made[step.to.index()], "{name} {}", step.name);
                made[step.to.index()] = true;
                if let Some(block) = flow.closes(index) {
                    assert!(block.identity.is_none_or(|value| made[value.index()]), "{name} {}", block.name);
                    assert_eq!((step.to, step.relu), (block.residual, false), "{name} {}", block.name);
                    made[block.output.index()] = true;
                }
            }
            assert!(made.iter().all(|made| *made), "{name}");
            let blocks = flow.blocks();
            assert!(blocks.iter().zip(&blocks[1..]).all(|(a, b)| a.output == b.x && a.steps().end == b.steps().start));
            assert_eq!(flow.features(), blocks.last().unwrap().output);
        }
    }

    #[test]
    fn the_order_is_that_of_the_run() {
        let flow = Architecture::named("resnet18").unwrap().flow();
        let names: Vec<&str> = flow.steps().iter().map(|step| step.name.as_str()).collect();
        assert_eq!(names[..4], ["conv1", "maxpool", "layer1.0.conv1", "layer1.0.conv2"]);
        assert_eq!(names[6..9], ["layer2.0.downsample.0", "layer2.0.conv1", "layer2.0.conv2"]);
        assert_eq!(names[names.len() - 2..], ["avgpool", "fc"]);
        let sides = flow.sides(75);
        let side = |step: usize| sides[flow.steps()[step].to.index()];
        assert_eq!([side(0), side(1), side(6), side(7), side(8)], [38, 19, 10, 10, 10]);
    }
}
