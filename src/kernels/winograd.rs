//! 3x3 convolution with stride 1 by Winograd's algorithm: tiles are transformed to points, each point is a matrix product
//! of its own, the products are transformed back.
//!
//! F(4x4, 3x3) needs a quarter of the products and has a relative rms error of 1-2e-6 where plain f32 sums have 2-6e-7.
//! Its weights are four times as large.

use super::lanes::{F32x4, ROWS};
use super::pack;
use super::parallel::{self, Shared};
use super::tile::{PANEL, Product, even, multiply_tiles, row_groups, with_rows};
use super::winograd_transforms::{F2, F4, Finish, Line, Planes, input_tile, output_tile};
use super::{Aligned, Call, Layout};
use std::ops::Range;

/// Outputs of one tile: rows x columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TileSize {
    /// 16 points, 2.25 times fewer products; weights 1.8 times as large.
    T2x2,
    /// 24 points, 3 times fewer products; weights 2.7 times as large.
    T2x4,
    /// 36 points, 4 times fewer products; weights 4 times as large.
    T4x4,
}

impl TileSize {
    pub fn rows(self) -> usize {
        if self == TileSize::T4x4 { 4 } else { 2 }
    }

    pub fn columns(self) -> usize {
        if self == TileSize::T2x2 { 2 } else { 4 }
    }

    pub fn points(self) -> usize {
        (self.rows() + 2) * (self.columns() + 2)
    }

    /// Tiles that cover a map.
    pub fn tiles(self, map: &Layout) -> usize {
        map.height.div_ceil(self.rows()) * map.width.div_ceil(self.columns())
    }
}

/// Row groups of one block of tiles: about 18 tiles, whose points and products (two times 200 KB for 64 channels) stay in
/// the second-level cache.
const BLOCK_GROUPS: usize = 3;
/// Rows and planes are longer by this many floats than they need to be: channels are powers of two, and strides that are
/// would fall on the same lines of the cache (7x7x512: 2.57 instead of 1.64 ms).
const SKEW: usize = 16;

/// Input channels of one pass, at most: the group's rows and a panel stay in the first-level cache (7x7x512: 2.9 ms uncut, 1.9
/// so).
const SLICE: usize = 128;
/// Floats of weights that one row group goes through before the next group's turn: 256 KB stay in the second-level cache
/// (14x14x256: 1.88 ms panel by panel, 1.61 so).
const TOGETHER: usize = 64 << 10;

pub struct Winograd {
    input: Layout,
    output: Layout,
    size: TileSize,
    /// Tiles of one row of the map.
    across: usize,
    groups: Vec<u32>,
    blocks: Vec<Range<usize>>,
    /// Threads that scratch has room for.
    threads: usize,
    /// Input channels of one pass over the panels: its share of the points stays in the first-level cache.
    slice: usize,
    /// Panels that a row group goes through before the next group's turn.
    together: usize,
    /// Floats of the weights of one point.
    plane: usize,
    /// `[point][C/slice][K/8][slice][8]`
    weights: Aligned,
    bias: Aligned,
    /// Floats from tile to tile and from plane to plane of points (input) and products (output).
    points: (usize, usize),
    products: (usize, usize),
}

impl Winograd {
    /// Whether a 3x3 convolution of that input can run in such tiles.
    pub fn fits(size: TileSize, input: &Layout, kernel: usize, stride: usize) -> bool {
        let (down, across) = (input.height.div_ceil(size.rows()), input.width.div_ceil(size.columns()));
        (kernel, stride, input.halo) == (3, 1, 1)
            && input.pixel.is_multiple_of(F32x4::LANES)
            && down * size.rows() + 2 <= input.rows
            && (across * size.columns() + 2) * input.pixel <= input.pitch
    }

    /// `weight` is OIHW.
    pub fn plan(size: TileSize, input: &Layout, output: &Layout, weight: &[f32], bias: &[f32]) -> Winograd {
        input.check();
        output.check();
        assert!(Self::fits(size, input, 3, 1), "whole tiles lie inside the input, halo included");
        assert_eq!((input.height, input.width), (output.height, output.width));
        assert!(output.pixel >= output.channels.next_multiple_of(PANEL), "a pixel has room for whole panels");
        let groups = row_groups(size.tiles(input));
        let blocks = even(groups.len() - 1, BLOCK_GROUPS);
        let tiles = |block: &Range<usize>| (groups[block.end] - groups[block.start]) as usize;
        let most = blocks.iter().map(tiles).max().unwrap_or(0);
        let strides = |channels: usize| (channels + SKEW, most * (channels + SKEW) + SKEW);
        let slice = input.channels.div_ceil(input.channels.div_ceil(SLICE));
        let filter = |w: &[f32], to: &mut [f64]| match size {
            TileSize::T2x2 => pack::filter::<F2, F2, 4, 4>(w, to),
            TileSize::T2x4 => pack::filter::<F2, F4, 4, 6>(w, to),
            TileSize::T4x4 => pack::filter::<F4, F4, 6, 6>(w, to),
        };
        Winograd {
            input: *input,
            output: *output,
            size,
            across: input.width.div_ceil(size.columns()),
            slice,
            together: (TOGETHER / (slice * PANEL)).max(1),
            plane: input.channels * output.channels.next_multiple_of(PANEL),
            threads: parallel::threads(),
            weights: pack::winograd(weight, output.channels, input.channels, size.points(), slice, filter),
            bias: pack::bias(bias),
            points: strides(input.channels.next_multiple_of(F32x4::LANES)),
            products: strides(output.channels.next_multiple_of(PANEL)),
            groups,
            blocks,
        }
    }

