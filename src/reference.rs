//! The same network on stock candle-nn: the oracle of the tests and a baseline to measure against.
//!
//! Nothing is shared with [`crate::network`] but the architecture and the weights: convolutions, batch norm (not folded),
//! pooling and the linear layer are candle's.

use crate::arch::{self, Architecture, ConvSpec, Flow, Shortcut, Shortcuts, Stem, Step};
use crate::weights::Source;
use candle_core::{D, Device, Error, Result, Tensor};
use candle_nn::{BatchNorm, Conv2d, Conv2dConfig, Linear, Module, ModuleT};
use std::ops::Range;

struct Layer {
    conv: Conv2d,
    norm: Option<BatchNorm>,
}

impl Layer {
    fn new(spec: &ConvSpec, source: &mut dyn Source) -> Result<Layer> {
        let weight = take(source, &format!("{}.weight", spec.name), &spec.shape())?;
        let bias_name = format!("{}.bias", spec.name);
        let channels = [spec.outputs];
        let bias = source.has(&bias_name).then(|| take(source, &bias_name, &channels)).transpose()?;
        let config =
            Conv2dConfig { padding: spec.kernel / 2, stride: spec.stride, groups: spec.groups, ..Default::default() };
        let norm_name = spec.norm.as_deref().unwrap_or_default();
        let norm = match source.has(&format!("{norm_name}.running_mean")) {
            true => {
                let epsilon = source.batch_norm_epsilon();
                let mut part = |part: &str| take(source, &format!("{norm_name}.{part}"), &channels);
                let (gamma, beta) = (part("weight")?, part("bias")?);
                let (mean, variance) = (part("running_mean")?, part("running_var")?);
                Some(BatchNorm::new(spec.outputs, mean, variance, gamma, beta, epsilon)?)
            }
            false => None,
        };
        Ok(Layer { conv: Conv2d::new(weight, bias, config), norm })
    }

    fn forward(&self, x: &Tensor) -> Result<Tensor> {
        let y = self.conv.forward(x)?;
        self.norm.as_ref().map_or(Ok(y.clone()), |norm| norm.forward_t(&y, false))
    }
}

struct Block {
    shortcut: Shortcut,
    outputs: usize,
    residual: Vec<Layer>,
    projection: Option<Layer>,
}

/// What a block did: `identity` (none in a plain net), `residual` before the sum, `output`; shapes `[1, C, H, W]`.
pub struct BlockTensors {
    /// x, after any projection.
    pub identity: Option<Tensor>,
    /// F(x).
    pub residual: Tensor,
    /// ReLU of the sum.
    pub output: Tensor,
}

/// A network on candle-nn.
pub struct Reference {
    stem: Layer,
    max_pool: bool,
    blocks: Vec<Block>,
    classifier: Linear,
}

impl Reference {
    /// Takes every tensor out of `source`; an error for a design that it does not know.
    pub fn build(architecture: &Architecture, source: &mut dyn Source) -> Result<Reference> {
        if matches!(architecture.stem, Stem::Deep(_))
            || architecture.pre_activation.is_some()
            || architecture.shortcuts == Shortcuts::PooledProjection
        {
            return Err(Error::Msg(format!("the reference knows the paper's designs, not '{}'", architecture.name)));
        }
        let flow = architecture.flow();
        let stem = flow.steps().first().and_then(Step::conv);
        let stem = Layer::new(stem.ok_or_else(|| Error::Msg("a network begins with a convolution".into()))?, source)?;
        let blocks = flow.blocks().iter().map(|b| Block::new(&flow, b, source)).collect::<Result<_>>()?;
        let name = architecture.classifier();
        let (classes, features) = (architecture.classes, architecture.features());
        let weight = take(source, &format!("{name}.weight"), &[classes, features])?;
        let bias = take(source, &format!("{name}.bias"), &[classes])?;
        let max_pool = architecture.stem != Stem::Cifar;
        Ok(Reference { stem, max_pool, blocks, classifier: Linear::new(weight, Some(bias)) })
    }

    /// Logits `[1, classes]` of a normalised image `[1, 3, H, W]`, and every block's tensors.
    pub fn forward(&self, image: &Tensor) -> Result<(Tensor, Vec<BlockTensors>)> {
        let mut seen = Vec::with_capacity(self.blocks.len());
        let logits = self.run(image, |block| seen.push(block))?;
        Ok((logits, seen))
    }

    /// The logits alone; what a block computed is freed when the next has run.
    pub fn logits(&self, image: &Tensor) -> Result<Tensor> {
        self.run(image, drop)
    }

    fn run(&self, image: &Tensor, mut see: impl FnMut(BlockTensors)) -> Result<Tensor> {
        let mut x = self.stem.forward(image)?.relu()?;
        if self.max_pool {
            // candle pools without padding; after ReLU zeros are as good as minus infinity
            x = x.pad_with_zeros(2, 1, 1)?.pad_with_zeros(3, 1, 1)?.max_pool2d_with_stride(3, 2)?;
        }
        for block in &self.blocks {
            let tensors = block.forward(&x)?;
            x = tensors.output.clone();
            see(tensors);
        }
        self.classifier.forward(&x.mean(D::Minus1)?.mean(D::Minus1)?)
    }
}

impl Block {
    fn new(flow: &Flow, block: &arch::Block, source: &mut dyn Source) -> Result<Block> {
        let mut layers = |steps: Range<usize>| -> Result<Vec<Layer>> {
            flow.steps()[steps].iter().filter_map(Step::conv).map(|conv| Layer::new(conv, source)).collect()
        };
        let residual = layers(block.residual_steps.clone())?;
        let projection = layers(block.identity_steps.clone())?.pop();
        Ok(Block { shortcut: block.shortcut, outputs: flow.channels(block.output), residual, projection })
    }

    fn forward(&self, x: &Tensor) -> Result<BlockTensors> {
        let identity = match (self.shortcut, &self.projection) {
            (Shortcut::None, _) => None,
            (Shortcut::OptionA, _) => Some(self.option_a(x)?),
            (_, Some(projection)) => Some(projection.forward(x)?),
            (_, None) => Some(x.clone()),
        };
        let mut residual = x.clone();
        for (i, layer) in self.residual.iter().enumerate() {
            residual = layer.forward(&if i > 0 { residual.relu()? } else { residual })?;
        }
        let sum = identity.as_ref().map_or(Ok(residual.clone()), |identity| identity + &residual)?;
        Ok(BlockTensors { identity, residual, output: sum.relu()? })
    }

    fn option_a(&self, x: &Tensor) -> Result<Tensor> {
        let (_, channels, height, width) = x.dims4()?;
        let every_second = |n: usize| Tensor::arange_step(0u32, n as u32, 2, &Device::Cpu);
        let strided = x.index_select(&every_second(height)?, 2)?.index_select(&every_second(width)?, 3)?;
        let pad = (self.outputs - channels) / 2;
        strided.pad_with_zeros(1, pad, self.outputs - channels - pad)
    }
}

fn take(source: &mut dyn Source, name: &str, shape: &[usize]) -> Result<Tensor> {
    let values = source.take(name, shape).map_err(Error::wrap)?;
    Tensor::from_vec(values, shape, &Device::Cpu)
}
