//! Architectures as data: which convolutions a ResNet has, how they are named, how its blocks are wired.
//!
//! He et al., *Deep Residual Learning for Image Recognition* (arXiv 1512.03385): Table 1 for ImageNet (18/34/50/101/152
//! layers), section 4.2 for CIFAR-10 (20/32/44/56/110), and the plain twins of both (Figures 3 and 6), which have the
//! same convolutions and no shortcuts; and what others made of them: wide nets, groups, deep stems, pooled projections,
//! pre-activation. Tensor names are torchvision's. No tensors here, only shapes.

mod cost;
mod flow;
mod named;
#[cfg(test)]
mod published;

pub use cost::Cost;
use flow::Branches;
pub use flow::{Block, Flow, Op, Step, ValueId};
pub use named::{DERIVED, NAMES, WIDTHS, is_cifar_depth};

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

/// What stands before the first block. All but the CIFAR nets' end with 3x3 max pooling with stride 2.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stem {
    /// 7x7 convolution with stride 2.
    ImageNet,
    /// Three 3x3 convolutions, the first with stride 2 (He, T. et al. 2019, ResNet-C); these are the first two's outputs.
    Deep([usize; 2]),
    /// 3x3 convolution, no pooling.
    Cifar,
}

/// The identity branches of a network's blocks, where the shape changes; everywhere else they are x itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shortcuts {
    /// A 1x1 convolution (option B).
    Projection,
    /// The 1x1 convolution after 2x2 average pooling where the block strides (He, T. et al. 2019, ResNet-D).
    PooledProjection,
    /// Every second pixel, zero channels (option A).
    OptionA,
    /// Plain nets have no identity branches at all.
    None,
}

/// Blocks whose batch norm and ReLU come before each convolution and none after the sum (He et al. 2016, arXiv 1603.05027).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PreActivation {
    /// Whether batch norm and ReLU follow the last block, as in the paper.
    pub final_norm: bool,
}

/// One convolution with its batch norm. Padding is `kernel / 2`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConvSpec {
    /// Prefix of `.weight` (and `.bias`, where batch norm is folded), e.g. `layer1.0.conv2`.
    pub name: String,
    /// Prefix of its batch norm's tensors, e.g. `layer1.0.bn2`; none where no batch norm follows.
    pub norm: Option<String>,
    /// Channels that it reads.
    pub inputs: usize,
    /// Channels that it makes.
    pub outputs: usize,
    /// Rows and columns of a filter.
    pub kernel: usize,
    /// Pixels from one place to the next, in both directions.
    pub stride: usize,
    /// Each reads and makes its own share of the channels.
    pub groups: usize,
}

impl ConvSpec {
    fn new(prefix: &str, index: usize, (inputs, outputs): (usize, usize), kernel: usize, stride: usize) -> Self {
        let (name, norm) = (format!("{prefix}conv{index}"), Some(format!("{prefix}bn{index}")));
        ConvSpec { name, norm, inputs, outputs, kernel, stride, groups: 1 }
    }

