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

use super::bilinear::{Bilinear, Planes, SLICE};
use super::lanes::F32x4;
use super::pack;
use super::tile::PANEL;
use super::winograd_transforms::{F2, F3, F4, Finish, Half2, Half4, Line, input_tile, output_tile};
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
pub struct Winograd {
    input: Layout,
    output: Layout,
    size: TileSize,
    /// Tiles of one row of the map.
    across: usize,
    parts: Vec<Part>,
    bias: Aligned,
    products: Bilinear,
}

impl Winograd {
    /// `weight` is OIHW.
    pub fn plan(size: TileSize, input: &Layout, output: &Layout, weight: &[f32], bias: &[f32]) -> Winograd {
        input.check();
        output.check();
        let (kernel, stride) = size.filter();
        assert!(size.fits(input, output, kernel, stride));
        assert!(output.pixel >= output.channels.next_multiple_of(PANEL), "a pixel has room for whole panels");
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
        let channels = (
            (stride * stride * input.channels).next_multiple_of(F32x4::LANES),
            output.channels.next_multiple_of(PANEL),
        );
        let weights = pack::winograd(output.channels, &planes, taps, filter);
        let tile = size.points() * F32x4::LANES;
        Winograd {
            input: *input,
            output: *output,
            size,
            across: output.width.div_ceil(size.columns()),
            parts,
            bias: pack::bias(bias),
            products: Bilinear::plan(size.tiles(output), BLOCK_GROUPS, channels, planes, weights, tile),
        }
    }

    pub fn size(&self) -> TileSize {
        self.size
    }

    pub fn scratch_len(&self) -> usize {
        self.products.scratch_len()
    }

    /// # Safety
    /// As [`Call`] says for the planned layouts; `scratch` points to [`scratch_len`](Self::scratch_len) floats that nothing
    /// else uses.
    pub unsafe fn run(&self, call: &Call, scratch: *mut f32) {
        // SAFETY: the caller's.
        unsafe {
            match self.size {
                TileSize::T2x2 => self.tiles::<F2, F2, 4, 4>(call, scratch),
                TileSize::T2x4 => self.tiles::<F2, F4, 4, 6>(call, scratch),
                TileSize::T4x4 => self.tiles::<F4, F4, 6, 6>(call, scratch),
                TileSize::T3x3 => self.tiles::<F3, F3, 6, 6>(call, scratch),
                TileSize::S2x2 => self.tiles::<Half2, Half2, 3, 3>(call, scratch),
                TileSize::S4x4 => self.tiles::<Half4, Half4, 5, 5>(call, scratch),
            }
        }
    }

    unsafe fn tiles<Y: Line<YI>, X: Line<XI>, const YI: usize, const XI: usize>(&self, call: &Call, scratch: *mut f32) {
        let (i, o) = (&self.input, &self.output);
        let (_, stride) = self.size.filter();
        let lines = (stride * i.pitch, stride * i.pixel);
        let at = |tile: usize| (tile / self.across * Y::OUT, tile % self.across * X::OUT);
        // SAFETY: the caller's. A tile's inputs lie inside the map (`fits`), outputs that do not are left out.
        unsafe {
            let input = |tile: usize, to: Planes<*mut f32>, temporary: *mut f32| {
                let (y, x) = at(tile);
                // One halo up and left of the tile's first input.
                let from = call.input.add(y * stride * i.pitch + x * stride * i.pixel);
                for part in &self.parts {
                    let from = from.add(part.row * i.pitch + part.column * i.pixel);
                    // In order: what a part leaves behind its end is overwritten, or in the skew, or not read.
                    let to = Planes { data: to.data.add(part.first), ..to };
                    let channels = part.channels.next_multiple_of(F32x4::LANES);
                    let transform = match (part.last_row, part.last_column) {
                        (true, true) => input_tile::<Y, X, YI, XI, true, true>,
                        (true, false) => input_tile::<Y, X, YI, XI, true, false>,
                        (false, true) => input_tile::<Y, X, YI, XI, false, true>,
                        (false, false) => input_tile::<Y, X, YI, XI, false, false>,
                    };
                    transform(from, lines, channels, to, temporary);
                }
            };
            let output = |tile: usize, from: Planes<*const f32>, temporary: *mut f32| {
                let (y, x) = at(tile);
                let pixel = o.at(y, x);
                let finish = Finish {
                    bias: self.bias.as_ptr(),
                    residual: if call.residual.is_null() { call.residual } else { call.residual.add(pixel) },
                    relu: call.relu,
                };
                let inside = ((o.height - y).min(Y::OUT), (o.width - x).min(X::OUT));
                let to = call.output.add(pixel);
                output_tile::<Y, X, YI, XI>(from, self.bias.len(), &finish, to, (o.pitch, o.pixel), inside, temporary);
            };
            self.products.run(scratch, input, output);
        }
    }
}
