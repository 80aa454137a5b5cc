//! Convolution by Winograd's algorithm: tiles are transformed to points, each point is a matrix product of its own, the
//! products are transformed back.
//!
//! F(4x4, 3x3) needs a quarter of the products and has a relative rms error of 1-2e-6 where plain f32 sums have 2-6e-7.
//! Its weights are four times as large.
//!
//! It takes filters with stride 1, and those with stride 2 as such: in pairs of rows and of columns a map is one of half the
//! side and four times the channels ([`Part`]s), the 7x7 stem has 4x4 taps on it (the eighth row and column are zero) and a 3x3
//! filter 2x2 (the fourth are). A filter whose last tap is zero is zero at the point at infinity, so parts whose last row or
//! column is zero take no product there. Of the products of a 3x3 filter with stride 2 that leaves (2m + 1)^2 of 9 m^2 in
//! tiles of m x m: 56 % in tiles of 4, 69 % in tiles of 2. 128 channels at 56x56: 4.05 ms become 2.5; 256 at 28x28: 4.0
//! become 2.9.

use super::lanes::{F32x4, ROWS};
use super::pack;
use super::parallel::{self, Shared};
use super::tile::{PANEL, Product, even, multiply_tiles, row_groups, with_rows};
use super::winograd_transforms::{F2, F3, F4, Finish, Half2, Half4, Line, Planes, input_tile, output_tile};
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
    /// 3x3 with stride 2: 9 points for pairs of rows and columns, 1.44 times fewer products; weights 2.8 times as large.
    S2x2,
    /// The same with 25 points: 1.78 times fewer products; weights 9 times as large.
    S4x4,
}

impl TileSize {
    pub const ALL: [TileSize; 6] =
        [TileSize::T2x2, TileSize::T2x4, TileSize::T4x4, TileSize::T3x3, TileSize::S2x2, TileSize::S4x4];

    pub fn rows(self) -> usize {
        match self {
            TileSize::T2x2 | TileSize::T2x4 | TileSize::S2x2 => 2,
            TileSize::T4x4 | TileSize::S4x4 => 4,
            TileSize::T3x3 => 3,
        }
    }

    pub fn columns(self) -> usize {
        match self {
            TileSize::T2x2 | TileSize::S2x2 => 2,
            TileSize::T2x4 | TileSize::T4x4 | TileSize::S4x4 => 4,
            TileSize::T3x3 => 3,
        }
    }

    /// Points: rows x columns.
    fn plane(self) -> (usize, usize) {
        match self {
            TileSize::T2x2 => (4, 4),
            TileSize::T2x4 => (4, 6),
            TileSize::T4x4 | TileSize::T3x3 => (6, 6),
            TileSize::S2x2 => (3, 3),
            TileSize::S4x4 => (5, 5),
        }
    }

    pub fn points(self) -> usize {
        let (rows, columns) = self.plane();
        rows * columns
    }

    /// The kernel and the stride it is for.
    pub fn filter(self) -> (usize, usize) {
        match self {
            TileSize::T2x2 | TileSize::T2x4 | TileSize::T4x4 => (3, 1),
            TileSize::T3x3 => (7, 2),
            TileSize::S2x2 | TileSize::S4x4 => (3, 2),
        }
    }

    /// Products per pair of channels and tile, which are also the weights per pair of channels.
    pub fn products(self) -> usize {
        self.depths(1).iter().map(Range::len).sum()
    }

    /// Whether a convolution can run in such tiles: they are for its filter, and lie inside the input, halo included.
    pub fn fits(self, input: &Layout, output: &Layout, kernel: usize, stride: usize) -> bool {
        // Inputs of `n` outputs, then of the tiles that cover them.
        let inputs = |n: usize, step: usize| stride * (n.div_ceil(step) * step + kernel.div_ceil(stride) - 1);
        let (height, width) = (inputs(output.height, self.rows()), inputs(output.width, self.columns()));
        let run = self == TileSize::T3x3;
        let vectors = match run {
            true => input.pixel == input.channels, // so that a pair of pixels is a run, read up to two floats too far
            false => input.pixel.is_multiple_of(F32x4::LANES),
        };
        self.filter() == (kernel, stride)
            && input.halo == kernel / 2
            && vectors
            && height <= input.rows
            && width * input.pixel + if run { 2 } else { 0 } <= input.pitch
    }

