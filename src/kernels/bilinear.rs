//! What Winograd's and Strassen's algorithms have in common: tiles of the input are transformed to points, every point is a
//! matrix product of its own, and the products of a tile are transformed to its outputs.

use super::Aligned;
use super::lanes::ROWS;
use super::pack;
use super::parallel::{self, Shared};
use super::tile::{PANEL, Product, even, multiply_tiles, row_groups, with_rows};
use std::ops::Range;

/// Rows and planes are longer by this many floats than they need to be: channels are powers of two, and strides that are
/// would fall on the same lines of the cache (7x7x512: 2.57 instead of 1.64 ms).
pub const SKEW: usize = 16;

/// Input channels of one pass, at most: the group's rows and a panel stay in the first-level cache (7x7x512: 2.9 ms uncut, 1.9
/// so).
pub const SLICE: usize = 128;
/// Floats of weights that one row group goes through before the next group's turn: 256 KB stay in the second-level cache
/// (14x14x256: 1.88 ms panel by panel, 1.61 so).
const TOGETHER: usize = 64 << 10;

/// Where the transformed tiles of a block lie: `[point][tile][channel]`, floats from one point's plane to the next.
#[derive(Clone, Copy)]
pub struct Planes<P> {
    pub data: P,
    pub stride: usize,
}

pub struct Bilinear {
    groups: Vec<u32>,
    blocks: Vec<Range<usize>>,
    /// Threads that scratch has room for.
    threads: usize,
    planes: Vec<pack::Plane>,
    /// `[point][C/slice][K/8][slice][8]`
    weights: Aligned,
    /// Of every point.
    panels: usize,
    /// Floats from tile to tile and from plane to plane of points (input) and products (output).
    points: (usize, usize),
    products: (usize, usize),
    /// Floats that the transform of one tile needs.
    temporary: usize,
}

impl Bilinear {
    /// `channels`: of the points and of the products, in whole vectors and whole panels; `weights` are packed for `planes`.
    /// Blocks have about `block_groups` row groups, whose points and products should stay in the second-level cache.
    pub fn plan(
        tiles: usize,
        block_groups: usize,
        channels: (usize, usize),
        planes: Vec<pack::Plane>,
        weights: Aligned,
        temporary: usize,
    ) -> Bilinear {
        let groups = row_groups(tiles);
        let blocks = even(groups.len() - 1, block_groups);
        let tiles = |block: &Range<usize>| (groups[block.end] - groups[block.start]) as usize;
        let most = blocks.iter().map(tiles).max().unwrap_or(0);
        let strides = |channels: usize| (channels + SKEW, most * (channels + SKEW) + SKEW);
        Bilinear {
            threads: parallel::threads(),
            points: strides(channels.0),
            products: strides(channels.1),
            panels: channels.1 / PANEL,
            groups,
            blocks,
            planes,
            weights,
            temporary,
        }
    }

    /// Room for what one block needs at once: points, then products.
    fn block_len(&self) -> usize {
        self.planes.len() * (self.points.1 + self.products.1)
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
        assert!(parallel::threads() <= self.threads, "planned for fewer threads");
        let scratch = Shared::new(scratch);
        // SAFETY: a block has the scratch behind the threads' tiles, or its thread's share of it, for itself.
        unsafe {
            let own = |slot: usize| Shared::new(scratch.add(self.threads * self.temporary + slot * self.block_len()));
            if self.by_block() {
                parallel::for_each::<true>(self.blocks.len(), |block, slot| {
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
        // SAFETY: scratch holds the planes of points and the planes of products, in this order; every thread has a temporary
        // tile. No two parts write the same tile or plane.
        unsafe {
            let points = scratch;
            let products = Shared::new(scratch.add(self.planes.len() * self.points.1));
            parallel::for_each::<SPREAD>(tiles, |tile, slot| {
                let to = Planes { data: points.add(tile * self.points.0), stride: self.points.1 };
                input(first + tile, to, temporary.add(slot * self.temporary));
            });
            // Few points would leave threads idle at the end: they are cut in four.
            let shares = if SPREAD && self.planes.len() < 8 * self.threads { self.panels.min(4) } else { 1 };
            parallel::for_each::<SPREAD>(self.planes.len() * shares, |part, _| {
                let (point, share) = (part / shares, part % shares);
                let (from, to) = (points.add(point * self.points.1), products.add(point * self.products.1));
                let panels = share * self.panels / shares..(share + 1) * self.panels / shares;
                self.multiply(groups, &self.planes[point], panels, from, to);
            });
            parallel::for_each::<SPREAD>(tiles, |tile, slot| {
                let from = Planes { data: products.add(tile * self.products.0).cast_const(), stride: self.products.1 };
                output(first + tile, from, temporary.add(slot * self.temporary));
            });
        }
    }

    /// The matrix product of one point, or some panels of it: tiles x input channels by input channels x output channels.
    unsafe fn multiply(
        &self,
        groups: &Range<usize>,
        plane: &pack::Plane,
        panels: Range<usize>,
        points: *const f32,
        products: *mut f32,
    ) {
        let start = self.groups[groups.start];
        let most = (TOGETHER / (plane.slice * PANEL)).max(1);
        for first in plane.depth.clone().step_by(plane.slice) {
            let depth = plane.slice.min(plane.depth.end - first);
            let pass = plane.weights + (first - plane.depth.start) * self.panels * PANEL;
            let mut panel = self.weights[pass + panels.start * depth * PANEL..].as_ptr();
            for k in panels.clone().step_by(most) {
                let together = most.min(panels.end - k);
                for group in groups.clone() {
                    let tile = (self.groups[group] - start) as usize;
                    let rows = (self.groups[group + 1] - self.groups[group]) as usize;
                    // SAFETY: the group's rows of the plane, `depth` floats of each from `first`; 8 products of each and for
                    // each panel; panels follow one another in the order of these loops.
                    unsafe {
                        let product = Product {
                            from: points.add(tile * self.points.0 + first),
                            stride: self.points.0,
                            panel,
                            panels: together,
                            depth,
                            to: products.add(tile * self.products.0 + k * PANEL),
                            to_stride: self.products.0,
                            resume: first > plane.depth.start,
                        };
                        with_rows!(rows, multiply_tiles(&product));
                    }
                }
                // SAFETY: the next panels, or the end of the pass.
                panel = unsafe { panel.add(together * depth * PANEL) };
            }
        }
    }
}
