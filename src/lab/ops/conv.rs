//! 3x3 convolutions over a batch, by the inference engine's own kernel; their gradients likewise.
//!
//! The gradient of the input is a convolution of dy with the filters turned by 180 degrees, inputs and outputs exchanged; with stride 2
//! of dy spread over every second pixel. That of the weights is one matrix product ([`WeightGradient`]).

use super::{made, slice, tensor, with_values};
use crate::kernels::{self, Algorithm, Aligned, Filter, Layout, WeightGradient};
use candle_core::{CpuStorage, CustomOp2, Layout as Dims, Result, Shape, Tensor};

/// `x`: `[batch, height, width, inputs]`, `weight`: `[outputs, inputs, 3, 3]`. Padding 1, no bias.
pub fn conv(x: &Tensor, weight: &Tensor, stride: usize) -> Result<Tensor> {
    x.apply_op2(weight, Conv { stride, needs: [x.track_op(), weight.track_op()] })
}

const KERNEL: usize = 3;
const TAPS: usize = KERNEL * KERNEL;

struct Conv {
    stride: usize,
    /// Whose gradients anybody asks for: of input and weights.
    needs: [bool; 2],
}

/// What one convolution is about.
struct Shapes {
    batch: usize,
    /// Height, width, channels.
    input: [usize; 3],
    output: [usize; 3],
}

impl Conv {
    fn shapes(&self, x: &Shape, weight: &Shape) -> Result<Shapes> {
        let (batch, height, width, inputs) = x.dims4()?;
        let (outputs, of, rows, columns) = weight.dims4()?;
        if of != inputs || [rows, columns] != [KERNEL; 2] || outputs % 8 != 0 || (inputs % 8 != 0 && inputs != 3) {
            candle_core::bail!("a convolution of {x:?} with {weight:?}");
        }
        let output = [height.div_ceil(self.stride), width.div_ceil(self.stride), outputs];
        Ok(Shapes { batch, input: [height, width, inputs], output })
    }
}

/// A map with a halo, whose pixels are as long as they have channels.
fn haloed([height, width, channels]: [usize; 3]) -> Layout {
    match channels % 8 {
        0 => Layout::map(height, width, channels),
        _ => Layout::image(height, width, channels, KERNEL),
    }
}

fn dense([height, width, channels]: [usize; 3]) -> Layout {
    Layout::dense(height, width, channels)
}

/// Copies dense rows into a map of the same size, or every second of the pixels of one of twice the size.
fn spread(from: &[f32], width: usize, step: usize, layout: &Layout, to: &mut [f32]) {
    let channels = layout.channels();
    for (y, row) in from.chunks_exact(width * channels).enumerate() {
        let at = layout.at(y * step, 0);
        if step == 1 {
            to[at..at + row.len()].copy_from_slice(row);
            continue;
        }
        for (x, pixel) in row.chunks_exact(channels).enumerate() {
            to[at + x * step * channels..][..channels].copy_from_slice(pixel);
        }
    }
}

/// One image after the other: spread into a map with a halo, and convolved.
fn convolve(from: &[f32], from_width: usize, step: usize, plan: (Layout, Layout, usize), weight: &[f32]) -> Vec<f32> {
    let (input, output, stride) = plan;
    let bias = vec![0.0; output.channels()];
    let conv = kernels::Conv::plan_with(Algorithm::Gemm, input, output, Filter::new(KERNEL, stride), weight, &bias);
    let mut map = Aligned::zeros(input.len());
    let images = from.chunks_exact(input.height().div_ceil(step) * from_width * input.channels());
    let mut result = vec![0.0; images.len() * output.len()];
    for (image, result) in images.zip(result.chunks_exact_mut(output.len())) {
        spread(image, from_width, step, &input, &mut map);
        conv.run(&map, None, false, result, &mut []);
    }
    result
}

/// OIHW to IOHW, every filter turned by 180 degrees.
fn turned(weight: &[f32], outputs: usize, inputs: usize) -> Vec<f32> {
    let mut result = vec![0.0; weight.len()];
    for (k, filters) in weight.chunks_exact(inputs * TAPS).enumerate() {
        for (c, filter) in filters.chunks_exact(TAPS).enumerate() {
            let to = &mut result[(c * outputs + k) * TAPS..][..TAPS];
            to.iter_mut().zip(filter.iter().rev()).for_each(|(to, from)| *to = *from);
        }
    }
    result
}

fn weight_gradient(shapes: &Shapes, stride: usize, x: &[f32], dy: &[f32]) -> Vec<f32> {
    let (input, output) = (haloed(shapes.input), dense(shapes.output));
    let mut gradient = WeightGradient::new(input, output, KERNEL, stride);
    let block = gradient.block().min(shapes.batch);
    let mut maps = Aligned::zeros(block * input.len());
    let image: usize = shapes.input.iter().product();
    for (x, dy) in x.chunks(block * image).zip(dy.chunks(block * output.len())) {
        let images = x.chunks_exact(image);
        let maps = &mut maps[..images.len() * input.len()];
        for (image, map) in images.zip(maps.chunks_exact_mut(input.len())) {
            spread(image, shapes.input[1], 1, &input, map);
        }
        gradient.add(maps, dy);
    }
    gradient.finish()
}

impl CustomOp2 for Conv {
    fn name(&self) -> &'static str {
        "conv3x3"
    }

    fn cpu_fwd(&self, x: &CpuStorage, x_dims: &Dims, w: &CpuStorage, w_dims: &Dims) -> Result<(CpuStorage, Shape)> {
        let shapes = self.shapes(x_dims.shape(), w_dims.shape())?;
        let plan = (haloed(shapes.input), dense(shapes.output), self.stride);
        let y = convolve(slice(x, x_dims)?, shapes.input[1], 1, plan, slice(w, w_dims)?);
        let [height, width, channels] = shapes.output;
        made(y, (shapes.batch, height, width, channels))
    }

    fn bwd(&self, x: &Tensor, w: &Tensor, _: &Tensor, dy: &Tensor) -> Result<(Option<Tensor>, Option<Tensor>)> {
        let shapes = self.shapes(x.shape(), w.shape())?;
        let [of_x, of_w] = self.needs;
        let of_x = of_x.then(|| {
            let [.., inputs] = shapes.input;
            if inputs % 8 != 0 {
                candle_core::bail!("nobody asks for the gradient of a picture");
            }
            let [_, width, outputs] = shapes.output;
            let weight = with_values(w, |w| Ok(turned(w, outputs, inputs)))?;
            let plan = (haloed([shapes.input[0], shapes.input[1], outputs]), dense(shapes.input), 1);
            tensor(with_values(dy, |dy| Ok(convolve(dy, width, self.stride, plan, &weight)))?, x.shape())
        });
        let of_w = of_w.then(|| {
            let gradient = |x: &[f32]| with_values(dy, |dy| Ok(weight_gradient(&shapes, self.stride, x, dy)));
            tensor(with_values(x, gradient)?, w.shape())
        });
        Ok((of_x.transpose()?, of_w.transpose()?))
    }
}
