//! What Winograd's and Strassen's algorithms have in common: tiles of the input are transformed to points, every point is a
//! matrix product of its own, and the products of a tile are transformed to its outputs.

use super::aligned::Aligned;
use super::cut::{even, row_groups, share};
use super::lanes::{F32x4, ROWS};
use super::micro_kernel::{PANEL, Product, multiply_rows, with_rows};
use super::parallel::{self, Shared};
use std::ops::Range;

/// Rows and planes are longer by this many floats than they need to be: channels are powers of two, and strides that are
/// would fall on the same lines of the cache (7x7x512: 2.57 instead of 1.64 ms).
pub const SKEW: usize = 16;

/// Input channels of one pass, at most: the group's rows and a panel stay in the first-level cache (7x7x512: 2.9 ms uncut, 1.9
/// so).
const PASS: usize = 128;

/// Floats of weights of one turn: 256 KB stay in the second-level cache (14x14x256: 1.88 ms panel by panel, 1.61 so).
const TURN: usize = 64 << 10;

/// The most points that a tile has.
pub const MOST_POINTS: usize = 36;

/// One tile's row in every plane: where it is in the first, and floats from one plane to the next.
#[derive(Clone, Copy)]
pub struct Planes<P> {
    pub data: P,
    pub stride: usize,
}

/// One point's matrix product.
struct Point {
    /// The input channels it has, of those of all points.
    channels: Range<usize>,
    /// Input channels of one pass.
    pass: usize,
    /// Where its weights start.
    weights: usize,
}

pub struct Bilinear {
    groups: Vec<u32>,
    blocks: Vec<Range<usize>>,
    /// Threads that scratch has room for: no more work on it, however many there are when it runs.
    threads: usize,
    points: Vec<Point>,
    /// `[point][pass][K/8][C of the pass][8]`
    weights: Aligned,
    /// Of every point.
    panels: usize,
    /// Floats from tile to tile and from plane to plane, of the points' inputs.
    inputs: (usize, usize),
    /// The same of their products.
    products: (usize, usize),
    /// Floats that the transform of one tile needs.
    temporary: usize,
}

/// What a layer is cut into.
pub struct Shape {
    pub tiles: usize,
    /// Row groups of one block, about: their inputs and products should stay in the second-level cache.
    pub block_groups: usize,
    /// The input channels that each point has.
    pub channels: Vec<Range<usize>>,
    /// Output channels.
    pub outputs: usize,
    /// Floats that the transform of one tile needs.
    pub temporary: usize,
}

impl Bilinear {
    /// `filter(k, c)` writes what the filter from input channel `c` to output channel `k` is at every point; in f64, so that a
    /// weight is rounded once.
    pub fn plan(shape: Shape, filter: impl Fn(usize, usize, &mut [f64; MOST_POINTS])) -> Bilinear {
        let groups = row_groups(shape.tiles);
        let blocks = even(groups.len() - 1, shape.block_groups);
        let tiles = |block: &Range<usize>| (groups[block.end] - groups[block.start]) as usize;
        let most = blocks.iter().map(tiles).max().unwrap_or(0);
        let strides = |channels: usize| (channels + SKEW, most * (channels + SKEW) + SKEW);
        let inputs = shape.channels.iter().map(|channels| channels.end).max().unwrap_or(0);
        let outputs = shape.outputs.next_multiple_of(PANEL);
        let points = points(shape.channels, outputs);
        Bilinear {
            threads: parallel::threads(),
            inputs: strides(inputs.next_multiple_of(F32x4::LANES)),
            products: strides(outputs),
            panels: outputs / PANEL,
            weights: pack(&points, shape.outputs, inputs, filter),
            groups,
            blocks,
            points,
            temporary: shape.temporary,
        }
    }

    /// Room for what one block needs at once: inputs, then products.
    fn block_len(&self) -> usize {
        self.points.len() * (self.inputs.1 + self.products.1)
    }

    /// Whether there are blocks enough to give every thread some; else threads share each block.
    fn by_block(&self) -> bool {
        self.blocks.len() >= 2 * self.threads
    }

    /// A tile for each thread, and a block for each that has its own.
    pub fn scratch_len(&self) -> usize {
        let blocks = if self.by_block() { self.threads } else { 1 };
        self.threads * self.temporary + blocks * self.block_len()
    }

    /// Calls `input` to write the points of every tile, and `output` to read its products; both have the floats of `temporary`
    /// to themselves.
    ///
    /// # Safety
    /// `scratch` points to [`scratch_len`](Self::scratch_len) floats that nothing else uses. `input` writes the channels of a
    /// row in every plane, and not beyond the skew.
    pub unsafe fn run(
        &self,
        scratch: *mut f32,
        input: impl Fn(usize, Planes<*mut f32>, *mut f32) + Sync,
        output: impl Fn(usize, Planes<*const f32>, *mut f32) + Sync,
    ) {
        let scratch = Shared::new(scratch);
        // SAFETY: a block has the scratch behind the threads' tiles, or its thread's share of it, for itself.
        unsafe {
            let own = |slot: usize| Shared::new(scratch.add(self.threads * self.temporary + slot * self.block_len()));
            if self.by_block() {
                parallel::for_each_in_slots::<true>(self.blocks.len(), self.threads, |block, slot| {
                    let temporary = Shared::new(scratch.add(slot * self.temporary));
                    self.block::<false>(&self.blocks[block], temporary, own(slot), &input, &output);
                });
            } else {
                for block in &self.blocks {
                    self.block::<true>(block, scratch, own(0), &input, &output);
                }
            }
        }
    }

