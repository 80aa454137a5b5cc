//! What stands behind the last block: the mean over all places, and the loss.

use super::{made, slice, tensor, with_values};
use candle_core::{CpuStorage, CustomOp1, Layout, Result, Shape, Tensor, bail};

/// Of every channel over all places: `[batch, channels]`.
pub fn mean(x: &Tensor) -> Result<Tensor> {
    x.apply_op1(Mean)
}

/// The mean over a batch of logits, `[batch, classes]`, of -log(probability of the right class).
pub fn cross_entropy(logits: &Tensor, labels: &[usize]) -> Result<Tensor> {
    logits.apply_op1(CrossEntropy { labels: labels.to_vec() })
}

/// Probabilities of one row of logits.
pub fn softmax(logits: &[f32]) -> impl Iterator<Item = f64> + use<'_> {
    let most = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let weight = move |logit: &f32| f64::from(logit - most).exp();
    let total: f64 = logits.iter().map(weight).sum();
    logits.iter().map(move |logit| weight(logit) / total)
}

struct Mean;

impl CustomOp1 for Mean {
    fn name(&self) -> &'static str {
        "mean over places"
    }

    fn cpu_fwd(&self, x: &CpuStorage, dims: &Layout) -> Result<(CpuStorage, Shape)> {
        let (batch, height, width, channels) = dims.shape().dims4()?;
        let places = height * width;
        let mut y = vec![0.0; batch * channels];
        for (image, y) in slice(x, dims)?.chunks_exact(places * channels).zip(y.chunks_exact_mut(channels)) {
            for pixel in image.chunks_exact(channels) {
                y.iter_mut().zip(pixel).for_each(|(y, x)| *y += x);
            }
            y.iter_mut().for_each(|y| *y /= places as f32);
        }
        made(y, (batch, channels))
    }

    fn bwd(&self, x: &Tensor, _: &Tensor, dy: &Tensor) -> Result<Option<Tensor>> {
        let (_, height, width, channels) = x.dims4()?;
        let places = height * width;
        let mut dx = Vec::with_capacity(x.elem_count());
        with_values(dy, |dy| {
            for dy in dy.chunks_exact(channels) {
                (0..places).for_each(|_| dx.extend(dy.iter().map(|dy| dy / places as f32)));
            }
            Ok(())
        })?;
        Ok(Some(tensor(dx, x.shape())?))
    }
}

struct CrossEntropy {
    labels: Vec<usize>,
}

impl CustomOp1 for CrossEntropy {
    fn name(&self) -> &'static str {
        "cross-entropy"
    }

    fn cpu_fwd(&self, logits: &CpuStorage, dims: &Layout) -> Result<(CpuStorage, Shape)> {
        let (batch, classes) = dims.shape().dims2()?;
        if batch != self.labels.len() || self.labels.iter().any(|&label| label >= classes) {
            bail!("{} labels for {batch} rows of {classes} classes", self.labels.len());
        }
        let loss = |(logits, &label): (&[f32], &usize)| {
            let most = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
            let total: f64 = logits.iter().map(|logit| f64::from(logit - most).exp()).sum();
            total.ln() - f64::from(logits[label] - most)
        };
        let total: f64 = slice(logits, dims)?.chunks_exact(classes).zip(&self.labels).map(loss).sum();
        made(vec![(total / batch as f64) as f32], ())
    }

    fn bwd(&self, logits: &Tensor, _: &Tensor, dy: &Tensor) -> Result<Option<Tensor>> {
        let (batch, classes) = logits.dims2()?;
        let factor = f64::from(with_values(dy, |dy| Ok(dy[0]))?) / batch as f64;
        let gradient = with_values(logits, |logits| {
            let row = |(logits, &label): (&[f32], &usize)| {
                let right = move |(class, p): (usize, f64)| (factor * (p - f64::from(u8::from(class == label)))) as f32;
                softmax(logits).enumerate().map(right).collect::<Vec<f32>>()
            };
            Ok(logits.chunks_exact(classes).zip(&self.labels).flat_map(row).collect())
        })?;
        Ok(Some(tensor(gradient, logits.shape())?))
    }
}