    /// The parts that an input of that many channels has.
    fn parts(self, channels: usize) -> Vec<Part> {
        let whole = Part { row: 0, column: 0, first: 0, channels, last_row: true, last_column: true };
        match self {
            TileSize::T2x2 | TileSize::T2x4 | TileSize::T4x4 => vec![whole],
            // A pair of pixels is a run. Its columns share what they are read with, so both have the last.
            TileSize::T3x3 => (0..2)
                .map(|row| Part { row, first: 2 * row * channels, channels: 2 * channels, last_row: row == 0, ..whole })
                .collect(),
            // In this order the channels of every point are a run.
            TileSize::S2x2 | TileSize::S4x4 => [(0, 1), (0, 0), (1, 0), (1, 1)]
                .into_iter()
                .enumerate()
                .map(|(i, (row, column))| Part {
                    row,
                    column,
                    first: i * channels,
                    last_row: row == 0,
                    last_column: column == 0,
                    ..whole
                })
                .collect(),
        }
    }

    /// The channels that each point has, of those of all parts.
    fn depths(self, channels: usize) -> Vec<Range<usize>> {
        let parts = self.parts(channels);
        let (rows, columns) = self.plane();
        let depth = |point: usize| {
            let (last_row, last_column) = (point / columns + 1 == rows, point % columns + 1 == columns);
            let has = |part: &&Part| (part.last_row || !last_row) && (part.last_column || !last_column);
            let first = parts.iter().find(has).expect("the first row and column have all points");
            let last = parts.iter().rfind(has).unwrap_or(first);
            first.first..last.first + last.channels
        };
        (0..rows * columns).map(depth).collect()
    }

    /// Tiles that cover an output.
    pub fn tiles(self, map: &Layout) -> usize {
        map.height.div_ceil(self.rows()) * map.width.div_ceil(self.columns())
    }
}

/// Channels that a filter reads with stride 1: all of a map, or those of every second row and column.
#[derive(Clone, Copy, Debug)]
struct Part {
    /// Of its first pixel in the map.
    row: usize,
    column: usize,
    /// The first of its channels among those of a point, and how many they are.
    first: usize,
    channels: usize,
    /// Whether its filters have the last of the rows and columns that the tile is for. Where not, they are zero at the points
    /// at infinity, which are the last.
    last_row: bool,
    last_column: bool,
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
    parts: Vec<Part>,
    planes: Vec<pack::Plane>,
    /// `[point][C/slice][K/8][slice][8]`
    weights: Aligned,
    bias: Aligned,
    /// Floats from tile to tile and from plane to plane of points (input) and products (output).
    points: (usize, usize),
    products: (usize, usize),
}

