//! Convolution, planned once: weights packed, offsets tabulated.

use super::Layout;
use super::gemm::Gemm;

/// A convolution with its weights, for one input and one output layout. Padding is `kernel / 2`.
pub struct Conv {
    input: Layout,
    output: Layout,
    kernel: Box<Gemm>,
}

impl Conv {
    /// `weight` is OIHW, `bias` one value per output channel.
    pub fn plan(input: Layout, output: Layout, kernel: usize, stride: usize, weight: &[f32], bias: &[f32]) -> Conv {
        assert_eq!(weight.len(), output.channels * input.channels * kernel * kernel);
        assert_eq!(bias.len(), output.channels);
        assert_eq!((output.height, output.width), (input.height.div_ceil(stride), input.width.div_ceil(stride)));
        Conv { input, output, kernel: Box::new(Gemm::plan(&input, &output, kernel, stride, weight, bias)) }
    }

    /// Floats of scratch that [`run`](Self::run) needs.
    pub fn scratch_len(&self) -> usize {
        0
    }

    /// `output = [relu](conv(input) + bias [+ residual])`; `residual` lies as the output does. Allocates nothing.
    pub fn run(&self, input: &[f32], residual: Option<&[f32]>, relu: bool, output: &mut [f32], scratch: &mut [f32]) {
        assert_eq!(input.len(), self.input.len());
        assert_eq!(output.len(), self.output.len());
        assert!(residual.is_none_or(|r| r.len() == self.output.len()));
        assert!(scratch.len() >= self.scratch_len());
        let residual = residual.map_or(std::ptr::null(), <[f32]>::as_ptr);
        // SAFETY: the maps have their layouts' lengths, and a mutable slice overlaps no other.
        unsafe { self.kernel.run(input.as_ptr(), residual, relu, output.as_mut_ptr()) }
    }
}
