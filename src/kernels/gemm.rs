//! Convolution as a matrix product whose left side is never built: rows are read from the map through tables of offsets.
//!
//! One pixel of the output is one row of the product. What its filter covers are a few runs of consecutive floats
//! ([`Run`]): a 3x3 filter over C channels is 3 runs of 3 C, the 7x7 stem 7 runs of 21, a 1x1 filter one run of C. Where a
//! pixel's first run starts is in a table as well, so stride and halo cost nothing. So is where a panel's inputs start within a
//! pixel: in a convolution in groups each panel reads those of its own.

use super::aligned::Aligned;
use super::call::Call;
use super::filter::Filter;
use super::lanes::ROWS;
use super::layout::Layout;
use super::micro_kernel::{PANEL, Sums, accumulate, with_rows};
use super::parallel;
use super::rows::{Row, Rows, load_panel, store};

/// Floats of weights of one turn: 320 KB stay in the second-level cache, a pixel's output and residual are passed over in few long
/// stretches, and a panel costs less to begin (256 to 1024 channels at 14x14 with residual: 2.1 ms panel by panel, 1.87 so). Three
/// times as much is slow again.
///
/// Cutting deep sums into passes whose weights fit the first-level cache was tried and made no difference.
pub const TURN: usize = 80 << 10;

/// Consecutive floats that one filter reads, from the filter's first.
#[derive(Clone, Copy)]
struct Run {
    start: u32,
    len: u32,
}

pub struct Gemm {
    rows: Rows,
    runs: Vec<Run>,
    /// By panel: the first channel that it reads.
    inputs: Vec<u32>,
    /// `[K/8][tap][C][8]`, C a group's inputs.
    weights: Aligned,
    /// Panels of one turn.
    turn: usize,
    /// Floats of one panel.
    panel: usize,
    /// Padded to whole panels.
    bias: Aligned,
}

impl Gemm {
    /// Whether each panel's outputs are of one group.
    pub fn fits(output: &Layout, groups: usize) -> bool {
        groups == 1 || (output.channels / groups).is_multiple_of(PANEL)
    }

    /// `weight` is OIHW, its I a group's inputs.
    pub fn plan(i: &Layout, o: &Layout, filter: Filter, weight: &[f32], bias: &[f32]) -> Gemm {
        let Filter { kernel, stride, groups } = filter;
        assert!(Self::fits(o, groups));
        let inputs = i.channels / groups;
        let runs: Vec<Run> = match i.pixel == inputs {
            // neighbouring pixels are neighbouring floats
            true => (0..kernel).map(|y| Run { start: (y * i.pitch) as u32, len: (kernel * inputs) as u32 }).collect(),
            false => (0..kernel * kernel)
                .map(|t| (t / kernel * i.pitch + t % kernel * i.pixel) as u32)
                .map(|start| Run { start, len: inputs as u32 })
                .collect(),
        };
        let reach = runs.iter().map(|r| r.start as usize + r.len as usize).max().unwrap_or(0) + i.channels - inputs;
        let panel = kernel * kernel * inputs * PANEL;
        let group = |k: usize| k / (o.channels / groups);
        Gemm {
            rows: Rows::plan(i, o, kernel, stride, reach),
            runs,
            inputs: (0..o.channels).step_by(PANEL).map(|k| (group(k) * inputs) as u32).collect(),
            weights: pack(weight, o.channels, inputs, kernel * kernel),
            panel,
            turn: (TURN / panel).max(1),
            bias: Aligned::padded(bias, PANEL),
        }
    }

    /// The weights of one output: `[inputs][taps]`.
    pub fn weights(&self, output: usize, inputs: usize) -> Vec<f32> {
        unpack(&self.weights, output, inputs, self.panel / PANEL / inputs)
    }

    /// # Safety
    /// As [`Call`] says, for the planned layouts.
    pub unsafe fn run(&self, call: &Call) {
        let panels = self.inputs.len();
        let turns = panels.div_ceil(self.turn);
        parallel::for_each(self.rows.blocks() * turns, |part| {
            let first = part % turns * self.turn;
            let turn = Turn {
                call,
                runs: &self.runs,
                inputs: &self.inputs[first..(first + self.turn).min(panels)],
                weights: self.weights[first * self.panel..].as_ptr(),
                bias: self.bias[first * PANEL..].as_ptr(),
                output: first * PANEL,
            };
            for rows in self.rows.block(part / turns) {
                // SAFETY: the rows and runs lie inside the maps (checked in `Rows::plan`: offsets grow with the pixel), a group's inputs
                // inside a pixel's; a panel holds 8 floats for every float of its runs. No two parts write the same channels of the same pixels.
                unsafe { with_rows!(rows.len(), multiply_runs(&turn, rows)) };
            }
        });
    }
}

/// What the groups of one turn have in common.
struct Turn<'a> {
    call: &'a Call,
    runs: &'a [Run],
    /// By panel.
    inputs: &'a [u32],
    weights: *const f32,
    bias: *const f32,
    /// First channel of the first panel.
    output: usize,
}

/// # Safety
/// As [`Gemm::run`]; `rows` are `R` rows of the plan.
#[inline(never)]
unsafe fn multiply_runs<const R: usize>(turn: &Turn, rows: &[Row]) {
    debug_assert_eq!(rows.len(), R);
    // SAFETY: below `R`.
    let row = |i: usize| unsafe { *rows.get_unchecked(i) };
    let mut panel = turn.weights;
    for (k, &first) in turn.inputs.iter().enumerate() {
        // SAFETY: the caller's; every access below is at a row's or a run's offset.
        unsafe {
            let from = turn.call.input.add(first as usize);
            let mut sums: Sums<R> = [load_panel(turn.bias.add(k * PANEL)); R];
            for run in turn.runs {
                let start = from.add(run.start as usize);
                let rows = std::array::from_fn(|i| start.add(row(i).0 as usize));
                panel = accumulate(&mut sums, rows, panel, run.len as usize);
            }
            store(turn.call, sums, |i| row(i).1 as usize + turn.output + k * PANEL);
        }
    }
}

/// OIHW to `[K/8][tap][C][8]`, the last panel filled up with zeros.
fn pack(weight: &[f32], outputs: usize, inputs: usize, taps: usize) -> Aligned {
    let mut packed = Aligned::zeros(outputs.next_multiple_of(PANEL) * inputs * taps);
    for k in 0..outputs {
        let panel = &mut packed[k / PANEL * PANEL * inputs * taps..][..PANEL * inputs * taps];
        for c in 0..inputs {
            for t in 0..taps {
                panel[(t * inputs + c) * PANEL + k % PANEL] = weight[(k * inputs + c) * taps + t];
            }
        }
    }
    packed
}

/// One output of what [`pack`] packed, as it was: `[inputs][taps]`.
fn unpack(packed: &[f32], output: usize, inputs: usize, taps: usize) -> Vec<f32> {
    let panel = &packed[output / PANEL * PANEL * inputs * taps..][..PANEL * inputs * taps];
    let at = |c: usize, t: usize| panel[(t * inputs + c) * PANEL + output % PANEL];
    (0..inputs).flat_map(|c| (0..taps).map(move |t| at(c, t))).collect()
}
