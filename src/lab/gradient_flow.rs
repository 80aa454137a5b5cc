//! What an untrained net makes of the signal on its way forth, and of the gradient on its way back.

use super::Error;
use super::data::{Batch, Pictures};
use super::net::{Net, Pass};
use super::ops::{self, with_values};
use super::random::Random;
use super::settings::Settings;
use super::trainer::{LayerNorm, gradient_norms, to_tensor, untrained};
use candle_core::Tensor;
use serde::Serialize;

/// Every layer of a net on one batch.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify), tsify(missing_as_null))]
pub struct GradientFlow {
    /// Mean cross entropy of the batch.
    pub loss: f64,
    /// Of every convolution, in the order they run.
    pub layers: Vec<LayerNorm>,
    /// Of every block, in the order they run.
    pub blocks: Vec<BlockSignal>,
}

/// Root mean squares of a block's maps.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify), tsify(missing_as_null))]
pub struct BlockSignal {
    /// `layer1.0`
    pub name: String,
    /// None in a plain net.
    pub identity: Option<f64>,
    /// Of F(x).
    pub residual: f64,
    /// Of what the next block reads.
    pub output: f64,
}

/// At the start, on one batch as the race would draw it.
pub fn at_the_start(settings: &Settings) -> Result<GradientFlow, Error> {
    let net = untrained(settings)?;
    let random = Random::of(u64::from(settings.seed), "training pictures");
    of(&net, &Pictures::new(settings.side, settings.noise as f32, random).batch(settings.batch))
}

/// Of any net, in training.
pub fn of(net: &Net, batch: &Batch) -> Result<GradientFlow, Error> {
    let mut blocks = Vec::with_capacity(net.blocks.len());
    let mut failed = None;
    let mut see = |tensors: super::net::BlockTensors| {
        let name = net.blocks.get(blocks.len()).map(|block| block.name.clone()).unwrap_or_default();
        let signal = || -> Result<BlockSignal, Error> {
            Ok(BlockSignal {
                name,
                identity: tensors.identity.as_ref().map(rms).transpose()?,
                residual: tensors.residual.as_ref().map_or(Ok(0.0), rms)?,
                output: rms(&tensors.output)?,
            })
        };
        match signal() {
            Ok(signal) => blocks.push(signal),
            Err(error) => failed = Some(error),
        }
    };
    let logits = net.forward(&to_tensor(batch, net.design.side)?, &mut Pass::training(), &mut see)?;
    if let Some(error) = failed {
        return Err(error);
    }
    let loss = ops::cross_entropy(&logits, &batch.labels)?;
    let layers = gradient_norms(net, &loss.backward()?)?;
    Ok(GradientFlow { loss: f64::from(loss.to_scalar::<f32>()?), layers, blocks })
}

/// The root of the mean square.
pub fn rms(tensor: &Tensor) -> Result<f64, Error> {
    let square = |values: &[f32]| Ok(values.iter().map(|&v| f64::from(v) * f64::from(v)).sum::<f64>());
    Ok((with_values(tensor, square)? / tensor.elem_count() as f64).sqrt())
}
