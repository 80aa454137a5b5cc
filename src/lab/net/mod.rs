//! Small CIFAR-style nets (He et al., section 4.2) on candle's autograd, wired as somebody asks.

mod build;
mod design;

pub use design::{Design, Wiring};

use super::Error;
use super::ops::{self, Join, Statistics};
use crate::kernels::BatchNorm;
use crate::weights::Tensors;
use candle_core::{Device, Tensor, Var};
use std::sync::{Arc, OnceLock};

/// Batch norm's learnt half; the other is among a net's [`Running`].
pub struct Norm {
    gamma: Var,
    beta: Var,
    index: usize,
}

/// What batch norm keeps for inference.
#[derive(Clone, Debug, PartialEq)]
pub struct Running {
    /// Prefix of the batch norm's tensors.
    pub name: String,
    /// One per channel.
    pub mean: Vec<f32>,
    /// One per channel.
    pub variance: Vec<f32>,
    epsilon: f32,
}

/// A 3x3 convolution. Batch norm and ReLU are the block's business.
pub struct Conv {
    weight: Var,
    stride: usize,
}

/// Two convolutions and a shortcut.
pub struct Block {
    /// Prefix of the convolution's tensors.
    pub name: String,
    conv1: Conv,
    norm1: Option<Norm>,
    conv2: Conv,
    norm2: Option<Norm>,
    /// Channels that it reads.
    pub inputs: usize,
    /// Channels that it makes.
    pub outputs: usize,
    /// SkipInit's.
    alpha: Option<Var>,
    /// How often F is there in training.
    pub survival: f32,
}

/// A net with its weights.
pub struct Net {
    /// What it was built of.
    pub design: Design,
    stem: Conv,
    stem_norm: Option<Norm>,
    /// All blocks, in the order they run.
    pub blocks: Vec<Block>,
    last_norm: Option<Norm>,
    classifier: (Var, Var),
    /// Every learnt tensor by its name, in the order in which they run.
    pub parameters: Vec<(String, Var)>,
    /// Every batch norm's, in the order in which they run.
    pub running: Vec<Running>,
}

/// What a block did.
pub struct BlockTensors {
    /// None in a plain net.
    pub identity: Option<Tensor>,
    /// None where stochastic depth left F out.
    pub residual: Option<Tensor>,
    /// What the next block reads.
    pub output: Tensor,
}

/// How a net is run.
#[derive(Debug, Default)]
pub struct Pass {
    /// Statistics of the batch and F left out by chance, or what was kept and F's mean.
    training: bool,
    /// In training, of every block whether its F is left out; empty for none.
    left_out: Vec<bool>,
    /// Of every norm that ran in training, and over how many pixels.
    statistics: Vec<(usize, Arc<OnceLock<BatchNorm>>, usize)>,
}

impl Pass {
    /// Inference: batch norm takes the running statistics.
    pub fn inference() -> Pass {
        Pass::default()
    }

    /// Training: batch norm takes those of the batch, which move the running ones.
    pub fn training() -> Pass {
        Pass { training: true, ..Pass::default() }
    }

    /// As stochastic depth does.
    pub fn training_without(left_out: Vec<bool>) -> Pass {
        Pass { training: true, left_out, ..Pass::default() }
    }
}

/// PyTorch's: what a batch counts for in the statistics that are kept.
const STATISTICS_MOMENTUM: f32 = 0.1;

impl Net {
    /// Logits `[batch, classes]` of pictures `[batch, side, side, 3]`; `see` is told of every block.
    pub fn forward(
        &self,
        pictures: &Tensor,
        pass: &mut Pass,
        see: &mut dyn FnMut(BlockTensors),
    ) -> Result<Tensor, Error> {
        let mut x = self.first(pictures, pass)?;
        for index in 0..self.blocks.len() {
            let tensors = self.block(index, &x, pass)?;
            x = tensors.output.clone();
            see(tensors);
        }
        self.head(&x, pass)
    }

    /// The first block's x.
    pub fn first(&self, pictures: &Tensor, pass: &mut Pass) -> Result<Tensor, Error> {
        let y = ops::conv(pictures, &self.stem.weight, self.stem.stride)?;
        self.norm(self.stem_norm.as_ref(), &y, true, pass)
    }

    /// Runs one block on `x`, `[batch, height, width, channels]`.
    pub fn block(&self, index: usize, x: &Tensor, pass: &mut Pass) -> Result<BlockTensors, Error> {
        let block = &self.blocks[index];
        let identity = self.identity(block, x)?;
        let residual = match pass.training && pass.left_out.get(index) == Some(&true) {
            true => None,
            false => Some(self.residual(block, x, pass)?),
        };
        let how = self.join(block, pass.training);
        let output = match (&identity, &residual) {
            (Some(identity), Some(residual)) => ops::join(identity, residual, how)?,
            (Some(only), None) | (None, Some(only)) if how.relu => ops::relu(only)?,
            (Some(only), None) | (None, Some(only)) => only.clone(),
            (None, None) => return Err(Error::Settings("a plain block without its F".into())),
        };
        Ok(BlockTensors { identity, residual, output })
    }

    /// How the branches of a block are added up.
    pub fn join(&self, block: &Block, training: bool) -> Join {
        let identity_scale = if let Wiring::Scaled(scale) = self.design.wiring { scale } else { 1.0 };
        let residual_scale = if training { 1.0 } else { block.survival };
        Join { identity_scale, residual_scale, relu: self.design.wiring != Wiring::PreActivation }
    }