    pub fn size(&self) -> TileSize {
        self.size
    }

    /// Room for what one block needs at once: points, then products.
    fn block_len(&self) -> usize {
        self.size.points() * (self.points.1 + self.products.1)
    }

    /// One tile of vectors.
    fn temporary_len(&self) -> usize {
        self.size.points() * F32x4::LANES
    }

    /// Whether there are blocks enough to give every thread some; else threads share each block.
    fn by_block(&self) -> bool {
        self.blocks.len() >= 2 * self.threads
    }

    /// A tile for each thread, and a block for each that has its own.
    pub fn scratch_len(&self) -> usize {
        let blocks = if self.by_block() { self.threads } else { 1 };
        self.threads * self.temporary_len() + blocks * self.block_len()
    }

    /// # Safety
    /// As [`Call`] says for the planned layouts; `scratch` points to [`scratch_len`](Self::scratch_len) floats that nothing
    /// else uses.
    pub unsafe fn run(&self, call: &Call, scratch: *mut f32) {
        assert!(parallel::threads() <= self.threads, "planned for fewer threads");
        // SAFETY: the caller's.
        unsafe {
            match self.size {
                TileSize::T2x2 => self.blocks::<F2, F2, 4, 4>(call, Shared::new(scratch)),
                TileSize::T2x4 => self.blocks::<F2, F4, 4, 6>(call, Shared::new(scratch)),
                TileSize::T4x4 => self.blocks::<F4, F4, 6, 6>(call, Shared::new(scratch)),
            }
        }
    }

    unsafe fn blocks<Y: Line<YI>, X: Line<XI>, const YI: usize, const XI: usize>(&self, call: &Call, scratch: Shared) {
        // SAFETY: the caller's. A block has the scratch behind the threads' tiles, or its thread's share of it, for itself.
        unsafe {
            let own =
                |slot: usize| Shared::new(scratch.add(self.threads * self.temporary_len() + slot * self.block_len()));
            if self.by_block() {
                parallel::for_each::<true>(self.blocks.len(), |block, slot| {
                    let temporary = Shared::new(scratch.add(slot * self.temporary_len()));
                    self.block::<Y, X, YI, XI, false>(&self.blocks[block], call, temporary, own(slot));
                });
            } else {
                for block in &self.blocks {
                    self.block::<Y, X, YI, XI, true>(block, call, scratch, own(0));
                }
            }
        }
    }

    /// `SPREAD`: threads share the block.
    unsafe fn block<Y: Line<YI>, X: Line<XI>, const YI: usize, const XI: usize, const SPREAD: bool>(
        &self,
        groups: &Range<usize>,
        call: &Call,
        temporary: Shared,
        scratch: Shared,
    ) {
        let (i, o) = (&self.input, &self.output);
        let first = self.groups[groups.start] as usize;
        let tiles = self.groups[groups.end] as usize - first;
        let at = |tile: usize| ((first + tile) / self.across * Y::OUT, (first + tile) % self.across * X::OUT);
        // SAFETY: scratch holds the planes of points and the planes of products, in this order; every thread has a temporary
        // tile. A tile's inputs lie inside the map (`fits`), outputs that do not are left out. No two parts write the same
        // tile or plane.
        unsafe {
            let points = scratch;
            let products = Shared::new(scratch.add(self.size.points() * self.points.1));
            parallel::for_each::<SPREAD>(tiles, |tile, slot| {
                let (y, x) = at(tile);
                let from = call.input.add(y * i.pitch + x * i.pixel); // one up and one left of (y, x), halo included
                let to = Planes { data: points.add(tile * self.points.0), stride: self.points.1 };
                let temporary = temporary.add(slot * self.temporary_len());
                input_tile::<Y, X, YI, XI>(from, (i.pitch, i.pixel), self.points.0 - SKEW, to, temporary);
            });
            parallel::for_each::<SPREAD>(self.size.points(), |point, _| {
                self.multiply(
                    groups,
                    self.weights[point * self.plane..].as_ptr(),
                    points.add(point * self.points.1),
                    products.add(point * self.products.1),
                );
            });
            parallel::for_each::<SPREAD>(tiles, |tile, slot| {
                let (y, x) = at(tile);
                let from = Planes { data: products.add(tile * self.products.0).cast_const(), stride: self.products.1 };
                let pixel = o.at(y, x);
                let finish = Finish {
                    bias: self.bias.as_ptr(),
                    residual: if call.residual.is_null() { call.residual } else { call.residual.add(pixel) },
                    relu: call.relu,
                };
                let inside = ((o.height - y).min(Y::OUT), (o.width - x).min(X::OUT));
                let (to, temporary) = (call.output.add(pixel), temporary.add(slot * self.temporary_len()));
                let channels = self.products.0 - SKEW;
                output_tile::<Y, X, YI, XI>(from, channels, &finish, to, (o.pitch, o.pixel), inside, temporary);
            });
        }
    }

    /// The matrix product of one point: tiles x input channels by input channels x output channels.
    unsafe fn multiply(&self, groups: &Range<usize>, mut panel: *const f32, points: *const f32, products: *mut f32) {
        let (channels, panels) = (self.input.channels, self.bias.len() / PANEL);
        let start = self.groups[groups.start];
        for first in (0..channels).step_by(self.slice) {
            let depth = self.slice.min(channels - first);
            for k in (0..panels).step_by(self.together) {
                let together = self.together.min(panels - k);
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
                            resume: first > 0,
                        };
                        with_rows!(rows, multiply_tiles(&product));
                    }
                }
                // SAFETY: the next panels, or the end.
                panel = unsafe { panel.add(together * depth * PANEL) };
            }
        }
    }
}
