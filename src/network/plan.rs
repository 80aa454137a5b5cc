//! From an architecture to layers with buffers.

use super::buffers::{BufferId, Buffers};
use crate::arch::{self, Architecture, BlockSpec, ConvSpec};
use crate::kernels::{Algorithm, Conv, Layout};
use crate::weights::{Error, Source, fold};

/// One convolution between two buffers.
pub struct Layer {
    conv: Conv,
    from: BufferId,
    pub to: BufferId,
}

impl Layer {
    pub fn algorithm(&self) -> Algorithm {
        self.conv.algorithm()
    }

    /// The weights of one output, in OIHW's order.
    pub fn weights(&self, output: usize) -> Vec<f32> {
        self.conv.weights(output)
    }

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

/// A plan in the making. Each step takes the tensors of one part: the stem, a block, the classifier.
pub struct Builder {
    architecture: Architecture,
    buffers: Buffers,
    scratch: usize,
    image: Layout,
    image_buffer: BufferId,
    stem: Option<Layer>,
    max_pool: Option<(BufferId, BufferId)>,
    blocks: Vec<Block>,
    /// Prefixes of the tensors' names, by step.
    parts: Vec<Vec<String>>,
    /// Blocks still to come.
    specs: std::vec::IntoIter<BlockSpec>,
    /// What the next part reads.
    x: BufferId,
    classifier: Option<Layer>,
}

impl Builder {
    pub fn new(architecture: &Architecture, side: usize) -> Builder {
        let mut buffers = Buffers::default();
        let stem = architecture.stem_conv();
        let image = Layout::image(side, side, stem.inputs, stem.kernel);
        let image_buffer = buffers.reserve(image);
        let names = |spec: &ConvSpec| [format!("{}.", spec.name), format!("{}.", spec.norm)];
        let block = |spec: &BlockSpec| spec.residual.iter().chain(&spec.projection).flat_map(names).collect();
        let mut parts = vec![names(&stem).to_vec()];
        parts.extend(architecture.blocks().iter().map(block));
        parts.push(vec![format!("{}.", architecture.classifier())]);
        Builder {
            architecture: architecture.clone(),
            buffers,
            scratch: 0,
            image,
            image_buffer,
            stem: None,
            max_pool: None,
            blocks: Vec::new(),
            parts,
            specs: architecture.blocks().into_iter(),
            x: image_buffer,
            classifier: None,
        }
    }

    pub fn architecture(&self) -> &Architecture {
        &self.architecture
    }

    /// What the names of the tensors that the next step may take begin with; `None` when all are taken.
    pub fn wants(&self) -> Option<&[String]> {
        let made = match (&self.stem, &self.classifier) {
            (None, _) => 0,
            (_, None) => 1 + self.blocks.len(),
            _ => return None,
        };
        Some(&self.parts[made])
    }

    /// The same of every step.
    pub fn parts(&self) -> &[Vec<String>] {
        &self.parts
    }

    /// Plans and packs the next part.
    pub fn step(&mut self, source: &mut dyn Source) -> Result<(), Error> {
        if self.stem.is_none() {
            self.stem(source)
        } else if let Some(spec) = self.specs.next() {
            let block = self.block(source, &spec)?;
            self.x = block.residual.last().expect("a block has convolutions").to;
            self.blocks.push(block);
            Ok(())
        } else {
            self.classifier(source)
        }
    }

    /// After the last step. Only now the buffers are made: they go where weights lay before they were packed.
    pub fn finish(mut self) -> (Plan, Buffers) {
        let (stem, classifier) = self.stem.zip(self.classifier).expect("every step was made");
        self.buffers.allocate(self.scratch, self.image_buffer);
        let plan = Plan {
            image: self.image,
            image_buffer: self.image_buffer,
            stem,
            max_pool: self.max_pool,
            blocks: self.blocks,
            features: self.x,
            pooled: classifier.from,
            logits: classifier.to,
            classifier,
        };
        (plan, self.buffers)
    }

    fn stem(&mut self, source: &mut dyn Source) -> Result<(), Error> {
        let stem = self.layer(source, &self.architecture.stem_conv(), self.image_buffer)?;
        self.x = stem.to;
        if self.architecture.stem == arch::Stem::ImageNet {
            let Layout { height, width, channels, .. } = self.buffers.layout(stem.to);
            let to = self.buffers.reserve(Layout::map(height.div_ceil(2), width.div_ceil(2), channels));
            self.buffers.release(stem.to);
            self.max_pool = Some((stem.to, to));
            self.x = to;
        }
        self.stem = Some(stem);
        Ok(())
    }

    /// A linear layer is a 1x1 convolution of one pixel.
    fn classifier(&mut self, source: &mut dyn Source) -> Result<(), Error> {
        let (features, classes) = (self.architecture.features(), self.architecture.classes);
        let pooled = self.buffers.reserve(Layout::map(1, 1, features));
        let name = self.architecture.classifier();
        let weight = source.take(&format!("{name}.weight"), &[classes, features])?;
        let bias = source.take(&format!("{name}.bias"), &[classes])?;
        self.classifier = Some(self.plan(pooled, Layout::map(1, 1, classes), 1, 1, &weight, &bias));
        source.give_back(weight);
        Ok(())
    }

    /// The layer of one convolution, into a buffer of its own.
    fn layer(&mut self, source: &mut dyn Source, spec: &ConvSpec, from: BufferId) -> Result<Layer, Error> {
        let input = self.buffers.layout(from);
        let side = |n: usize| n.div_ceil(spec.stride);
        let output = Layout::map(side(input.height), side(input.width), spec.outputs);
        let (weight, bias) = fold::conv(source, spec)?;
        let layer = self.plan(from, output, spec.kernel, spec.stride, &weight, &bias);
        source.give_back(weight);
        Ok(layer)
    }

    fn plan(&mut self, from: BufferId, output: Layout, kernel: usize, stride: usize, w: &[f32], bias: &[f32]) -> Layer {
        let conv = Conv::plan(self.buffers.layout(from), output, kernel, stride, w, bias);
        self.scratch = self.scratch.max(conv.scratch_len());
        Layer { conv, from, to: self.buffers.reserve(output) }
    }

    /// Reserves all that is alive at once inside the block, then frees it, x included; the output stays.
    fn block(&mut self, source: &mut dyn Source, spec: &BlockSpec) -> Result<Block, Error> {
        let x = self.x;
        let mut residual: Vec<Layer> = Vec::new();
        for conv in &spec.residual {
            let from = residual.last().map_or(x, |layer| layer.to);
            residual.push(self.layer(source, conv, from)?);
        }
        let (last, inner) = residual.split_last().expect("a block has convolutions");
        let layout = self.buffers.layout(last.to);
        let shortcut = match (spec.shortcut, &spec.projection) {
            (arch::Shortcut::None, _) => Shortcut::None,
            (arch::Shortcut::OptionA, _) => Shortcut::OptionA { to: self.buffers.reserve(layout) },
            (_, Some(projection)) => Shortcut::Projection(self.layer(source, projection, x)?),
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
