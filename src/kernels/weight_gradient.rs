//! The gradient of a convolution's weights: one matrix product over all pixels of a batch.
//!
//! `dW[tap, c, k] = sum over pixels of x[pixel + tap, c] dy[pixel, k]`. In a row of the filter the taps' channels are neighbours in
//! x, so that row's part of the product has `kernel * C` rows: for 3x3 over 8, 16 or 32 channels whole groups of 6. Neither side is
//! transposed or packed: a pixel's values are read as they lie, and the sums stay in registers from pixel to pixel.

use super::aligned::Aligned;
use super::cut::row_groups;
use super::lanes::{F32x4, ROWS};
use super::layout::Layout;
use super::micro_kernel::{PANEL, Sums, with_rows};

/// Pixels of dy whose maps are gone through together: two maps of 16x16x8 and their inputs are 36 KB.
const BLOCK_PIXELS: usize = 512;

/// The sum over a batch that comes in blocks of maps.
pub struct WeightGradient {
    input: Layout,
    output: Layout,
    kernel: usize,
    stride: usize,
    groups: Vec<u32>,
    /// `[filter row][column and input channel][output channel]`
    sums: Aligned,
}

impl WeightGradient {
    /// `input`: with a halo, and as many floats to a pixel as channels; `output`: [`Layout::dense`].
    pub fn new(input: Layout, output: Layout, kernel: usize, stride: usize) -> WeightGradient {
        assert!(kernel > 0 && input.halo == kernel / 2 && input.pixel == input.channels);
        assert_eq!(output, Layout::dense(output.height, output.width, output.channels));
        assert_eq!((output.height, output.width), (input.height.div_ceil(stride), input.width.div_ceil(stride)));
        // The last filter's window, by which all others are bounded.
        let last = (output.height - 1) * stride * input.pitch + (output.width - 1) * stride * input.pixel;
        assert!(
            last + (kernel - 1) * input.pitch + kernel * input.pixel <= input.len(),
            "a filter reads beyond its map"
        );
        let sums = Aligned::zeros(kernel * kernel * input.channels * output.channels);
        let groups = row_groups(kernel * input.channels);
        WeightGradient { input, output, kernel, stride, groups, sums }
    }

    /// Maps that [`add`](Self::add) should get at a time.
    pub fn block(&self) -> usize {
        (BLOCK_PIXELS / (self.output.height * self.output.width)).max(1)
    }

    /// Adds what some maps come to: `x` one after the other in the input's layout, `dy` in the output's.
    pub fn add(&mut self, x: &[f32], dy: &[f32]) {
        let maps = dy.len() / self.output.len();
        assert!(dy.len() == maps * self.output.len() && x.len() == maps * self.input.len());
        let depth = self.kernel * self.input.channels;
        let outputs = self.output.channels;
        for line in 0..self.kernel {
            for group in self.groups.windows(2) {
                let (first, rows) = (group[0] as usize, (group[1] - group[0]) as usize);
                for panel in (0..outputs).step_by(PANEL) {
                    let block = Block {
                        maps,
                        height: self.output.height,
                        width: self.output.width,
                        x: x[line * self.input.pitch + first..].as_ptr(),
                        x_steps: [self.input.len(), self.stride * self.input.pitch, self.stride * self.input.pixel],
                        dy: dy[panel..].as_ptr(),
                        dy_steps: [self.output.len(), self.output.pitch, outputs],
                    };
                    let to = self.sums[(line * depth + first) * outputs + panel..].as_mut_ptr();
                    // SAFETY: of every pixel of dy 8 channels from `panel` on; of x the window's row `line` from `first` on, which
                    // is inside the map (see `new`); of the sums `rows` rows from `first` on, each with 8 floats at `panel`.
                    unsafe { with_rows!(rows, add_block(&block, to, outputs)) };
                }
            }
        }
    }

    /// The sum so far: OIHW.
    pub fn finish(&self) -> Vec<f32> {
        let (inputs, outputs, taps) = (self.input.channels, self.output.channels, self.kernel * self.kernel);
        let mut weights = vec![0.0; outputs * inputs * taps];
        for (row, sums) in self.sums.chunks_exact(outputs).enumerate() {
            let (tap, c) = (row / inputs, row % inputs);
            for (k, sum) in sums.iter().enumerate() {
                weights[(k * inputs + c) * taps + tap] = *sum;
            }
        }
        weights
    }
}

/// What all groups of a block go through. Steps: from map to map, from row to row, from pixel to pixel.
struct Block {
    maps: usize,
    height: usize,
    width: usize,
    x: *const f32,
    x_steps: [usize; 3],
    dy: *const f32,
    dy_steps: [usize; 3],
}

/// # Safety
/// At every pixel of the block `R` floats of x and 8 of dy are readable; `R` rows of 8 floats are writable at `to`.
#[inline(never)]
unsafe fn add_block<const R: usize>(block: &Block, to: *mut f32, stride: usize) {
    // SAFETY: the caller's.
    unsafe {
        let at = |i: usize| to.add(i * stride);
        let mut sums: Sums<R> = std::array::from_fn(|i| [F32x4::load(at(i)), F32x4::load(at(i).add(4))]);
        for map in 0..block.maps {
            for y in 0..block.height {
                let mut x = block.x.add(map * block.x_steps[0] + y * block.x_steps[1]);
                let mut dy = block.dy.add(map * block.dy_steps[0] + y * block.dy_steps[1]);
                for _ in 0..block.width {
                    let (low, high) = (F32x4::load(dy), F32x4::load(dy.add(4)));
                    for (i, sums) in sums.iter_mut().enumerate() {
                        let value = F32x4::load_splat(x.add(i));
                        sums[0] = sums[0].madd(value, low);
                        sums[1] = sums[1].madd(value, high);
                    }
                    // Beyond the last pixel nothing is read, and wrapping makes the pointer itself no promise.
                    (x, dy) = (x.wrapping_add(block.x_steps[2]), dy.wrapping_add(block.dy_steps[2]));
                }
            }
        }
        for (i, sums) in sums.iter().enumerate() {
            sums[0].store(at(i));
            sums[1].store(at(i).add(4));
        }
    }
}
