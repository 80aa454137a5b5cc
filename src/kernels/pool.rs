//! Pooling.

use super::lanes::F32x4;
use super::layout::Layout;
use super::parallel::{self, Shared};

/// 3x3 max pooling with stride 2 and padding 1, of values of either sign: the padding is less than any.
pub fn max_pool(input: &Layout, from: &[f32], output: &Layout, to: &mut [f32]) {
    pool(input, from, output, to, |window| {
        let [above, row, below] = window.map(|[left, pixel, right]| left.max(pixel).max(right));
        above.max(row).max(below)
    });
}

/// 2x2 average pooling with stride 2; at an odd map's edge the mean of the pixels that are there, as PyTorch's
/// `AvgPool2d(2, 2, ceil_mode=True, count_include_pad=False)` has it.
pub fn average_pool(input: &Layout, from: &[f32], output: &Layout, to: &mut [f32]) {
    // Beyond the edge the window repeats what is there, which no mean notices.
    pool(input, from, output, to, |[_, row, below]| ((row[1] + row[2]) + (below[1] + below[2])) * F32x4::splat(0.25));
}

/// Makes every pixel, four channels at a time, of the 3x3 window around the second one in both directions that it stands for. The
/// window is cut off at the map's edges and its last row or column there stands twice, in place of the halo: of zeros, which are more
/// than what is below zero.
#[inline(always)]
fn pool(
    input: &Layout,
    from: &[f32],
    output: &Layout,
    to: &mut [f32],
    of_window: impl Fn([[F32x4; 3]; 3]) -> F32x4 + Sync,
) {
    assert_eq!((output.height, output.width), (input.height.div_ceil(2), input.width.div_ceil(2)));
    assert_eq!(input.channels, output.channels);
    assert_eq!((from.len(), to.len()), (input.len(), output.len()));
    let channels = whole_vectors(input, output);
    let around = |i: usize, n: usize| [(2 * i).saturating_sub(1), 2 * i, (2 * i + 1).min(n - 1)];
    let to = Shared::new(to.as_mut_ptr());
    parallel::for_each(output.height, |y| {
        let rows = around(y, input.height);
        for x in 0..output.width {
            let window = rows.map(|y| around(x, input.width).map(|x| input.at(y, x)));
            for c in (0..channels).step_by(F32x4::LANES) {
                // SAFETY: all nine are pixels of the map and `to` has the output's; `channels` is a multiple of four, and at most what
                // a pixel has room for. No two rows of the output share a float.
                unsafe {
                    let window = window.map(|row| row.map(|at| F32x4::load(from.as_ptr().add(at + c))));
                    of_window(window).store(to.add(output.at(y, x) + c));
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