    /// `[outputs, inputs / groups, kernel, kernel]`, as torchvision stores it.
    pub fn shape(&self) -> [usize; 4] {
        [self.outputs, self.inputs / self.groups, self.kernel, self.kernel]
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
    /// torchvision's name, e.g. `layer3.2`.
    pub name: String,
    /// 1-based.
    pub stage: usize,
    /// What F is made of.
    pub kind: BlockKind,
    /// What the identity branch is.
    pub shortcut: Shortcut,
    /// Whether the output is the ReLU of the sum, or the sum itself (pre-activation).
    pub relu: bool,
    /// Channels, height, width of x.
    #[cfg_attr(target_arch = "wasm32", tsify(type = "[channels: number, height: number, width: number]"))]
    pub input: (usize, usize, usize),
    /// Channels, height, width of the output.
    #[cfg_attr(target_arch = "wasm32", tsify(type = "[channels: number, height: number, width: number]"))]
    pub output: (usize, usize, usize),
    /// Weights and folded biases of all its steps.
    pub parameters: usize,
    /// Multiply-accumulates of all its steps.
    pub macs: u64,
}

/// A whole network: a stem, stages of blocks, global average pooling and one linear layer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Architecture {
    /// What [`named`](Self::named) knows it by: `resnet50`, `plain20`, `resnext50_32x4d`, or its design in words.
    pub name: String,
    /// Channels of the image: 3, or 1 where it is grey.
    pub inputs: usize,
    /// What stands before the first block.
    pub stem: Stem,
    /// Channels that the stem makes.
    pub stem_width: usize,
    /// What F is made of.
    pub kind: BlockKind,
    /// Blocks of each stage; the width doubles from one stage to the next.
    pub stages: Vec<usize>,
    /// Width of the first stage. Its blocks make [`expansion`](BlockKind::expansion) times as many channels.
    pub width: usize,
    /// Channels of a bottleneck's 3x3 convolution in the first stage: the width, but in wide nets and in those with groups.
    pub inner: usize,
    /// Of a bottleneck's 3x3 convolutions (ResNeXt's cardinality).
    pub groups: usize,
    /// What the identity branches are, where the shape changes.
    pub shortcuts: Shortcuts,
    /// Where a bottleneck strides: `false` in the 3x3 ("v1.5", torchvision), `true` in the first 1x1 ("v1", the paper, Keras).
    pub stride_in_1x1: bool,
    /// Whether batch norm and ReLU come before the convolutions; none: after them, as in the paper.
    pub pre_activation: Option<PreActivation>,
    /// Outputs of the linear layer.
    pub classes: usize,
}

impl Architecture {
    /// The same network with a bottleneck's stride in its first 1x1 convolution.
    pub fn with_stride_in_1x1(mut self, stride_in_1x1: bool) -> Self {
        self.stride_in_1x1 = stride_in_1x1;
        self
    }

    /// Whether blocks have an identity branch at all.
    pub fn residual(&self) -> bool {
        self.shortcuts != Shortcuts::None
    }

    /// Side of the square image it is meant for.
    pub fn input_side(&self) -> usize {
        match self.stem {
            Stem::ImageNet | Stem::Deep(_) => 224,
            Stem::Cifar => 32,
        }
    }

