//! Batch norm over dense maps, forth and back, with the ReLU that may follow: two passes each way.
//!
//! Every pass goes down the pixels of 8 channels, whose sums stay in registers; sums of 256 pixels at a time are carried on in f64, so
//! that the statistics of many pixels are as good as those of few.

use super::lanes::F32x4;
use super::micro_kernel::PANEL;

/// Pixels whose sums are f32.
const STRETCH: usize = 256;

/// Mean and 1 / sqrt(variance + epsilon) of every channel.
#[derive(Clone, Debug, PartialEq)]
pub struct BatchNorm {
    /// One per channel.
    pub mean: Vec<f32>,
    /// Of the batch itself: the mean square of what is left without the mean.
    pub variance: Vec<f32>,
    scale: Vec<f32>,
}

/// What goes back through a batch norm.
#[derive(Clone, Debug, PartialEq)]
pub struct NormGradient {
    /// As large as x: one slice of all channels per pixel.
    pub x: Vec<f32>,
    /// One per channel.
    pub gamma: Vec<f32>,
    /// One per channel.
    pub beta: Vec<f32>,
}

type Pair = [F32x4; 2];

impl BatchNorm {
    /// From the pixels of a whole batch, `channels` floats each.
    pub fn of_batch(x: &[f32], channels: usize, epsilon: f32) -> BatchNorm {
        let pixels = (x.len() / channels) as f64;
        let mut mean = vec![0.0; channels];
        sums([x], channels, |_, [x]| [x], |c, [sum]| mean[c] = (sum / pixels) as f32);
        let mut variance = vec![0.0; channels];
        let centred = |panel: usize, [x]: [Pair; 1]| {
            let mean = pair(&mean[panel..]);
            let d = [x[0] - mean[0], x[1] - mean[1]];
            [[d[0] * d[0], d[1] * d[1]]]
        };
        sums([x], channels, centred, |c, [sum]| variance[c] = (sum / pixels) as f32);
        BatchNorm::fixed(mean, variance, epsilon)
    }

    /// From statistics that are known.
    pub fn fixed(mean: Vec<f32>, variance: Vec<f32>, epsilon: f32) -> BatchNorm {
        assert_eq!(mean.len(), variance.len());
        assert!(mean.len().is_multiple_of(PANEL), "{} channels", mean.len());
        let scale = variance.iter().map(|v| 1.0 / (v + epsilon).sqrt()).collect();
        BatchNorm { mean, variance, scale }
    }

    /// `[relu](gamma (x - mean) scale + beta)`
    pub fn forward(&self, x: &[f32], gamma: &[f32], beta: &[f32], relu: bool) -> Vec<f32> {
        let channels = self.mean.len();
        assert!(gamma.len() == channels && beta.len() == channels && x.len().is_multiple_of(channels));
        let factor: Vec<f32> = gamma.iter().zip(&self.scale).map(|(g, s)| g * s).collect();
        let mut y = vec![0.0; x.len()];
        let finish = |y: F32x4| if relu { y.relu() } else { y };
        for panel in (0..channels).step_by(PANEL) {
            let (mean, factor, beta) = (pair(&self.mean[panel..]), pair(&factor[panel..]), pair(&beta[panel..]));
            for (x, y) in x.chunks_exact(channels).zip(y.chunks_exact_mut(channels)) {
                let x = pair(&x[panel..]);
                let lane = |i: usize| finish(beta[i].madd(x[i] - mean[i], factor[i]));
                put(&mut y[panel..], [lane(0), lane(1)]);
            }
        }
        y
    }

    /// From the gradient of what [`forward`](Self::forward) made. `y`: that, where a ReLU followed. `batch`: whether the statistics are
    /// those of `x` itself, and change with it.
    pub fn backward(&self, x: &[f32], gamma: &[f32], y: Option<&[f32]>, dy: &[f32], batch: bool) -> NormGradient {
        match y {
            Some(y) => self.backward_through::<true>(x, gamma, y, dy, batch),
            None => self.backward_through::<false>(x, gamma, dy, dy, batch),
        }
    }

