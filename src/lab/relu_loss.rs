//! What ReLU throws away: of every block's sum, what is negative. Beside it, what it would throw away of F(x) alone.

use super::Error;
use super::data::Batch;
use super::net::{BlockTensors, Net, Pass};
use super::ops::with_values;
use super::trainer::to_tensor;
use candle_core::Tensor;
use serde::Serialize;

/// What is negative of a map.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub struct Negative {
    /// Of the values, 0 to 1.
    pub values: f64,
    /// Of the sum of squares, 0 to 1.
    pub energy: f64,
}

/// What the ReLU behind a block's sum throws away.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify), tsify(missing_as_null))]
#[cfg_attr(target_arch = "wasm32", serde(rename_all = "camelCase"))]
pub struct ReluLoss {
    /// `layer1.0`
    pub name: String,
    /// Of x + F(x); none in a plain net.
    pub with_identity: Option<Negative>,
    /// Of F(x) alone.
    pub without_identity: Negative,
    /// Of x, what is not in the block's output because the sum was negative there: squares, relative to x's; none in a plain net.
    pub identity_lost: Option<f64>,
    /// Of the first picture, the mean over channels of what is negative in the sum, row by row.
    pub picture: Vec<f32>,
    /// Of that.
    pub side: usize,
}

/// Of every block, on a batch, in inference.
pub fn of(net: &Net, batch: &Batch) -> Result<Vec<ReluLoss>, Error> {
    let mut all = Vec::with_capacity(net.blocks.len());
    let mut see = |tensors: BlockTensors| all.push(tensors);
    net.forward(&to_tensor(batch, net.design.side)?, &mut Pass::inference(), &mut see)?;
    let loss = |(block, tensors): (usize, BlockTensors)| {
        let join = net.join(&net.blocks[block], false);
        let residual = tensors.residual.ok_or_else(|| Error::Settings("a block without F".into()))?;
        let residual = (residual * f64::from(join.residual_scale))?;
        let identity = tensors.identity.map(|x| x * f64::from(join.identity_scale)).transpose()?;
        let sum = identity.as_ref().map_or(Ok(residual.clone()), |identity| identity + &residual)?;
        Ok(ReluLoss {
            name: net.blocks[block].name.clone(),
            with_identity: identity.as_ref().map(|_| negative(&sum)).transpose()?,
            without_identity: negative(&residual)?,
            identity_lost: identity.map(|identity| lost(&identity, &sum)).transpose()?,
            picture: picture(&sum)?,
            side: sum.dim(1)?,
        })
    };
    all.into_iter().enumerate().map(loss).collect()
}

/// A share, and none of nothing.
fn share(part: f64, whole: f64) -> f64 {
    if whole > 0.0 { part / whole } else { 0.0 }
}

fn negative(map: &Tensor) -> Result<Negative, Error> {
    let sums = |map: &[f32]| {
        Ok(map.iter().map(|&v| f64::from(v)).fold((0.0, 0.0, 0.0), |(count, part, whole), v| match v < 0.0 {
            true => (count + 1.0, part + v * v, whole + v * v),
            false => (count, part, whole + v * v),
        }))
    };
    let (count, part, whole) = with_values(map, sums)?;
    Ok(Negative { values: share(count, map.elem_count() as f64), energy: share(part, whole) })
}

fn lost(identity: &Tensor, sum: &Tensor) -> Result<f64, Error> {
    let squares = |x: &[f32], sum: &[f32]| {
        x.iter().zip(sum).fold((0.0, 0.0), |(part, whole), (x, sum)| {
            let square = f64::from(*x) * f64::from(*x);
            (part + if *sum < 0.0 { square } else { 0.0 }, whole + square)
        })
    };
    let (part, whole) = with_values(identity, |x| with_values(sum, |sum| Ok(squares(x, sum))))?;
    Ok(share(part, whole))
}

fn picture(sum: &Tensor) -> Result<Vec<f32>, Error> {
    let (_, height, width, channels) = sum.dims4()?;
    let mean = |pixel: &[f32]| pixel.iter().map(|v| v.min(0.0)).sum::<f32>() / channels as f32;
    Ok(with_values(sum, |sum| Ok(sum[..height * width * channels].chunks_exact(channels).map(mean).collect()))?)
}
