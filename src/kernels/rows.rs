//! The pixels of a convolution's output as the rows of a matrix product, and what becomes of their sums.

use super::call::Call;
use super::cut::{even, row_groups};
use super::lanes::F32x4;
use super::layout::Layout;
use super::micro_kernel::{PANEL, Sums};
use std::ops::Range;

/// Row groups of one block: its rows stay in the cache while all panels of weights go by. 9 are all of a 7x7 map, whose
/// weights are too large to be streamed twice (1x1, 1024 to 2048 channels: 6.2 ms in blocks of 4, 4.9 of 9). Blocks are of
/// even size, or all weights would be streamed for a few rows: one pixel left over makes a ResNet-50 156 ms from 125.
const BLOCK_GROUPS: usize = 9;

/// Where an output pixel's filter starts in the input, and the pixel in the output.
pub type Row = (u32, u32);

pub struct Rows {
    rows: Vec<Row>,
    /// Starts of row groups (see [`row_groups`]).
    groups: Vec<u32>,
    blocks: Vec<Range<usize>>,
}

impl Rows {
    /// `reach`: how many floats from its start on a filter reads.
    ///
    /// # Panics
    /// Where a filter would read beyond its map, or a pixel has no room for whole panels.
    pub fn plan(i: &Layout, o: &Layout, kernel: usize, stride: usize, reach: usize) -> Rows {
        let margin = i.halo.checked_sub(kernel / 2).expect("the halo holds the padding");
        let row = |y: usize, x: usize| {
            let from = (y * stride + margin) * i.pitch + (x * stride + margin) * i.pixel;
            (from as u32, o.at(y, x) as u32)
        };
        let rows: Vec<_> = (0..o.height).flat_map(|y| (0..o.width).map(move |x| row(y, x))).collect();
        let last = rows.last().expect("a map has pixels");
        assert!(last.0 as usize + reach <= i.len(), "a filter reads beyond its map");
        assert!(o.pixel >= o.channels.next_multiple_of(PANEL), "a pixel has room for whole panels");
        let groups = row_groups(rows.len());
        let blocks = even(groups.len() - 1, BLOCK_GROUPS);
        Rows { rows, groups, blocks }
    }

    pub fn blocks(&self) -> usize {
        self.blocks.len()
    }

    /// The row groups of a block, [`ROWS`](super::lanes::ROWS) rows each at most.
    #[inline(always)]
    pub fn block(&self, block: usize) -> impl Iterator<Item = &[Row]> {
        self.blocks[block].clone().map(|group| &self.rows[self.groups[group] as usize..self.groups[group + 1] as usize])
    }
}

/// Floats of four channels twice: a panel's worth of one pixel.
///
/// # Safety
/// Eight floats are readable at `p`.
#[inline(always)]
pub unsafe fn load_panel(p: *const f32) -> [F32x4; 2] {
    // SAFETY: the caller's.
    unsafe { [F32x4::load(p), F32x4::load(p.add(F32x4::LANES))] }
}

/// Adds the residual, applies ReLU, stores: what `call` asks of the sums of `R` rows, row `i`'s at float `at(i)` of the output.
///
/// # Safety
/// As [`Call`] says; `at` leads to eight floats of a pixel.
#[inline(always)]
pub unsafe fn store<const R: usize>(call: &Call, mut sums: Sums<R>, at: impl Fn(usize) -> usize) {
    // SAFETY: the caller's.
    unsafe {
        if !call.residual.is_null() {
            for (i, sums) in sums.iter_mut().enumerate() {
                let residual = load_panel(call.residual.add(at(i)));
                *sums = [sums[0] + residual[0], sums[1] + residual[1]];
            }
        }
        if call.relu {
            for sums in &mut sums {
                *sums = [sums[0].relu(), sums[1].relu()];
            }
        }
        for (i, sums) in sums.iter().enumerate() {
            let to = call.output.add(at(i));
            sums[0].store(to);
            sums[1].store(to.add(F32x4::LANES));
        }
    }
}
