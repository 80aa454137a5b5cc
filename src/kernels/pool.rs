//! Pooling.

use super::lanes::F32x4;
use super::layout::Layout;
use super::parallel::{self, Shared};

/// 3x3 max pooling with stride 2 and padding 1. The input must not be negative (it comes from a ReLU): the halo's zeros
/// then stand for the padding.
pub fn max_pool(input: &Layout, from: &[f32], output: &Layout, to: &mut [f32]) {
    assert_eq!((output.height, output.width), (input.height.div_ceil(2), input.width.div_ceil(2)));
    assert_eq!((input.halo, input.channels), (1, output.channels));
    assert_eq!((from.len(), to.len()), (input.len(), output.len()));
    let channels = whole_vectors(input, output);
    // The last window starts at its pixel's row and column doubled, halo included, and is 3 x 3.
    assert!((2 * output.height + 1) <= input.rows && (2 * output.width + 1) * input.pixel <= input.pitch);
    let to = Shared::new(to.as_mut_ptr());
    parallel::for_each(output.height, |y| {
        for x in 0..output.width {
            let start = 2 * y * input.pitch + 2 * x * input.pixel;
            for c in (0..channels).step_by(F32x4::LANES) {
                // SAFETY: window and pixel lie inside their maps (asserted above), `channels` is a multiple of four. No two
                // rows of the output share a float.
                unsafe {
                    let at = |row: usize, column: usize| {
                        F32x4::load(from.as_ptr().add(start + row * input.pitch + column * input.pixel + c))
                    };
                    let line = |row: usize| at(row, 0).max(at(row, 1)).max(at(row, 2));
                    line(0).max(line(1)).max(line(2)).store(to.add(output.at(y, x) + c));
                }
            }
        }
    });
}

/// The mean of every channel over the map, into the single pixel of `output`.
pub fn global_average_pool(input: &Layout, from: &[f32], output: &Layout, to: &mut [f32]) {
    assert_eq!((output.height, output.width, output.channels), (1, 1, input.channels));
    assert_eq!((from.len(), to.len()), (input.len(), output.len()));
    let scale = F32x4::splat(1.0 / (input.height * input.width) as f32);
    for c in (0..whole_vectors(input, output)).step_by(F32x4::LANES) {
        let mut sum = F32x4::splat(0.0);
        for y in 0..input.height {
            // Row by row: one long chain of additions would lose digits on a large map.
            let mut row = F32x4::splat(0.0);
            for x in 0..input.width {
                // SAFETY: a valid pixel of a map of that length, and four of its floats.
                row = row + unsafe { F32x4::load(from.as_ptr().add(input.at(y, x) + c)) };
            }
            sum = sum + row;
        }
        // SAFETY: the only pixel of the output, as above.
        unsafe { (sum * scale).store(to.as_mut_ptr().add(output.at(0, 0) + c)) };
    }
}

/// Channels rounded up to whole vectors; both maps' pixels have room for them.
fn whole_vectors(a: &Layout, b: &Layout) -> usize {
    let channels = a.channels.next_multiple_of(F32x4::LANES);
    assert!(channels <= a.pixel && channels <= b.pixel);
    channels
}