impl Winograd {
    /// `weight` is OIHW.
    pub fn plan(size: TileSize, input: &Layout, output: &Layout, weight: &[f32], bias: &[f32]) -> Winograd {
        input.check();
        output.check();
        let (kernel, stride) = size.filter();
        assert!(size.fits(input, output, kernel, stride));
        assert!(output.pixel >= output.channels.next_multiple_of(PANEL), "a pixel has room for whole panels");
        let groups = row_groups(size.tiles(output));
        let blocks = even(groups.len() - 1, BLOCK_GROUPS);
        let tiles = |block: &Range<usize>| (groups[block.end] - groups[block.start]) as usize;
        let most = blocks.iter().map(tiles).max().unwrap_or(0);
        let strides = |channels: usize| (channels + SKEW, most * (channels + SKEW) + SKEW);

        let parts = size.parts(input.channels);
        let planes = pack::planes(size.depths(input.channels), output.channels, SLICE);
        // The taps on a channel of the points.
        let taps = |k: usize, c: usize| -> pack::Taps {
            let part = parts.iter().rfind(|part| part.first <= c).expect("the first part starts at 0");
            // A run of two pixels is two columns.
            let (column, c) = ((c - part.first) / input.channels, (c - part.first) % input.channels);
            let (row, column) = (part.row, part.column + column);
            let from = &weight[(k * input.channels + c) * kernel * kernel..][..kernel * kernel];
            let tap = |y: usize, x: usize| if y < kernel && x < kernel { f64::from(from[y * kernel + x]) } else { 0.0 };
            std::array::from_fn(|y| std::array::from_fn(|x| tap(y * stride + row, x * stride + column)))
        };
        let filter = match size {
            TileSize::T2x2 => pack::filter::<F2, F2, 4, 4>,
            TileSize::T2x4 => pack::filter::<F2, F4, 4, 6>,
            TileSize::T4x4 => pack::filter::<F4, F4, 6, 6>,
            TileSize::T3x3 => pack::filter::<F3, F3, 6, 6>,
            TileSize::S2x2 => pack::filter::<Half2, Half2, 3, 3>,
            TileSize::S4x4 => pack::filter::<Half4, Half4, 5, 5>,
        };
        Winograd {
            input: *input,
            output: *output,
            size,
            across: output.width.div_ceil(size.columns()),
            threads: parallel::threads(),
            weights: pack::winograd(output.channels, &planes, taps, filter),
            bias: pack::bias(bias),
            points: strides((stride * stride * input.channels).next_multiple_of(F32x4::LANES)),
            products: strides(output.channels.next_multiple_of(PANEL)),
            groups,
            blocks,
            parts,
            planes,
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
                TileSize::S2x2 => self.blocks::<Half2, Half2, 3, 3>(call, Shared::new(scratch)),
                TileSize::S4x4 => self.blocks::<Half4, Half4, 5, 5>(call, Shared::new(scratch)),
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
        let lines = (stride * i.pitch, stride * i.pixel);
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
                for part in &self.parts {
                    let from = from.add(part.row * i.pitch + part.column * i.pixel);
                    // In order: what a part leaves behind its end is overwritten, or in the skew, or not read.
                    let to = Planes { data: to.add(part.first), stride: self.points.1 };
                    let channels = part.channels.next_multiple_of(F32x4::LANES);
                    match (part.last_row, part.last_column) {
                        (true, true) => input_tile::<Y, X, YI, XI, true, true>(from, lines, channels, to, temporary),
                        (true, false) => input_tile::<Y, X, YI, XI, true, false>(from, lines, channels, to, temporary),
                        (false, true) => input_tile::<Y, X, YI, XI, false, true>(from, lines, channels, to, temporary),
                        (false, false) => {
                            input_tile::<Y, X, YI, XI, false, false>(from, lines, channels, to, temporary)
                        }
                    }
                }
            });
            parallel::for_each::<SPREAD>(self.size.points(), |point, _| {
                self.multiply(
                    groups,
                    &self.planes[point],
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
    unsafe fn multiply(&self, groups: &Range<usize>, plane: &pack::Plane, points: *const f32, products: *mut f32) {
        let panels = self.bias.len() / PANEL;
        let start = self.groups[groups.start];
        let mut panel = self.weights[plane.weights..].as_ptr();
        let most = (TOGETHER / (plane.slice * PANEL)).max(1);
        for first in plane.depth.clone().step_by(plane.slice) {
            let depth = plane.slice.min(plane.depth.end - first);
            for k in (0..panels).step_by(most) {
                let together = most.min(panels - k);
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
                // SAFETY: the next panels, or the end.
                panel = unsafe { panel.add(together * depth * PANEL) };
            }
        }
    }
}
