//! Convolution in groups of channels: each output sees its own group's inputs alone (ResNeXt, Xie et al. 2016).
//!
//! Where a group has whole panels of outputs, `gemm` does it, at the same time per product. Where not, each half of a panel, four
//! outputs, has inputs of its own: one group's if a group has whole halves (ResNeXt-50's first stage: 4), and no product is in vain.
//! Any other group shares its half with its neighbours, and the half reads the inputs of all of them, with zeros for weights where an
//! output does not belong. That is right, and takes as many times the products as the half has groups.

use super::aligned::Aligned;
use super::call::Call;
use super::filter::Filter;
use super::gemm::{Gemm, TURN};
use super::lanes::{F32x4, ROWS};
use super::layout::Layout;
use super::micro_kernel::{PANEL, Sums, accumulate_halves};
use super::parallel;
use super::rows::{Row, Rows, load_panel, store};
use std::ops::Range;

/// Outputs of half a panel.
const HALF: usize = F32x4::LANES;

pub enum Grouped {
    Panels(Gemm),
    Halves(Halves),
}

impl Grouped {
    /// Whether that many groups share the channels evenly.
    pub fn fits(input: &Layout, output: &Layout, groups: usize) -> bool {
        groups > 0 && input.channels.is_multiple_of(groups) && output.channels.is_multiple_of(groups)
    }

    /// `weight` is OIHW, its I a group's inputs.
    pub fn plan(i: &Layout, o: &Layout, filter: Filter, weight: &[f32], bias: &[f32]) -> Grouped {
        assert!(Self::fits(i, o, filter.groups));
        match Gemm::fits(o, filter.groups) {
            true => Grouped::Panels(Gemm::plan(i, o, filter, weight, bias)),
            false => Grouped::Halves(Halves::plan(i, o, filter, weight, bias)),
        }
    }

    /// # Safety
    /// As [`Call`] says, for the planned layouts.
    pub unsafe fn run(&self, call: &Call) {
        // SAFETY: the caller's.
        unsafe {
            match self {
                Grouped::Panels(gemm) => gemm.run(call),
                Grouped::Halves(halves) => halves.run(call),
            }
        }
    }
}

pub struct Halves {
    rows: Rows,
    /// Where each tap's pixel starts, from the filter's first.
    taps: Vec<u32>,
    /// By panel: the first channel that each half reads.
    inputs: Vec<[u32; 2]>,
    /// Channels that a half reads of every pixel.
    depth: usize,
    /// `[K/8][tap][depth][8]`
    weights: Aligned,
    /// Panels of one turn.
    turn: usize,
    /// Padded to whole panels.
    bias: Aligned,
}

impl Halves {
    fn plan(i: &Layout, o: &Layout, filter: Filter, weight: &[f32], bias: &[f32]) -> Halves {
        let Filter { kernel, stride, groups } = filter;
        let (inputs, outputs) = (i.channels / groups, o.channels / groups);
        // The groups of a half's outputs, of which the last half may have less than four.
        let groups_of = |half: usize| half * HALF / outputs..((half + 1) * HALF).min(o.channels).div_ceil(outputs);
        let halves = o.channels.div_ceil(HALF);
        let depth = (0..halves).map(|half| groups_of(half).len()).max().unwrap_or(1) * inputs;
        // All halves read as many, within the pixel. A panel's second half that has no outputs reads what the first reads.
        let first = |half: usize| (groups_of(half.min(halves - 1)).start * inputs).min(i.channels - depth);
        let panels: Vec<[usize; 2]> =
            (0..o.channels.div_ceil(PANEL)).map(|panel| [first(2 * panel), first(2 * panel + 1)]).collect();

        let taps = kernel * kernel;
        let mut weights = Aligned::zeros(panels.len() * taps * depth * PANEL);
        for (k, filter) in weight.chunks_exact(inputs * taps).enumerate() {
            let skipped = k / outputs * inputs - panels[k / PANEL][k % PANEL / HALF];
            for (c, filter) in filter.chunks_exact(taps).enumerate() {
                for (t, &w) in filter.iter().enumerate() {
                    weights[((k / PANEL * taps + t) * depth + skipped + c) * PANEL + k % PANEL] = w;
                }
            }
        }
        let tap = |t: usize| t / kernel * i.pitch + t % kernel * i.pixel;
        Halves {
            rows: Rows::plan(i, o, kernel, stride, tap(taps - 1) + i.channels),
            taps: (0..taps).map(|t| tap(t) as u32).collect(),
            inputs: panels.into_iter().map(|halves| halves.map(|first| first as u32)).collect(),
            depth,
            weights,
            turn: (TURN / (taps * depth * PANEL)).max(1),
            bias: Aligned::padded(bias, PANEL),
        }
    }

    /// # Safety
    /// As [`Grouped::run`].
    unsafe fn run(&self, call: &Call) {
        let panels = self.inputs.len();
        let turns = panels.div_ceil(self.turn);
        parallel::for_each(self.rows.blocks() * turns, |part| {
            let first = part % turns * self.turn;
            let panels = first..(first + self.turn).min(panels);
            for rows in self.rows.block(part / turns) {
                // SAFETY: rows and taps lie inside the maps (checked in `Rows::plan`: offsets grow with the pixel), a half's
                // inputs inside a pixel's channels; a panel holds 8 floats for every float that a half reads. No two parts write
                // the same channels of the same pixels.
                unsafe {
                    match rows.len() {
                        6 if ROWS >= 6 => multiply_halves::<6>(self, call, panels.clone(), rows),
                        5 if ROWS >= 5 => multiply_halves::<5>(self, call, panels.clone(), rows),
                        4 if ROWS == 5 => multiply_halves::<4>(self, call, panels.clone(), rows),
                        // Of maps of 19 pixels at most: two kilobytes of binary are more than they are worth.
                        _ => rows.chunks_exact(1).for_each(|row| multiply_halves::<1>(self, call, panels.clone(), row)),
                    }
                }
            }
        });
    }
}

/// # Safety
/// As [`Grouped::run`]; `rows` are `R` rows of the plan, `panels` some of its panels.
#[inline(never)]
unsafe fn multiply_halves<const R: usize>(conv: &Halves, call: &Call, panels: Range<usize>, rows: &[Row]) {
    debug_assert_eq!(rows.len(), R);
    // SAFETY: below `R`.
    let row = |i: usize| unsafe { *rows.get_unchecked(i) };
    let mut panel = conv.weights[panels.start * conv.taps.len() * conv.depth * PANEL..].as_ptr();
    for k in panels {
        let [first, second] = conv.inputs[k];
        // SAFETY: the caller's; every access below is at a row's and a tap's offset, and a half's within the pixel.
        unsafe {
            let from = call.input.add(first as usize);
            let mut sums: Sums<R> = [load_panel(conv.bias.as_ptr().add(k * PANEL)); R];
            for &tap in &conv.taps {
                let start = from.add(tap as usize);
                let rows = std::array::from_fn(|i| start.add(row(i).0 as usize));
                panel = accumulate_halves(&mut sums, rows, (second - first) as usize, panel, conv.depth);
            }
            store(call, sums, |i| row(i).1 as usize + k * PANEL);
        }
    }
}
