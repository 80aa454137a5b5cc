//! From an architecture to layers with buffers.

use super::buffers::{BufferId, Buffers};
use crate::arch::{self, Architecture, BlockSpec, ConvSpec};
use crate::kernels::{Aligned, Conv, Layout};
use crate::weights::{Error, Source, fold};

/// One convolution between two buffers.
pub struct Layer {
    conv: Conv,
    from: BufferId,
    pub to: BufferId,
}

impl Layer {
    pub fn run(&self, buffers: &mut Buffers, add: Option<BufferId>, relu: bool) {
        self.run_into(buffers, self.to, add, relu);
    }

    /// As [`run`](Self::run), into another buffer of the same layout.
    pub fn run_into(&self, buffers: &mut Buffers, to: BufferId, add: Option<BufferId>, relu: bool) {
        let mut out = buffers.take(to);
        let mut scratch = std::mem::take(&mut buffers.scratch);
        self.conv.run(buffers.get(self.from), add.map(|id| buffers.get(id)), relu, &mut out, &mut scratch);
        buffers.scratch = scratch;
        buffers.put(to, out);
    }
}

pub enum Shortcut {
    Identity,
    Projection(Layer),
    OptionA { to: BufferId },
    None,
}

pub struct Block {
    pub x: BufferId,
    pub shortcut: Shortcut,
    /// What is added to F(x): x itself, or what the shortcut made of it.
    pub identity: Option<BufferId>,
    pub residual: Vec<Layer>,
    /// Where F(x) goes when it is wanted for itself.
    pub f: BufferId,
}

pub struct Plan {
    pub image: Layout,
    pub image_buffer: BufferId,
    pub stem: Layer,
    /// From, to.
    pub max_pool: Option<(BufferId, BufferId)>,
    pub blocks: Vec<Block>,
    pub features: BufferId,
    pub pooled: BufferId,
    pub classifier: Layer,
    pub logits: BufferId,
}

/// What building a plan carries along.
struct Builder<'a> {
    source: &'a mut dyn Source,
    buffers: &'a mut Buffers,
    scratch: usize,
}

impl Builder<'_> {
    /// The layer of one convolution, into a buffer of its own.
    fn layer(&mut self, spec: &ConvSpec, from: BufferId) -> Result<Layer, Error> {
        let input = self.buffers.layout(from);
        let side = |n: usize| n.div_ceil(spec.stride);
        let output = Layout::map(side(input.height), side(input.width), spec.outputs);
        let (weight, bias) = fold::conv(self.source, spec)?;
        Ok(self.plan(from, output, spec.kernel, spec.stride, &weight, &bias))
    }

    fn plan(&mut self, from: BufferId, output: Layout, kernel: usize, stride: usize, w: &[f32], bias: &[f32]) -> Layer {
        let conv = Conv::plan(self.buffers.layout(from), output, kernel, stride, w, bias);
        self.scratch = self.scratch.max(conv.scratch_len());
        Layer { conv, from, to: self.buffers.reserve(output) }
    }

    /// Reserves all that is alive at once inside the block, then frees it, x included; the output stays.
    fn block(&mut self, spec: &BlockSpec, x: BufferId) -> Result<Block, Error> {
        let mut residual: Vec<Layer> = Vec::new();
        for conv in &spec.residual {
            let from = residual.last().map_or(x, |layer| layer.to);
            residual.push(self.layer(conv, from)?);
        }
        let (last, inner) = residual.split_last().expect("a block has convolutions");
        let layout = self.buffers.layout(last.to);
        let shortcut = match (spec.shortcut, &spec.projection) {
            (arch::Shortcut::None, _) => Shortcut::None,
            (arch::Shortcut::OptionA, _) => Shortcut::OptionA { to: self.buffers.reserve(layout) },
            (_, Some(projection)) => Shortcut::Projection(self.layer(projection, x)?),
            (_, None) => Shortcut::Identity,
        };
        let (identity, own) = match &shortcut {
            Shortcut::Identity => (Some(x), None),
            Shortcut::Projection(layer) => (Some(layer.to), Some(layer.to)),
            Shortcut::OptionA { to } => (Some(*to), Some(*to)),
            Shortcut::None => (None, None),
        };
        let f = self.buffers.reserve(layout);
        let inside = inner.iter().map(|layer| layer.to).chain(own).chain([x, f]);
        inside.for_each(|id| self.buffers.release(id));
        Ok(Block { x, shortcut, identity, residual, f })
    }
}

impl Plan {
    pub fn build(
        architecture: &Architecture,
        side: usize,
        source: &mut dyn Source,
        buffers: &mut Buffers,
    ) -> Result<Plan, Error> {
        let stem_spec = architecture.stem_conv();
        let image = Layout::image(side, side, stem_spec.inputs, stem_spec.kernel);
        let image_buffer = buffers.reserve(image);
        let mut builder = Builder { source, buffers, scratch: 0 };
        let stem = builder.layer(&stem_spec, image_buffer)?;
        let max_pool = (architecture.stem == arch::Stem::ImageNet).then(|| {
            let Layout { height, width, channels, .. } = builder.buffers.layout(stem.to);
            let to = builder.buffers.reserve(Layout::map(height.div_ceil(2), width.div_ceil(2), channels));
            builder.buffers.release(stem.to);
            (stem.to, to)
        });
        let mut x = max_pool.map_or(stem.to, |(_, to)| to);
        let mut blocks = Vec::new();
        for spec in architecture.blocks() {
            let block = builder.block(&spec, x)?;
            x = block.residual.last().expect("a block has convolutions").to;
            blocks.push(block);
        }
        let (features, classes) = (architecture.features(), architecture.classes);
        let pooled = builder.buffers.reserve(Layout::map(1, 1, features));
        let name = architecture.classifier();
        let weight = builder.source.take(&format!("{name}.weight"), &[classes, features])?;
        let bias = builder.source.take(&format!("{name}.bias"), &[classes])?;
        // A linear layer is a 1x1 convolution of one pixel.
        let classifier = builder.plan(pooled, Layout::map(1, 1, classes), 1, 1, &weight, &bias);
        let scratch = builder.scratch;
        buffers.scratch = Aligned::zeros(scratch);
        let logits = classifier.to;
        Ok(Plan { image, image_buffer, stem, max_pool, blocks, features: x, pooled, classifier, logits })
    }
}
