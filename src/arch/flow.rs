//! A network as one list: every step that runs, in the order in which it runs.
//!
//! Whatever goes through a network goes through this list: weights are stored, awaited and packed in its order, buffers live
//! from the step that writes them to the last that reads them, runs and their times are its steps. What a step is asked beyond
//! that is another [`Op`], not another traversal.

use super::{BlockInfo, BlockKind, ConvSpec, Shortcut};
use std::ops::Range;

/// Names what a step reads or makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ValueId(usize);

impl ValueId {
    /// Counted from the image, which is 0.
    pub fn index(self) -> usize {
        self.0
    }
}

/// What a step computes of what it reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Op {
    /// With its batch norm.
    Conv(ConvSpec),
    /// Batch norm alone, with its ReLU: what a pre-activation block begins with.
    Norm,
    /// 3x3, stride 2, padding 1.
    MaxPool,
    /// 2x2, stride 2; at an odd map's edge, of the pixels that are there.
    AveragePool,
    /// Every second pixel; the channels that come new are zero, half of them before the others (option A).
    Subsample,
    /// Of every channel over all places.
    Mean,
    /// Of one pixel, with a bias.
    Linear,
}

/// Something that runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Of a convolution or linear layer, what its tensors' names begin with: `layer1.0.conv2`.
    pub name: String,
    /// The block it is part of.
    pub block: Option<usize>,
    /// What it computes.
    pub op: Op,
    /// What it reads.
    pub from: ValueId,
    /// What it makes.
    pub to: ValueId,
    /// Whether ReLU is applied to what it makes. What makes F(x) leaves that to the block's sum.
    pub relu: bool,
}

/// One residual (or plain) block: `output = ReLU(identity + residual)`, or the sum itself. The step that makes F(x) makes the
/// output too, in one pass where nobody asks for F(x) itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// torchvision's name, e.g. `layer3.2`.
    pub name: String,
    /// 1-based.
    pub stage: usize,
    /// What F is made of.
    pub kind: BlockKind,
    /// What the identity branch is.
    pub shortcut: Shortcut,
    /// The steps before the branches part: a pre-activation block's first batch norm, which F reads, and a projection too.
    pub shared_steps: Range<usize>,
    /// The steps that make the identity of x; none where it is x itself, or where there is no identity.
    pub identity_steps: Range<usize>,
    /// The steps of F, which follow.
    pub residual_steps: Range<usize>,
    /// What it reads.
    pub x: ValueId,
    /// What is added to F(x); a plain net has none.
    pub identity: Option<ValueId>,
    /// F(x).
    pub residual: ValueId,
    /// Whether the output is the ReLU of the sum.
    pub relu: bool,
    /// What the next block reads.
    pub output: ValueId,
}

impl Block {
    /// All of its steps: shared ones, then the identity branch, then F.
    pub fn steps(&self) -> Range<usize> {
        self.shared_steps.start..self.residual_steps.end
    }
}

/// What a block on x is made of.
pub(super) struct Branches {
    /// The name of the batch norm that comes before the branches part; in such a block no ReLU follows the sum.
    pub norm: Option<String>,
    pub shortcut: Shortcut,
    /// The name of the average pooling before the projection.
    pub pool: Option<String>,
    pub projection: Option<ConvSpec>,
    /// F's convolutions.
    pub residual: Vec<ConvSpec>,
}

/// A whole network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flow {
    steps: Vec<Step>,
    blocks: Vec<Block>,
    /// Of every value.
    channels: Vec<usize>,
}

impl Flow {
    /// What the first step reads.
    pub const IMAGE: ValueId = ValueId(0);

    /// Everything that runs, in the order in which it runs.
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// All blocks, in the order in which they run.
    pub fn blocks(&self) -> &[Block] {
        &self.blocks
    }

    /// How many values there are, the image with them.
    pub fn values(&self) -> usize {
        self.channels.len()
    }

    /// Channels of a value of this flow.
    pub fn channels(&self, value: ValueId) -> usize {
        self.channels[value.0]
    }

    /// What the last step makes.
    pub fn logits(&self) -> ValueId {
        self.steps.last().map_or(Self::IMAGE, |step| step.to)
    }

    /// The last map before the mean over all places, which the classifier weights.
    pub fn features(&self) -> ValueId {
        self.steps.iter().rfind(|step| step.op == Op::Mean).map_or(Self::IMAGE, |step| step.from)
    }

    /// The block whose F(x) that step makes.
    pub fn closes(&self, step: usize) -> Option<&Block> {
        let block = &self.blocks[self.steps[step].block?];
        (block.residual_steps.end == step + 1).then_some(block)
    }

    /// F's convolutions but the last, which is F(x) itself.
    pub fn inner(&self, block: &Block) -> impl Iterator<Item = &ConvSpec> {
        let inner = &self.steps[block.residual_steps.start..block.residual_steps.end.saturating_sub(1)];
        inner.iter().filter_map(Step::conv)
    }

    /// The side of every value for a square image of that side.
    pub fn sides(&self, image_side: usize) -> Vec<usize> {
        let mut sides = vec![image_side; self.values()];
        for (index, step) in self.steps.iter().enumerate() {
            let side = step.output_side(sides[step.from.0]);
            sides[step.to.0] = side;
            if let Some(block) = self.closes(index) {
                sides[block.output.0] = side;
            }
        }
        sides
    }

    /// Weights and folded biases of some steps.
    pub fn parameters(&self, steps: Range<usize>) -> usize {
        self.steps[steps].iter().flat_map(|step| self.shapes(step)).map(|shape| shape.iter().product::<usize>()).sum()
    }

