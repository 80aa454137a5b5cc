//! Batch norm, with the ReLU that may follow.

use super::{made, slice, tensor, with_values};
use crate::kernels::BatchNorm;
use candle_core::{CpuStorage, CustomOp3, Layout, Result, Shape, Tensor, bail};
use std::sync::{Arc, OnceLock};

/// Where mean and variance come from.
#[derive(Clone, Copy)]
pub enum Statistics<'a> {
    /// The batch itself: training.
    Batch,
    /// Known ones: inference.
    Fixed {
        /// Of every channel.
        mean: &'a [f32],
        /// Of every channel.
        variance: &'a [f32],
    },
}

/// `[relu](gamma (x - mean) / sqrt(variance + epsilon) + beta)`, and what mean and variance were.
pub fn norm(
    x: &Tensor,
    (gamma, beta): (&Tensor, &Tensor),
    statistics: Statistics<'_>,
    epsilon: f32,
    relu: bool,
) -> Result<(Tensor, Arc<OnceLock<BatchNorm>>)> {
    let known = Arc::new(OnceLock::new());
    let batch = match statistics {
        Statistics::Batch => true,
        Statistics::Fixed { mean, variance } => {
            known.get_or_init(|| BatchNorm::fixed(mean.to_vec(), variance.to_vec(), epsilon));
            false
        }
    };
    Ok((x.apply_op3(gamma, beta, Norm { known: known.clone(), batch, epsilon, relu })?, known))
}

struct Norm {
    /// From the forward pass on.
    known: Arc<OnceLock<BatchNorm>>,
    batch: bool,
    epsilon: f32,
    relu: bool,
}

impl CustomOp3 for Norm {
    fn name(&self) -> &'static str {
        "batch norm"
    }

    fn cpu_fwd(
        &self,
        x: &CpuStorage,
        x_dims: &Layout,
        gamma: &CpuStorage,
        gamma_dims: &Layout,
        beta: &CpuStorage,
        beta_dims: &Layout,
    ) -> Result<(CpuStorage, Shape)> {
        let (x, gamma, beta) = (slice(x, x_dims)?, slice(gamma, gamma_dims)?, slice(beta, beta_dims)?);
        let channels = gamma.len();
        if channels % 8 != 0 || beta.len() != channels || x_dims.dims().last() != Some(&channels) {
            bail!("a batch norm of {channels} channels on {:?}", x_dims.shape());
        }
        let norm = self.known.get_or_init(|| BatchNorm::of_batch(x, channels, self.epsilon));
        made(norm.forward(x, gamma, beta, self.relu), x_dims.shape().clone())
    }

    fn bwd(
        &self,
        x: &Tensor,
        gamma: &Tensor,
        beta: &Tensor,
        y: &Tensor,
        dy: &Tensor,
    ) -> Result<(Option<Tensor>, Option<Tensor>, Option<Tensor>)> {
        let Some(norm) = self.known.get() else { bail!("batch norm goes back before it went forth") };
        let gradient = |x: &[f32], gamma: &[f32], y: &[f32], dy: &[f32]| {
            Ok(norm.backward(x, gamma, self.relu.then_some(y), dy, self.batch))
        };
        let gradient = with_values(x, |x| {
            with_values(gamma, |gamma| with_values(y, |y| with_values(dy, |dy| gradient(x, gamma, y, dy))))
        })?;
        let of = |values: Vec<f32>, like: &Tensor| {
            // What nobody asked for would be kept as a gradient all the same.
            like.track_op().then(|| tensor(values, like.shape())).transpose()
        };
        Ok((of(gradient.x, x)?, of(gradient.gamma, gamma)?, of(gradient.beta, beta)?))
    }
}
