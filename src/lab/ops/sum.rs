//! A block's sum, its shortcut, and ReLU.

use super::{made, slice, tensor, with_values};
use candle_core::{CpuStorage, CustomOp1, CustomOp2, Layout, Result, Shape, Tensor, bail};

/// `[relu](identity_scale * identity + residual_scale * residual)`
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Join {
    /// x is multiplied with it.
    pub identity_scale: f32,
    /// F(x) is multiplied with it.
    pub residual_scale: f32,
    /// Whether ReLU follows.
    pub relu: bool,
}

/// The scaled sum of two maps of one shape, and its ReLU.
pub fn join(identity: &Tensor, residual: &Tensor, how: Join) -> Result<Tensor> {
    identity.apply_op2(residual, how)
}

/// max(x, 0).
pub fn relu(x: &Tensor) -> Result<Tensor> {
    x.apply_op1(Relu)
}

/// `x` times a learnt number, `alpha` of shape `[1]`.
pub fn scale(x: &Tensor, alpha: &Tensor) -> Result<Tensor> {
    x.apply_op2(alpha, Scale)
}

/// Option A: every second pixel, and new channels of zeros on both sides of the old.
pub fn subsample(x: &Tensor, channels: usize) -> Result<Tensor> {
    x.apply_op1(Subsample { channels })
}

/// NaN stays NaN, as in the kernels.
fn rectified(x: f32) -> f32 {
    if x < 0.0 { 0.0 } else { x }
}

/// What a ReLU that made `y` lets back of `dy`.
fn past_relu(y: &Tensor, dy: &Tensor, scale: f32) -> Result<Tensor> {
    let past =
        |y: &[f32], dy: &[f32]| y.iter().zip(dy).map(|(y, dy)| if *y > 0.0 { scale * dy } else { 0.0 }).collect();
    tensor(with_values(y, |y| with_values(dy, |dy| Ok(past(y, dy))))?, y.shape())
}

struct Relu;

impl CustomOp1 for Relu {
    fn name(&self) -> &'static str {
        "relu"
    }

    fn cpu_fwd(&self, x: &CpuStorage, dims: &Layout) -> Result<(CpuStorage, Shape)> {
        made(slice(x, dims)?.iter().map(|&x| rectified(x)).collect(), dims.shape().clone())
    }

    fn bwd(&self, _: &Tensor, y: &Tensor, dy: &Tensor) -> Result<Option<Tensor>> {
        Ok(Some(past_relu(y, dy, 1.0)?))
    }
}

impl CustomOp2 for Join {
    fn name(&self) -> &'static str {
        "sum"
    }

    fn cpu_fwd(&self, x: &CpuStorage, x_dims: &Layout, f: &CpuStorage, f_dims: &Layout) -> Result<(CpuStorage, Shape)> {
        let (x, f) = (slice(x, x_dims)?, slice(f, f_dims)?);
        if x_dims.shape() != f_dims.shape() {
            bail!("a sum of {:?} and {:?}", x_dims.shape(), f_dims.shape());
        }
        let (a, b) = (self.identity_scale, self.residual_scale);
        let sums = x.iter().zip(f).map(|(x, f)| a * x + b * f);
        let y = if self.relu { sums.map(rectified).collect() } else { sums.collect() };
        made(y, x_dims.shape().clone())
    }

    fn bwd(&self, _: &Tensor, _: &Tensor, y: &Tensor, dy: &Tensor) -> Result<(Option<Tensor>, Option<Tensor>)> {
        let scaled = |scale: f32| match (self.relu, scale == 1.0) {
            (true, _) => past_relu(y, dy, scale),
            (false, true) => Ok(dy.clone()),
            (false, false) => dy.affine(f64::from(scale), 0.0),
        };
        let identity = scaled(self.identity_scale)?;
        let residual =
            if self.residual_scale == self.identity_scale { identity.clone() } else { scaled(self.residual_scale)? };
        Ok((Some(identity), Some(residual)))
    }
}

struct Scale;

impl CustomOp2 for Scale {
    fn name(&self) -> &'static str {
        "scale"
    }

    fn cpu_fwd(
        &self,
        x: &CpuStorage,
        x_dims: &Layout,
        by: &CpuStorage,
        by_dims: &Layout,
    ) -> Result<(CpuStorage, Shape)> {
        let (x, &[alpha]) = (slice(x, x_dims)?, slice(by, by_dims)?) else { bail!("a scale is one number") };
        made(x.iter().map(|x| alpha * x).collect(), x_dims.shape().clone())
    }

    fn bwd(&self, x: &Tensor, by: &Tensor, _: &Tensor, dy: &Tensor) -> Result<(Option<Tensor>, Option<Tensor>)> {
        let alpha = with_values(by, |by| Ok(by[0]))?;
        let dot = |x: &[f32], dy: &[f32]| x.iter().zip(dy).map(|(x, dy)| f64::from(x * dy)).sum::<f64>() as f32;
        let of_alpha = with_values(x, |x| with_values(dy, |dy| Ok(dot(x, dy))))?;
        Ok((Some(dy.affine(f64::from(alpha), 0.0)?), Some(tensor(vec![of_alpha], 1)?)))
    }
}

struct Subsample {
    channels: usize,
}

impl Subsample {
    /// Calls `copy` with where every kept pixel lies in the input, and where in the output.
    fn pixels(&self, x: &Shape, mut copy: impl FnMut(std::ops::Range<usize>, usize)) -> Result<[usize; 4]> {
        let (batch, height, width, inputs) = x.dims4()?;
        let Some(new) = self.channels.checked_sub(inputs) else { bail!("a shortcut adds channels") };
        let (rows, columns) = (height.div_ceil(2), width.div_ceil(2));
        for image in 0..batch {
            for (y, x) in (0..rows).flat_map(|y| (0..columns).map(move |x| (y, x))) {
                let from = ((image * height + 2 * y) * width + 2 * x) * inputs;
                copy(from..from + inputs, ((image * rows + y) * columns + x) * self.channels + new / 2);
            }
        }
        Ok([batch, rows, columns, self.channels])
    }
}

impl CustomOp1 for Subsample {
    fn name(&self) -> &'static str {
        "option A"
    }

    fn cpu_fwd(&self, x: &CpuStorage, dims: &Layout) -> Result<(CpuStorage, Shape)> {
        let values = slice(x, dims)?;
        let (batch, height, width, _) = dims.shape().dims4()?;
        let mut y = vec![0.0; batch * height.div_ceil(2) * width.div_ceil(2) * self.channels];
        let shape = self.pixels(dims.shape(), |from, to| y[to..to + from.len()].copy_from_slice(&values[from]))?;
        made(y, shape.to_vec())
    }

    fn bwd(&self, x: &Tensor, _: &Tensor, dy: &Tensor) -> Result<Option<Tensor>> {
        let mut dx = vec![0.0; x.elem_count()];
        let mut copy = |dy: &[f32]| {
            self.pixels(x.shape(), |from, to| {
                let len = from.len();
                dx[from].copy_from_slice(&dy[to..to + len]);
            })
        };
        with_values(dy, &mut copy)?;
        Ok(Some(tensor(dx, x.shape())?))
    }
}