    /// x as it comes to the sum; none in a plain net.
    pub fn identity(&self, block: &Block, x: &Tensor) -> Result<Option<Tensor>, Error> {
        Ok(match (self.design.wiring, block.conv1.stride) {
            (Wiring::Plain, _) => None,
            (_, 1) => Some(x.clone()),
            (_, _) => Some(ops::subsample(x, block.outputs)?),
        })
    }

    /// F(x), with its learnt scale.
    pub fn residual(&self, block: &Block, x: &Tensor, pass: &mut Pass) -> Result<Tensor, Error> {
        let (norm1, norm2) = (block.norm1.as_ref(), block.norm2.as_ref());
        let conv = |x: &Tensor, conv: &Conv| ops::conv(x, &conv.weight, conv.stride);
        let y = match self.design.wiring {
            Wiring::PreActivation => {
                // The stem has done it for the first block.
                let first = std::ptr::eq(block, &self.blocks[0]);
                let a = if first { x.clone() } else { self.norm(norm1, x, true, pass)? };
                let a = self.norm(norm2, &conv(&a, &block.conv1)?, true, pass)?;
                conv(&a, &block.conv2)?
            }
            _ => {
                let a = self.norm(norm1, &conv(x, &block.conv1)?, true, pass)?;
                self.norm(norm2, &conv(&a, &block.conv2)?, false, pass)?
            }
        };
        Ok(block.alpha.as_ref().map_or_else(|| Ok(y.clone()), |alpha| ops::scale(&y, alpha))?)
    }

    /// Logits from the last block's output.
    pub fn head(&self, x: &Tensor, pass: &mut Pass) -> Result<Tensor, Error> {
        let x = match self.design.wiring {
            Wiring::PreActivation => self.norm(self.last_norm.as_ref(), x, true, pass)?,
            _ => x.clone(),
        };
        let (weight, bias) = &self.classifier;
        Ok(ops::mean(&x)?.matmul(&weight.t()?)?.broadcast_add(bias)?)
    }

    /// Batch norm where there is one, and ReLU where asked for.
    fn norm(&self, norm: Option<&Norm>, x: &Tensor, relu: bool, pass: &mut Pass) -> Result<Tensor, Error> {
        let Some(Norm { gamma, beta, index }) = norm else {
            return Ok(if relu { ops::relu(x)? } else { x.clone() });
        };
        let Running { mean, variance, epsilon, .. } = &self.running[*index];
        let statistics = if pass.training { Statistics::Batch } else { Statistics::Fixed { mean, variance } };
        let (y, known) = ops::norm(x, (gamma, beta), statistics, *epsilon, relu)?;
        if pass.training {
            pass.statistics.push((*index, known, x.elem_count() / mean.len()));
        }
        Ok(y)
    }

    /// Takes the statistics of a pass in training over into those that are kept.
    pub fn absorb(&mut self, pass: &Pass) {
        for (index, known, pixels) in &pass.statistics {
            let (Some(batch), running) = (known.get(), &mut self.running[*index]) else { continue };
            let unbiased = *pixels as f32 / (*pixels as f32 - 1.0).max(1.0);
            let blend = |kept: &mut f32, new: f32| *kept += STATISTICS_MOMENTUM * (new - *kept);
            running.mean.iter_mut().zip(&batch.mean).for_each(|(kept, new)| blend(kept, *new));
            running.variance.iter_mut().zip(&batch.variance).for_each(|(kept, new)| blend(kept, new * unbiased));
        }
    }

    /// Every tensor, learnt or kept, by its name.
    pub fn state(&self) -> Result<Tensors, Error> {
        let mut state = Tensors::default();
        for (name, var) in &self.parameters {
            state.tensors.insert(name.clone(), (var.dims().to_vec(), var.flatten_all()?.to_vec1()?));
        }
        for Running { name, mean, variance, epsilon } in &self.running {
            let shape = vec![mean.len()];
            state.tensors.insert(format!("{name}.running_mean"), (shape.clone(), mean.clone()));
            state.tensors.insert(format!("{name}.running_var"), (shape, variance.clone()));
            state.batch_norm_epsilon = Some(f64::from(*epsilon));
        }
        Ok(state)
    }

    /// Every number of it, learnt or kept, in one row.
    pub fn numbers(&self) -> Result<Vec<f32>, Error> {
        let mut all = Vec::new();
        for (_, var) in &self.parameters {
            ops::with_values(var, |values| {
                all.extend_from_slice(values);
                Ok(())
            })?;
        }
        for Running { mean, variance, .. } in &self.running {
            all.extend_from_slice(mean);
            all.extend_from_slice(variance);
        }
        Ok(all)
    }

    /// Takes the [`numbers`](Self::numbers) of a net of the same design over; an error where that one has diverged.
    pub fn take_over(&mut self, numbers: &[f32]) -> Result<(), Error> {
        if !numbers.iter().all(|number| number.is_finite()) {
            return Err(Error::Settings("the net has diverged: it holds what is no number".into()));
        }
        let other = || Error::Settings("these are the numbers of another net".into());
        let mut left = numbers;
        let mut next = |count: usize| {
            let (taken, rest) = left.split_at_checked(count).ok_or_else(other)?;
            left = rest;
            Ok::<_, Error>(taken)
        };
        for (_, var) in &self.parameters {
            var.set(&Tensor::from_slice(next(var.elem_count())?, var.shape(), &Device::Cpu)?)?;
        }
        for Running { mean, variance, .. } in &mut self.running {
            let channels = mean.len();
            mean.copy_from_slice(next(channels)?);
            variance.copy_from_slice(next(channels)?);
        }
        if left.is_empty() { Ok(()) } else { Err(other()) }
    }

    /// As it is now; an error where it has diverged.
    pub fn copy(&self) -> Result<Net, Error> {
        Net::build(self.design.clone(), &mut self.state()?)
    }
}