    /// Multiply-accumulates of some steps (no batch norm, pooling or bias, as the paper counts).
    pub fn macs(&self, steps: Range<usize>, image_side: usize) -> u64 {
        let sides = self.sides(image_side);
        self.steps[steps].iter().map(|step| self.macs_of(step, sides[step.to.0])).sum()
    }

    /// Multiply-accumulates of one step whose output has that side.
    pub fn macs_of(&self, step: &Step, output_side: usize) -> u64 {
        let weights: usize = match step.op {
            Op::Norm => 0,
            _ => self.shapes(step).first().map_or(0, |shape| shape.iter().product()),
        };
        weights as u64 * output_side.pow(2) as u64
    }

    /// The shapes of a step's weights and bias, as torchvision stores them.
    pub fn shapes(&self, step: &Step) -> Vec<Vec<usize>> {
        let (inputs, outputs) = (self.channels(step.from), self.channels(step.to));
        match &step.op {
            Op::Conv(conv) => vec![conv.shape().to_vec(), vec![outputs]],
            Op::Linear => vec![vec![outputs, inputs], vec![outputs]],
            Op::Norm => vec![vec![outputs], vec![outputs]],
            Op::MaxPool | Op::AveragePool | Op::Subsample | Op::Mean => Vec::new(),
        }
    }

    /// All blocks with their shapes and costs for a square image of that side.
    pub fn block_infos(&self, image_side: usize) -> Vec<BlockInfo> {
        let sides = self.sides(image_side);
        let shape = |value: ValueId| (self.channels(value), sides[value.0], sides[value.0]);
        let info = |block: &Block| BlockInfo {
            name: block.name.clone(),
            stage: block.stage,
            kind: block.kind,
            shortcut: block.shortcut,
            relu: block.relu,
            input: shape(block.x),
            output: shape(block.output),
            parameters: self.parameters(block.steps()),
            macs: self.steps[block.steps()].iter().map(|step| self.macs_of(step, sides[step.to.0])).sum(),
        };
        self.blocks.iter().map(info).collect()
    }

    // --- How it is made ---

    pub(super) fn of_image(channels: usize) -> Flow {
        Flow { steps: Vec::new(), blocks: Vec::new(), channels: vec![channels] }
    }

    fn value(&mut self, channels: usize) -> ValueId {
        self.channels.push(channels);
        ValueId(self.channels.len() - 1)
    }

    /// A step that is part of no block, after all others.
    pub(super) fn push(&mut self, name: &str, op: Op, from: ValueId, outputs: usize, relu: bool) -> ValueId {
        let to = self.value(outputs);
        self.steps.push(Step { name: name.to_string(), block: None, op, from, to, relu });
        to
    }

    pub(super) fn conv(&mut self, conv: ConvSpec, from: ValueId, relu: bool) -> ValueId {
        let (name, outputs) = (conv.name.clone(), conv.outputs);
        self.push(&name, Op::Conv(conv), from, outputs, relu)
    }

    /// A block on `x`.
    pub(super) fn block(
        &mut self,
        name: String,
        stage: usize,
        kind: BlockKind,
        branches: Branches,
        x: ValueId,
    ) -> ValueId {
        let Branches { norm, shortcut, pool, projection, residual } = branches;
        let relu = norm.is_none();
        let outputs = residual.last().map_or(self.channels(x), |conv| conv.outputs);
        let shared = self.steps.len();
        let activated = norm.map_or(x, |norm| self.push(&norm, Op::Norm, x, self.channels(x), true));
        let first = self.steps.len();
        let identity = match (shortcut, projection) {
            (Shortcut::None, _) => None,
            (Shortcut::OptionA, _) => Some(self.push(&format!("{name}.shortcut"), Op::Subsample, x, outputs, false)),
            (_, Some(projection)) => {
                let channels = self.channels(activated);
                let from = pool.map_or(activated, |pool| self.push(&pool, Op::AveragePool, activated, channels, false));
                Some(self.conv(projection, from, false))
            }
            (_, None) => Some(x),
        };
        let (middle, count) = (self.steps.len(), residual.len());
        let mut f = activated;
        for (i, conv) in residual.into_iter().enumerate() {
            f = self.conv(conv, f, i + 1 < count);
        }
        let last = self.steps.len();
        self.steps[shared..].iter_mut().for_each(|step| step.block = Some(self.blocks.len()));
        let output = self.value(outputs);
        self.blocks.push(Block {
            name,
            stage,
            kind,
            shortcut,
            shared_steps: shared..first,
            identity_steps: first..middle,
            residual_steps: middle..last,
            x,
            identity,
            residual: f,
            relu,
            output,
        });
        output
    }
}

impl Step {
    /// The convolution, where it is one.
    pub fn conv(&self) -> Option<&ConvSpec> {
        if let Op::Conv(conv) = &self.op { Some(conv) } else { None }
    }

    /// What the names of its tensors begin with; none where it has no weights.
    pub fn prefixes(&self) -> Vec<String> {
        match &self.op {
            Op::Conv(conv) => {
                [Some(&conv.name), conv.norm.as_ref()].into_iter().flatten().map(|n| format!("{n}.")).collect()
            }
            Op::Linear | Op::Norm => vec![format!("{}.", self.name)],
            Op::MaxPool | Op::AveragePool | Op::Subsample | Op::Mean => Vec::new(),
        }
    }

    /// The side of what it makes of a square of that side.
    pub fn output_side(&self, side: usize) -> usize {
        match &self.op {
            Op::Conv(conv) => conv.output_side(side),
            Op::MaxPool | Op::AveragePool | Op::Subsample => side.div_ceil(2),
            Op::Norm => side,
            Op::Mean | Op::Linear => 1,
        }
    }
}