    /// `SPREAD`: threads share the block.
    #[inline(always)]
    unsafe fn block<const SPREAD: bool>(
        &self,
        groups: &Range<usize>,
        temporary: Shared,
        scratch: Shared,
        input: &(impl Fn(usize, Planes<*mut f32>, *mut f32) + Sync),
        output: &(impl Fn(usize, Planes<*const f32>, *mut f32) + Sync),
    ) {
        let first = self.groups[groups.start] as usize;
        let tiles = self.groups[groups.end] as usize - first;
        // SAFETY: scratch holds the planes of inputs and the planes of products, in this order; every thread has a temporary
        // tile. No two parts write the same tile or plane.
        unsafe {
            let inputs = scratch;
            let products = Shared::new(scratch.add(self.points.len() * self.inputs.1));
            parallel::for_each_in_slots::<SPREAD>(tiles, self.threads, |tile, slot| {
                let to = Planes { data: inputs.add(tile * self.inputs.0), stride: self.inputs.1 };
                input(first + tile, to, temporary.add(slot * self.temporary));
            });
            // Few points would leave threads idle at the end: they are cut in four.
            let shares = if SPREAD && self.points.len() < 8 * self.threads { self.panels.min(4) } else { 1 };
            parallel::for_each_in_slots::<SPREAD>(self.points.len() * shares, self.threads, |part, _| {
                let point = part / shares;
                let (from, to) = (inputs.add(point * self.inputs.1), products.add(point * self.products.1));
                let panels = share(self.panels, shares, part % shares);
                self.multiply(groups, &self.points[point], panels, from, to);
            });
            parallel::for_each_in_slots::<SPREAD>(tiles, self.threads, |tile, slot| {
                let from = Planes { data: products.add(tile * self.products.0).cast_const(), stride: self.products.1 };
                output(first + tile, from, temporary.add(slot * self.temporary));
            });
        }
    }

    /// The matrix product of one point, or some panels of it: tiles x input channels by input channels x output channels.
    unsafe fn multiply(
        &self,
        groups: &Range<usize>,
        point: &Point,
        panels: Range<usize>,
        inputs: *const f32,
        products: *mut f32,
    ) {
        let start = self.groups[groups.start];
        let most = (TURN / (point.pass * PANEL)).max(1);
        for first in point.channels.clone().step_by(point.pass) {
            let depth = point.pass.min(point.channels.end - first);
            let pass = point.weights + (first - point.channels.start) * self.panels * PANEL;
            let mut panel = self.weights[pass + panels.start * depth * PANEL..].as_ptr();
            for k in panels.clone().step_by(most) {
                let turn = most.min(panels.end - k);
                for group in groups.clone() {
                    let tile = (self.groups[group] - start) as usize;
                    let rows = (self.groups[group + 1] - self.groups[group]) as usize;
                    // SAFETY: the group's rows of the plane, `depth` floats of each from `first`; 8 products of each and for
                    // each panel; panels follow one another in the order of these loops.
                    unsafe {
                        let product = Product {
                            from: inputs.add(tile * self.inputs.0 + first),
                            stride: self.inputs.0,
                            panel,
                            panels: turn,
                            depth,
                            to: products.add(tile * self.products.0 + k * PANEL),
                            to_stride: self.products.0,
                            resume: first > point.channels.start,
                        };
                        with_rows!(rows, multiply_rows(&product));
                    }
                }
                // SAFETY: the next panels, or the end of the pass.
                panel = unsafe { panel.add(turn * depth * PANEL) };
            }
        }
    }
}

/// Points that have those input channels; `outputs` are whole panels.
fn points(channels: Vec<Range<usize>>, outputs: usize) -> Vec<Point> {
    let mut end = 0;
    let point = |channels: Range<usize>| {
        let weights = end;
        end += channels.len() * outputs;
        Point { pass: channels.len().div_ceil(channels.len().div_ceil(PASS)), channels, weights }
    };
    channels.into_iter().map(point).collect()
}

/// The weights of all points, in the order in which [`Bilinear::multiply`] reads them; the last panel is filled up with zeros.
fn pack(
    points: &[Point],
    outputs: usize,
    inputs: usize,
    filter: impl Fn(usize, usize, &mut [f64; MOST_POINTS]),
) -> Aligned {
    let padded = outputs.next_multiple_of(PANEL);
    let mut packed = Aligned::zeros(points.iter().map(|point| point.channels.len() * padded).sum());
    let mut values = [0.0; MOST_POINTS];
    // Of every point that the channel has: its number, and where the panel's weights lie. Found once for eight outputs, since it takes two
    // divisions.
    let mut places = Vec::with_capacity(points.len());
    for first in (0..outputs).step_by(PANEL) {
        for c in 0..inputs {
            places.clear();
            let own = points.iter().enumerate().filter(|(_, point)| point.channels.contains(&c));
            places.extend(own.map(|(index, &Point { ref channels, pass, weights })| {
                let start = (c - channels.start) / pass * pass; // of its pass
                let depth = pass.min(channels.len() - start);
                (index, weights + start * padded + first * depth + (c - channels.start - start) * PANEL)
            }));
            for k in first..outputs.min(first + PANEL) {
                filter(k, c, &mut values);
                for &(index, at) in &places {
                    packed[at + k - first] = values[index] as f32;
                }
            }
        }
    }
    packed
}
