//! The loss around a net's weights (Li et al. 2018): along two random directions, each filter's part of which is as long as the filter.
//! Without that, a net with large weights would look flatter than one with small ones, which computes the same behind batch norm.
//!
//! Only weights move: batch norm's scales and shifts and the biases stay, as in the paper. Batch norm takes its statistics from the
//! pictures themselves, as in training: those that were kept fit the weights in the middle alone. So it has to be there: nets of model
//! files, which have it folded into their convolutions, have another surface.

use super::Error;
use super::data::Batch;
use super::net::{Net, Pass};
use super::ops::{cross_entropy, with_values};
use super::random::Random;
use super::trainer::to_tensor;
use candle_core::{Device, Tensor, Var};

/// Weights in the middle and two directions from there.
struct Moved {
    var: Var,
    middle: Vec<f32>,
    directions: [Vec<f32>; 2],
}

/// The loss of a batch around a net's weights.
pub struct Surface {
    net: Net,
    batch: Batch,
    moved: Vec<Moved>,
}

impl Surface {
    /// The net itself stays as it is.
    pub fn around(net: &Net, batch: Batch, seed: u32) -> Result<Surface, Error> {
        if batch.labels.is_empty() {
            return Err(Error::Settings("there is no picture to take a loss of".into()));
        }
        let net = net.copy()?;
        let mut streams = ["first", "second"].map(|name| Random::of(u64::from(seed), &format!("{name} direction")));
        let mut moved = Vec::new();
        // Filters, and the rows of the classifier.
        for (_, var) in net.parameters.iter().filter(|(_, var)| var.rank() > 1) {
            let middle = with_values(var, |weights| Ok(weights.to_vec()))?;
            let filter = middle.len() / var.dims()[0];
            let directions = [0, 1].map(|which: usize| direction(&middle, filter, &mut streams[which]));
            moved.push(Moved { var: var.clone(), middle, directions });
        }
        Ok(Surface { net, batch, moved })
    }

    /// As it was moved last.
    pub fn net(&self) -> &Net {
        &self.net
    }

    /// At a place: 0, 0 is the net as it is. Not finite where the net itself computes nothing finite.
    pub fn loss(&mut self, along: f64, across: f64) -> Result<f64, Error> {
        let (a, b) = (along as f32, across as f32);
        for Moved { var, middle, directions: [first, second] } in &self.moved {
            let weights = middle.iter().zip(first).zip(second).map(|((w, d), e)| w + a * d + b * e).collect();
            var.set(&Tensor::from_vec(weights, var.shape(), &Device::Cpu)?)?;
        }
        let pictures = to_tensor(&self.batch, self.net.design.side)?;
        let logits = self.net.forward(&pictures, &mut Pass::training(), &mut |_| {})?;
        Ok(f64::from(cross_entropy(&logits.detach(), &self.batch.labels)?.to_scalar::<f32>()?))
    }
}

/// Gaussian, each filter's part brought to that filter's length.
fn direction(weights: &[f32], filter: usize, random: &mut Random) -> Vec<f32> {
    let mut drawn = vec![0.0; weights.len()];
    random.add_noise(&mut drawn, 1.0);
    let length = |values: &[f32]| values.iter().map(|v| v * v).sum::<f32>().sqrt();
    for (drawn, weights) in drawn.chunks_exact_mut(filter).zip(weights.chunks_exact(filter)) {
        let scale = length(weights) / length(drawn);
        drawn.iter_mut().for_each(|value| *value *= scale);
    }
    drawn
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_direction_is_as_long_as_each_filter() {
        let weights = [3.0, 4.0, 0.0, 0.0, 0.0, 0.5];
        let drawn = direction(&weights, 2, &mut Random::of(1, "test"));
        let lengths: Vec<f32> = drawn.chunks(2).map(|filter| filter[0].hypot(filter[1])).collect();
        for (found, expected) in lengths.iter().zip([5.0, 0.0, 0.5]) {
            assert!((found - expected).abs() < 1e-6, "{drawn:?}");
        }
    }
}
