//! Convolution by Winograd's algorithm: tiles are transformed to points, each point is a matrix product of its own, the
//! products are transformed back.
//!
//! F(4x4, 3x3) needs a quarter of the products and has a relative rms error of 1-2e-6 where plain f32 sums have 2-6e-7.
//! Its weights are four times as large.
//!
//! It takes 3x3 filters with stride 1, and the 7x7 stem with stride 2: in pairs of rows and of columns an image is one of four
//! times the channels and half the side, and the filter one of 4x4 with stride 1 (its eighth row and column are zero). With
//! F(3x3, 4x4) that is a third of the stem's products: 4.4 ms become 2.7.

use super::lanes::{F32x4, ROWS};
use super::pack;
use super::parallel::{self, Shared};
use super::tile::{PANEL, Product, even, multiply_tiles, row_groups, with_rows};
use super::winograd_transforms::{F2, F3, F4, Finish, Line, Planes, input_tile, output_tile};
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
    /// The 7x7 stem: 36 points for pairs of rows and columns, 3 times fewer products.
    T3x3,
}

impl TileSize {
    pub fn rows(self) -> usize {
        match self {
            TileSize::T2x2 | TileSize::T2x4 => 2,
            TileSize::T4x4 => 4,
            TileSize::T3x3 => 3,
        }
    }

    pub fn columns(self) -> usize {
        match self {
            TileSize::T2x2 => 2,
            TileSize::T2x4 | TileSize::T4x4 => 4,
            TileSize::T3x3 => 3,
        }
    }

    pub fn points(self) -> usize {
        match self {
            TileSize::T2x2 => 16,
            TileSize::T2x4 => 24,
            TileSize::T4x4 | TileSize::T3x3 => 36,
        }
    }

    /// The kernel and the stride it is for.
    pub fn filter(self) -> (usize, usize) {
        if self == TileSize::T3x3 { (7, 2) } else { (3, 1) }
    }

    /// Products per pair of channels and tile.
    pub fn products(self) -> usize {
        self.points() * self.filter().1.pow(2)
    }

    /// Tiles that cover an output.
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
    /// Input channels of the points: the map's, of every row and column of a stride.
    depth: usize,
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
    /// Whether a convolution can run in such tiles: they are for its filter, and lie inside the input, halo included.
    pub fn fits(size: TileSize, input: &Layout, output: &Layout, kernel: usize, stride: usize) -> bool {
        // Inputs of `n` outputs, then of the tiles that cover them.
        let inputs = |n: usize, step: usize| stride * (n.div_ceil(step) * step + kernel.div_ceil(stride) - 1);
        let (height, width) = (inputs(output.height, size.rows()), inputs(output.width, size.columns()));
        let vectors = match stride {
            1 => input.pixel.is_multiple_of(F32x4::LANES),
            _ => input.pixel == input.channels, // so that a pair of pixels is a run, read up to two floats too far
        };
        size.filter() == (kernel, stride)
            && input.halo == kernel / 2
            && vectors
            && height <= input.rows
            && width * input.pixel + if stride == 1 { 0 } else { 2 } <= input.pitch
    }

    /// `weight` is OIHW.
    pub fn plan(size: TileSize, input: &Layout, output: &Layout, weight: &[f32], bias: &[f32]) -> Winograd {
        input.check();
        output.check();
        let (kernel, stride) = size.filter();
        assert!(Self::fits(size, input, output, kernel, stride));
        assert!(output.pixel >= output.channels.next_multiple_of(PANEL), "a pixel has room for whole panels");
        let groups = row_groups(size.tiles(output));
        let blocks = even(groups.len() - 1, BLOCK_GROUPS);
        let tiles = |block: &Range<usize>| (groups[block.end] - groups[block.start]) as usize;
        let most = blocks.iter().map(tiles).max().unwrap_or(0);
        let strides = |channels: usize| (channels + SKEW, most * (channels + SKEW) + SKEW);

        // Channels as the points have them: of stride x stride pixels side by side.
        let pair = stride * input.channels;
        let depth = stride * pair;
        let slice = depth.div_ceil(depth.div_ceil(SLICE));
        let taps = |k: usize, c: usize| -> pack::Taps {
            let (row, column, c) = (c / pair, c % pair / input.channels, c % input.channels);
            let from = &weight[(k * input.channels + c) * kernel * kernel..][..kernel * kernel];
            let tap = |y: usize, x: usize| if y < kernel && x < kernel { f64::from(from[y * kernel + x]) } else { 0.0 };
            std::array::from_fn(|y| std::array::from_fn(|x| tap(y * stride + row, x * stride + column)))
        };
        let filter = match size {
            TileSize::T2x2 => pack::filter::<F2, F2, 4, 4>,
            TileSize::T2x4 => pack::filter::<F2, F4, 4, 6>,
            TileSize::T4x4 => pack::filter::<F4, F4, 6, 6>,
            TileSize::T3x3 => pack::filter::<F3, F3, 6, 6>,
        };
        Winograd {
            input: *input,
            output: *output,
            size,
            across: output.width.div_ceil(size.columns()),
            depth,
            slice,
            together: (TOGETHER / (slice * PANEL)).max(1),
            plane: depth * output.channels.next_multiple_of(PANEL),
            threads: parallel::threads(),
            weights: pack::winograd((output.channels, depth), size.points(), slice, taps, filter),
            bias: pack::bias(bias),
            points: strides(depth.next_multiple_of(F32x4::LANES)),
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
                TileSize::T3x3 => self.blocks::<F3, F3, 6, 6>(call, Shared::new(scratch)),
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
        let (_, stride) = self.size.filter();
        let pair = stride * i.channels;
        let vectors = pair.next_multiple_of(F32x4::LANES);
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
                // One halo up and left of the tile's first input.
                let from = call.input.add(y * stride * i.pitch + x * stride * i.pixel);
                let to = points.add(tile * self.points.0);
                let temporary = temporary.add(slot * self.temporary_len());
                for row in 0..stride {
                    // In order: what a pair of pixels leaves behind its end is overwritten, or in the skew.
                    let to = Planes { data: to.add(row * pair), stride: self.points.1 };
                    let lines = (stride * i.pitch, stride * i.pixel);
                    input_tile::<Y, X, YI, XI>(from.add(row * i.pitch), lines, vectors, to, temporary);
                }
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
        let panels = self.bias.len() / PANEL;
        let start = self.groups[groups.start];
        for first in (0..self.depth).step_by(self.slice) {
            let depth = self.slice.min(self.depth - first);
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
