//! Convolution as a matrix product whose left side is never built: tiles read the map through tables of offsets.
//!
//! One pixel of the output is one row of the product. What its filter covers are a few runs of consecutive floats
//! ([`Run`]): a 3x3 filter over C channels is 3 runs of 3 C, the 7x7 stem 7 runs of 21, a 1x1 filter one run of C. Where a
//! pixel's first run starts is in a table as well, so stride and halo cost nothing.

use super::lanes::{F32x4, ROWS};
use super::pack;
use super::tile::{PANEL, Tile, accumulate, row_groups, with_rows};
use super::{Aligned, Layout};
use std::ops::Range;

/// Depth of one pass over a panel: 512 x 8 floats are 16 KB, half of a small L1 cache.
const PASS_DEPTH: usize = 512;
/// Row groups of one block: its rows stay in the cache while all panels of weights go by. Small enough that the last block
/// is as large as the others, or all weights would be streamed for a few rows (one pixel left over: 156 instead of 125 ms
/// for a ResNet-50).
const BLOCK_GROUPS: usize = 4;

/// Consecutive floats that one filter reads, from the filter's first.
#[derive(Clone, Copy)]
struct Run {
    start: u32,
    len: u32,
}

/// Runs that are summed in one go.
struct Pass {
    runs: Range<usize>,
    /// Where in a panel it starts, in floats.
    panel: usize,
}

pub struct Gemm {
    /// Where each output pixel's filter starts in the input, and the pixel in the output.
    rows: Vec<(u32, u32)>,
    /// Starts of row groups (see [`row_groups`]).
    groups: Vec<u32>,
    blocks: Vec<Range<usize>>,
    runs: Vec<Run>,
    passes: Vec<Pass>,
    /// `[K/8][tap][C][8]`
    weights: Aligned,
    /// Floats of one panel.
    panel: usize,
    /// Padded to whole panels.
    bias: Aligned,
}

impl Gemm {
    /// `weight` is OIHW.
    pub fn plan(i: &Layout, o: &Layout, kernel: usize, stride: usize, weight: &[f32], bias: &[f32]) -> Gemm {
        i.check();
        o.check();
        let margin = i.halo.checked_sub(kernel / 2).expect("the halo holds the padding");
        let row = |y: usize, x: usize| {
            let from = (y * stride + margin) * i.pitch + (x * stride + margin) * i.pixel;
            (from as u32, o.at(y, x) as u32)
        };
        let rows: Vec<_> = (0..o.height).flat_map(|y| (0..o.width).map(move |x| row(y, x))).collect();
        let groups = row_groups(rows.len());
        let blocks = even(groups.len() - 1, BLOCK_GROUPS);

        let taps: Vec<Run> = match i.pixel == i.channels {
            // neighbouring pixels are neighbouring floats
            true => {
                (0..kernel).map(|y| Run { start: (y * i.pitch) as u32, len: (kernel * i.channels) as u32 }).collect()
            }
            false => (0..kernel * kernel)
                .map(|t| (t / kernel * i.pitch + t % kernel * i.pixel) as u32)
                .map(|start| Run { start, len: i.channels as u32 })
                .collect(),
        };
        let depth = kernel * kernel * i.channels;
        let (runs, passes) = passes(&taps, depth);

        let last = rows.last().expect("a map has pixels");
        let reach = runs.iter().map(|r| (r.start + r.len) as usize).max().unwrap_or(0);
        assert!(last.0 as usize + reach <= i.len(), "a filter reads beyond its map");
        assert!(o.pixel >= o.channels.next_multiple_of(PANEL), "a pixel has room for whole panels");

        let panel = depth * PANEL;
        let weights = pack::gemm(weight, o.channels, i.channels, kernel * kernel);
        Gemm { rows, groups, blocks, runs, passes, weights, panel, bias: pack::bias(bias) }
    }

