//! Architectures as data: which convolutions a ResNet has, how they are named, how its blocks are wired.
//!
//! He et al., *Deep Residual Learning for Image Recognition* (arXiv 1512.03385): Table 1 for ImageNet (18/34/50/101/152
//! layers), section 4.2 for CIFAR-10 (20/32/44/56/110), and the plain twins of both (Figures 3 and 6), which have the
//! same convolutions and no shortcuts. Tensor names are torchvision's. No tensors here, only shapes.

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

    /// Weights and folded bias.
    pub fn parameters(&self) -> usize {
        self.shape().iter().product::<usize>() + self.outputs
    }

    /// Side of the output for an input of that side.
    pub fn output_side(&self, side: usize) -> usize {
        side.div_ceil(self.stride)
    }

    /// Multiply-accumulates on a square input of that side.
    pub fn macs(&self, side: usize) -> u64 {
        let pixels = self.output_side(side).pow(2) as u64;
        pixels * self.shape().iter().product::<usize>() as u64
    }
}

/// One residual (or plain) block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BlockSpec {
    /// torchvision's name, e.g. `layer3.2`.
    pub name: String,
    /// 1-based.
    pub stage: usize,
    pub kind: BlockKind,
    pub shortcut: Shortcut,
    pub inputs: usize,
    pub outputs: usize,
    /// From x to the output.
    pub stride: usize,
    /// F's convolutions in order; ReLU between them, none after the last.
    pub residual: Vec<ConvSpec>,
    /// The 1x1 convolution of a [`Shortcut::Projection`].
    pub projection: Option<ConvSpec>,
}

impl BlockSpec {
    pub fn convs(&self) -> impl Iterator<Item = &ConvSpec> {
        self.residual.iter().chain(&self.projection)
    }

    pub fn parameters(&self) -> usize {
        self.convs().map(ConvSpec::parameters).sum()
    }