    /// Prefix of the linear layer's tensors: torchvision's `fc`; `linear` in the CIFAR nets.
    pub fn classifier(&self) -> &'static str {
        match self.stem {
            Stem::ImageNet | Stem::Deep(_) => "fc",
            Stem::Cifar => "linear",
        }
    }

    /// The number in a network's name, as the paper counts: the stem, the convolutions of every F, and the linear layer; no
    /// projection, and a [deep stem](Stem::Deep) once. 18 for `resnet18`, 50 for `resnet50d`, whose [layers](Cost::layers) are 52.
    pub fn depth(&self) -> usize {
        let of_block = match self.kind {
            BlockKind::Basic => 2,
            BlockKind::Bottleneck => 3,
        };
        2 + of_block * self.stages.iter().sum::<usize>()
    }

    /// Channels after the last block.
    pub fn features(&self) -> usize {
        (self.width << (self.stages.len() - 1)) * self.kind.expansion()
    }

    /// Every step in the order they run.
    pub fn flow(&self) -> Flow {
        let mut flow = Flow::of_image(self.inputs);
        let mut x = self.stem(&mut flow);
        for (stage, &count) in self.stages.iter().enumerate() {
            for index in 0..count {
                let stride = if stage > 0 && index == 0 { 2 } else { 1 };
                x = self.block(&mut flow, stage, index, stride, x);
            }
        }
        if self.pre_activation.is_some_and(|order| order.final_norm) {
            x = flow.push("norm", Op::Norm, x, flow.channels(x), true);
        }
        let pooled = flow.push("avgpool", Op::Mean, x, flow.channels(x), false);
        flow.push(self.classifier(), Op::Linear, pooled, self.classes, false);
        flow
    }

    fn stem(&self, flow: &mut Flow) -> ValueId {
        let (inputs, outputs) = (self.inputs, self.stem_width);
        // Where blocks begin with batch norm and ReLU, the stem leaves that to the first.
        let last = |mut conv: ConvSpec| {
            conv.norm = conv.norm.filter(|_| self.pre_activation.is_none());
            conv
        };
        let relu = self.pre_activation.is_none();
        let stem = match self.stem {
            Stem::ImageNet => flow.conv(last(ConvSpec::new("", 1, (inputs, outputs), 7, 2)), Flow::IMAGE, relu),
            Stem::Cifar => return flow.conv(last(ConvSpec::new("", 1, (inputs, outputs), 3, 1)), Flow::IMAGE, relu),
            Stem::Deep([first, second]) => {
                let conv = |index: usize, channels, stride, norm: String| ConvSpec {
                    name: format!("conv1.{index}"),
                    norm: Some(norm),
                    ..ConvSpec::new("", 1, channels, 3, stride)
                };
                let x = flow.conv(conv(0, (inputs, first), 2, "conv1.1".into()), Flow::IMAGE, true);
                let x = flow.conv(conv(3, (first, second), 1, "conv1.4".into()), x, true);
                flow.conv(last(conv(6, (second, outputs), 1, "bn1".into())), x, relu)
            }
        };
        flow.push("maxpool", Op::MaxPool, stem, outputs, false)
    }

    fn block(&self, flow: &mut Flow, stage: usize, index: usize, stride: usize, x: ValueId) -> ValueId {
        let name = format!("layer{}.{index}", stage + 1);
        let prefix = format!("{name}.");
        let (inputs, width) = (flow.channels(x), self.width << stage);
        let outputs = width * self.kind.expansion();
        let mut residual = match self.kind {
            BlockKind::Basic => {
                vec![
                    ConvSpec::new(&prefix, 1, (inputs, width), 3, stride),
                    ConvSpec::new(&prefix, 2, (width, width), 3, 1),
                ]
            }
            BlockKind::Bottleneck => {
                let (first, second) = if self.stride_in_1x1 { (stride, 1) } else { (1, stride) };
                let inner = self.inner << stage;
                let grouped = ConvSpec::new(&prefix, 2, (inner, inner), 3, second);
                vec![
                    ConvSpec::new(&prefix, 1, (inputs, inner), 1, first),
                    ConvSpec { groups: self.groups, ..grouped },
                    ConvSpec::new(&prefix, 3, (inner, outputs), 1, 1),
                ]
            }
        };
        let changes = stride != 1 || inputs != outputs;
        let shortcut = match self.shortcuts {
            Shortcuts::None => Shortcut::None,
            _ if !changes => Shortcut::Identity,
            Shortcuts::OptionA => Shortcut::OptionA,
            Shortcuts::Projection | Shortcuts::PooledProjection => Shortcut::Projection,
        };
        let pools = self.shortcuts == Shortcuts::PooledProjection;
        let first = usize::from(pools); // torchvision's index of the convolution
        let norm = Some(format!("{name}.downsample.{}", first + 1)).filter(|_| self.pre_activation.is_none());
        let projection = (shortcut == Shortcut::Projection).then(|| ConvSpec {
            name: format!("{name}.downsample.{first}"),
            norm,
            inputs,
            outputs,
            kernel: 1,
            stride: if pools { 1 } else { stride },
            groups: 1,
        });
        if self.pre_activation.is_some() {
            // Each batch norm is that of the convolution before it: the first is the block's own, the last convolution has none.
            for i in 0..residual.len() {
                residual[i].norm = residual.get(i + 1).and_then(|next| next.norm.clone());
            }
        }
        let branches = Branches {
            norm: self.pre_activation.map(|_| format!("{name}.bn1")),
            shortcut,
            pool: (pools && stride == 2).then(|| format!("{name}.downsample.0")),
            projection,
            residual,
        };
        flow.block(name, stage + 1, self.kind, branches, x)
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
        for name in NAMES.into_iter().chain(DERIVED.map(|(name, _)| name)) {
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
            let normed = flow.steps().iter().any(|step| step.name == "norm");
            assert!(normed || flow.features() == blocks.last().unwrap().output, "{name}");
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