    /// # Safety
    /// `input`, `residual` (where not null) and `output` point to whole maps of the planned layouts; `output` to no other's
    /// memory.
    pub unsafe fn run(&self, input: *const f32, residual: *const f32, relu: bool, output: *mut f32) {
        for block in &self.blocks {
            for panel in 0..self.bias.len() / PANEL {
                for (index, pass) in self.passes.iter().enumerate() {
                    let last = index + 1 == self.passes.len();
                    let step = Step {
                        input,
                        runs: &self.runs[pass.runs.clone()],
                        weights: self.weights[panel * self.panel + pass.panel..].as_ptr(),
                        bias: if index == 0 { self.bias[panel * PANEL..].as_ptr() } else { std::ptr::null() },
                        residual: if last { residual } else { std::ptr::null() },
                        relu: relu && last,
                        output,
                        channel: panel * PANEL,
                    };
                    for group in block.clone() {
                        let rows = &self.rows[self.groups[group] as usize..self.groups[group + 1] as usize];
                        // SAFETY: the rows and runs lie inside the maps (checked in `plan`: offsets grow with the pixel),
                        // the panel holds 8 floats for every float of its runs.
                        unsafe { with_rows!(rows.len(), step_tile(&step, rows)) };
                    }
                }
            }
        }
    }
}

/// One pass of one panel: all that its tiles have in common.
struct Step<'a> {
    input: *const f32,
    runs: &'a [Run],
    weights: *const f32,
    /// Null: the sums go on from what the output holds.
    bias: *const f32,
    residual: *const f32,
    relu: bool,
    output: *mut f32,
    /// First output channel.
    channel: usize,
}

/// # Safety
/// As [`Gemm::run`]; `rows` are `R` rows of the plan.
#[inline(never)]
unsafe fn step_tile<const R: usize>(step: &Step, rows: &[(u32, u32)]) {
    debug_assert_eq!(rows.len(), R);
    let row = |i: usize| unsafe { *rows.get_unchecked(i) };
    let at = |i: usize| row(i).1 as usize + step.channel;
    let mut tile: Tile<R> = [[F32x4::splat(0.0); 2]; R];
    // SAFETY: the caller's; every access below is at a row's or a run's offset.
    unsafe {
        let load = |p: *const f32| [F32x4::load(p), F32x4::load(p.add(4))];
        if step.bias.is_null() {
            for (i, sums) in tile.iter_mut().enumerate() {
                *sums = load(step.output.add(at(i)));
            }
        } else {
            tile = [load(step.bias); R];
        }
        let mut panel = step.weights;
        for run in step.runs {
            let start = step.input.add(run.start as usize);
            let rows = std::array::from_fn(|i| start.add(row(i).0 as usize));
            panel = accumulate(&mut tile, rows, panel, run.len as usize);
        }
        if !step.residual.is_null() {
            for (i, sums) in tile.iter_mut().enumerate() {
                let residual = load(step.residual.add(at(i)));
                *sums = [sums[0] + residual[0], sums[1] + residual[1]];
            }
        }
        if step.relu {
            for sums in &mut tile {
                *sums = [sums[0].relu(), sums[1].relu()];
            }
        }
        for (i, sums) in tile.iter().enumerate() {
            let to = step.output.add(at(i));
            sums[0].store(to);
            sums[1].store(to.add(4));
        }
    }
}

/// Cuts `0..n` into ranges of about `target`, as even as possible.
fn even(n: usize, target: usize) -> Vec<Range<usize>> {
    let parts = n.div_ceil(target);
    (0..parts).map(|p| p * n / parts..(p + 1) * n / parts).collect()
}

/// Cuts runs so that passes of equal depth, at most [`PASS_DEPTH`], end at a run's end.
fn passes(taps: &[Run], depth: usize) -> (Vec<Run>, Vec<Pass>) {
    let (mut runs, mut result) = (Vec::new(), Vec::new());
    let mut tap = taps.iter().copied();
    let mut rest = Run { start: 0, len: 0 };
    for part in even(depth, PASS_DEPTH) {
        let (first, mut need) = (runs.len(), part.len() as u32);
        while need > 0 {
            if rest.len == 0 {
                rest = tap.next().expect("the taps are as deep as the filter");
            }
            let len = need.min(rest.len);
            runs.push(Run { start: rest.start, len });
            rest = Run { start: rest.start + len, len: rest.len - len };
            need -= len;
        }
        result.push(Pass { runs: first..runs.len(), panel: part.start * PANEL });
    }
    (runs, result)
}