    /// Multiply-accumulates on a square x of that side.
    pub fn macs(&self, side: usize) -> u64 {
        let mut at = side;
        let mut macs = self.projection.as_ref().map_or(0, |p| p.macs(side));
        for conv in &self.residual {
            macs += conv.macs(at);
            at = conv.output_side(at);
        }
        macs
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
    pub input: (usize, usize, usize),
    /// Channels, height, width of the output.
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

/// Every name that [`Architecture::named`] knows.
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
    /// The architecture of that name (one of [`NAMES`]), for ImageNet's 1000 or CIFAR-10's 10 classes.
    pub fn named(name: &str) -> Option<Architecture> {
        let residual = name.starts_with("resnet");
        let depth: usize = name.strip_prefix("resnet").or_else(|| name.strip_prefix("plain"))?.parse().ok()?;
        let (stem, kind, stages) = match depth {
            18 => (Stem::ImageNet, BlockKind::Basic, vec![2, 2, 2, 2]),
            34 => (Stem::ImageNet, BlockKind::Basic, vec![3, 4, 6, 3]),
            50 => (Stem::ImageNet, BlockKind::Bottleneck, vec![3, 4, 6, 3]),
            101 => (Stem::ImageNet, BlockKind::Bottleneck, vec![3, 4, 23, 3]),
            152 => (Stem::ImageNet, BlockKind::Bottleneck, vec![3, 8, 36, 3]),
            // Section 4.2: 6n + 2 layers, n = 3, 5, 7, 9, 18.
            20 | 32 | 44 | 56 | 110 => (Stem::Cifar, BlockKind::Basic, vec![(depth - 2) / 6; 3]),
            _ => return None,
        };
        let (width, classes) = match stem {
            Stem::ImageNet => (64, 1000),
            Stem::Cifar => (16, 10),
        };
        let name = name.to_string();
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

    pub fn stem_conv(&self) -> ConvSpec {
        match self.stem {
            Stem::ImageNet => ConvSpec::new("", 1, 3, self.width, 7, 2),
            Stem::Cifar => ConvSpec::new("", 1, 3, self.width, 3, 1),
        }
    }

    /// Side of the first block's x for an image of that side.
    pub fn stem_side(&self, image_side: usize) -> usize {
        let side = self.stem_conv().output_side(image_side);
        match self.stem {
            Stem::ImageNet => side.div_ceil(2), // max pooling
            Stem::Cifar => side,
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

    /// All blocks in the order they run.
    pub fn blocks(&self) -> Vec<BlockSpec> {
        let mut inputs = self.width;
        let mut blocks = Vec::new();
        for (s, &count) in self.stages.iter().enumerate() {
            let width = self.width << s;
            for b in 0..count {
                let stride = if s > 0 && b == 0 { 2 } else { 1 };
                let block = self.block(s + 1, b, inputs, width, stride);
                inputs = block.outputs;
                blocks.push(block);
            }
        }
        blocks
    }

    /// All blocks with their shapes and costs for a square image of that side.
    pub fn block_infos(&self, image_side: usize) -> Vec<BlockInfo> {
        let mut side = self.stem_side(image_side);
        let mut info = |block: BlockSpec| {
            let (x, output) = (side, side.div_ceil(block.stride));
            side = output;
            BlockInfo {
                stage: block.stage,
                kind: block.kind,
                shortcut: block.shortcut,
                input: (block.inputs, x, x),
                output: (block.outputs, output, output),
                parameters: block.parameters(),
                macs: block.macs(x),
                name: block.name,
            }
        };
        self.blocks().into_iter().map(&mut info).collect()
    }

    fn block(&self, stage: usize, index: usize, inputs: usize, width: usize, stride: usize) -> BlockSpec {
        let name = format!("layer{stage}.{index}");
        let prefix = format!("{name}.");
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
        BlockSpec { name, stage, kind: self.kind, shortcut, inputs, outputs, stride, residual, projection }
    }

    /// Weights and folded biases, the linear layer included.
    pub fn parameters(&self) -> usize {
        let blocks: usize = self.blocks().iter().map(BlockSpec::parameters).sum();
        self.stem_conv().parameters() + blocks + self.classes * (self.features() + 1)
    }

    /// Multiply-accumulates for a square image of that side (no batch norm, pooling or bias, as the paper counts).
    pub fn macs(&self, image_side: usize) -> u64 {
        let mut macs = self.stem_conv().macs(image_side);
        let mut side = self.stem_side(image_side);
        for block in self.blocks() {
            macs += block.macs(side);
            side = side.div_ceil(block.stride);
        }
        macs + (self.classes * self.features()) as u64
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

    /// Depth counts convolutions outside projections, and the linear layer: the number in the name.
    #[test]
    fn depth_is_the_number_in_the_name() {
        for name in NAMES {
            let arch = Architecture::named(name).unwrap();
            let layers = 2 + arch.blocks().iter().map(|b| b.residual.len()).sum::<usize>();
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
            let channels = arch.stem_conv().outputs
                + arch.blocks().iter().flat_map(|b| b.convs().map(|c| c.outputs).collect::<Vec<_>>()).sum::<usize>();
            assert_eq!(arch.parameters() + channels, parameters, "{name}");
            let ours = arch.macs(224) as f64 / 1e9;
            assert!((ours - gmacs).abs() < 0.01, "{name}: {ours} GMAC, published {gmacs}");
        }
    }

    #[test]
    fn plain_twins_differ_only_in_their_shortcuts() {
        let (residual, plain) = (Architecture::named("resnet56").unwrap(), Architecture::named("plain56").unwrap());
        assert_eq!(residual.parameters(), plain.parameters(), "option A adds no parameters");
        assert!(plain.blocks().iter().all(|b| b.shortcut == Shortcut::None && b.projection.is_none()));
        let shapes = |a: &Architecture| a.blocks().iter().map(|b| b.residual.clone()).collect::<Vec<_>>();
        assert_eq!(shapes(&residual), shapes(&plain));
    }

    #[test]
    fn stride_placement_is_an_option() {
        let v15 = Architecture::named("resnet50").unwrap();
        let v1 = v15.clone().with_stride_in_1x1(true);
        let strides = |a: &Architecture| a.blocks()[3].residual.iter().map(|c| c.stride).collect::<Vec<_>>();
        assert_eq!((strides(&v15), strides(&v1)), (vec![1, 2, 1], vec![2, 1, 1]));
        assert!(v1.macs(224) < v15.macs(224));
    }
}