    fn backward_through<const RELU: bool>(
        &self,
        x: &[f32],
        gamma: &[f32],
        y: &[f32],
        dy: &[f32],
        batch: bool,
    ) -> NormGradient {
        let channels = self.mean.len();
        assert!(gamma.len() == channels && dy.len() == x.len() && y.len() == x.len());
        let (mut d_gamma, mut d_beta) = (vec![0.0; channels], vec![0.0; channels]);
        let share = |panel: usize, [x, y, dy]: [Pair; 3]| {
            let (mean, scale) = (pair(&self.mean[panel..]), pair(&self.scale[panel..]));
            let lane = |i: usize| {
                let dy = past::<RELU>(y[i], dy[i]);
                (dy * ((x[i] - mean[i]) * scale[i]), dy)
            };
            let (low, high) = (lane(0), lane(1));
            [[low.0, high.0], [low.1, high.1]]
        };
        sums([x, y, dy], channels, share, |c, [gamma, beta]| {
            (d_gamma[c], d_beta[c]) = (gamma as f32, beta as f32);
        });

        // dx = gamma scale (dy - mean of dy - normalised x * mean of (dy normalised x)), the means where they change with x.
        let pixels = (x.len() / channels) as f32;
        let of_mean =
            |sums: &[f32]| -> Vec<f32> { sums.iter().map(|s| if batch { s / pixels } else { 0.0 }).collect() };
        let (gamma_mean, beta_mean) = (of_mean(&d_gamma), of_mean(&d_beta));
        let factor: Vec<f32> = gamma.iter().zip(&self.scale).map(|(g, s)| g * s).collect();
        let mut dx = vec![0.0; x.len()];
        for panel in (0..channels).step_by(PANEL) {
            let [mean, scale, factor, gamma_mean, beta_mean] =
                [&self.mean, &self.scale, &factor, &gamma_mean, &beta_mean].map(|values| pair(&values[panel..]));
            let pixels = x.chunks_exact(channels).zip(y.chunks_exact(channels)).zip(dy.chunks_exact(channels));
            for (((x, y), dy), dx) in pixels.zip(dx.chunks_exact_mut(channels)) {
                let (x, y, dy) = (pair(&x[panel..]), pair(&y[panel..]), pair(&dy[panel..]));
                let lane = |i: usize| {
                    let normalised = (x[i] - mean[i]) * scale[i];
                    factor[i] * (past::<RELU>(y[i], dy[i]) - beta_mean[i] - normalised * gamma_mean[i])
                };
                put(&mut dx[panel..], [lane(0), lane(1)]);
            }
        }
        NormGradient { x: dx, gamma: d_gamma, beta: d_beta }
    }
}

/// What a ReLU that made `y` lets back.
#[inline(always)]
fn past<const RELU: bool>(y: F32x4, dy: F32x4) -> F32x4 {
    if RELU { dy * (F32x4::splat(0.0) - y).below_zero() } else { dy }
}

#[inline(always)]
fn pair(values: &[f32]) -> Pair {
    let values = &values[..PANEL];
    // SAFETY: eight floats.
    unsafe { [F32x4::load(values.as_ptr()), F32x4::load(values.as_ptr().add(4))] }
}

#[inline(always)]
fn put(to: &mut [f32], values: Pair) {
    let to = &mut to[..PANEL];
    // SAFETY: eight floats.
    unsafe {
        values[0].store(to.as_mut_ptr());
        values[1].store(to.as_mut_ptr().add(4));
    }
}

/// Sums up what `of` makes of every pixel's panel, and tells `done` each channel's.
#[inline(always)]
fn sums<const IN: usize, const OUT: usize>(
    maps: [&[f32]; IN],
    channels: usize,
    of: impl Fn(usize, [Pair; IN]) -> [Pair; OUT],
    mut done: impl FnMut(usize, [f64; OUT]),
) {
    for panel in (0..channels).step_by(PANEL) {
        let mut total = [[0.0; OUT]; PANEL];
        let len = maps[0].len();
        for start in (0..len).step_by(STRETCH * channels) {
            let mut stretch = [[F32x4::splat(0.0); 2]; OUT];
            for at in (start + panel..(start + STRETCH * channels).min(len)).step_by(channels) {
                let values = of(panel, maps.map(|map| pair(&map[at..])));
                for (sum, value) in stretch.iter_mut().zip(values) {
                    *sum = [sum[0] + value[0], sum[1] + value[1]];
                }
            }
            for (out, sum) in stretch.iter().enumerate() {
                for (lane, value) in sum.iter().flat_map(|lanes| lanes.to_array()).enumerate() {
                    total[lane][out] += f64::from(value);
                }
            }
        }
        total.into_iter().enumerate().for_each(|(lane, total)| done(panel + lane, total));
    }
}
