//! Convolution, planned once: weights packed, offsets tabulated.

use super::Layout;

/// A convolution with its weights, for one input and one output layout. Padding is `kernel / 2`.
pub struct Conv {
    input: Layout,
    output: Layout,
    kernel: usize,
    stride: usize,
    weight: Vec<f32>,
    bias: Vec<f32>,
}

impl Conv {
    /// `weight` is OIHW, `bias` one value per output channel.
    pub fn plan(input: Layout, output: Layout, kernel: usize, stride: usize, weight: &[f32], bias: &[f32]) -> Conv {
        assert_eq!(weight.len(), output.channels * input.channels * kernel * kernel);
        assert_eq!(bias.len(), output.channels);
        assert_eq!((output.height, output.width), (input.height.div_ceil(stride), input.width.div_ceil(stride)));
        // Packed [tap][C][K]
        let taps = kernel * kernel;
        let mut packed = vec![0.0; weight.len()];
        for k in 0..output.channels {
            for c in 0..input.channels {
                for t in 0..taps {
                    packed[(t * input.channels + c) * output.channels + k] =
                        weight[(k * input.channels + c) * taps + t];
                }
            }
        }
        Conv { input, output, kernel, stride, weight: packed, bias: bias.to_vec() }
    }

    /// Floats of scratch that [`run`](Self::run) needs.
    pub fn scratch_len(&self) -> usize {
        0
    }

    /// `output = [relu](conv(input) + bias [+ residual])`; `residual` lies as the output does.
    pub fn run(&self, input: &[f32], residual: Option<&[f32]>, relu: bool, output: &mut [f32], _scratch: &mut [f32]) {
        let (i, o) = (&self.input, &self.output);
        let padding = self.kernel / 2;
        let mut sums = vec![0.0; o.channels];
        for y in 0..o.height {
            for x in 0..o.width {
                sums.copy_from_slice(&self.bias);
                for t in 0..self.kernel * self.kernel {
                    let row = (y * self.stride + t / self.kernel) as isize - padding as isize;
                    let column = (x * self.stride + t % self.kernel) as isize - padding as isize;
                    if row < 0 || column < 0 || row >= i.height as isize || column >= i.width as isize {
                        continue;
                    }
                    let start = i.at(row as usize, column as usize);
                    for (c, &a) in input[start..start + i.channels].iter().enumerate() {
                        let w = &self.weight[(t * i.channels + c) * o.channels..][..o.channels];
                        sums.iter_mut().zip(w).for_each(|(s, w)| *s += a * w);
                    }
                }
                let at = o.at(y, x);
                for (k, &s) in sums.iter().enumerate() {
                    let s = s + residual.map_or(0.0, |r| r[at + k]);
                    output[at + k] = if relu { s.max(0.0) } else { s };
                }
            }
        }
    }
}
