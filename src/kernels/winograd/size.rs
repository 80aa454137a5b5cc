//! The sizes of tiles, and what each makes of a map.

use crate::kernels::lanes::F32x4;
use crate::kernels::layout::Layout;
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
    Stem3x3,
    /// 3x3 with stride 2: 9 points for pairs of rows and columns, 1.44 times fewer products; weights 2.8 times as large.
    Strided2x2,
    /// The same with 25 points: 1.78 times fewer products; weights 9 times as large.
    Strided4x4,
}

impl TileSize {
    /// Every one of them.
    pub const ALL: [TileSize; 6] =
        [TileSize::T2x2, TileSize::T2x4, TileSize::T4x4, TileSize::Stem3x3, TileSize::Strided2x2, TileSize::Strided4x4];

    /// Rows of output that a tile makes.
    pub fn rows(self) -> usize {
        match self {
            TileSize::T2x2 | TileSize::T2x4 | TileSize::Strided2x2 => 2,
            TileSize::T4x4 | TileSize::Strided4x4 => 4,
            TileSize::Stem3x3 => 3,
        }
    }

    /// Columns of output that a tile makes.
    pub fn columns(self) -> usize {
        match self {
            TileSize::T2x2 | TileSize::Strided2x2 => 2,
            TileSize::T2x4 | TileSize::T4x4 | TileSize::Strided4x4 => 4,
            TileSize::Stem3x3 => 3,
        }
    }

    /// Points: rows x columns.
    fn grid(self) -> (usize, usize) {
        match self {
            TileSize::T2x2 => (4, 4),
            TileSize::T2x4 => (4, 6),
            TileSize::T4x4 | TileSize::Stem3x3 => (6, 6),
            TileSize::Strided2x2 => (3, 3),
            TileSize::Strided4x4 => (5, 5),
        }
    }

    /// Points at which a tile is multiplied: as many products a tile and a pair of channels.
    pub fn points(self) -> usize {
        let (rows, columns) = self.grid();
        rows * columns
    }

    /// The kernel and the stride it is for.
    pub fn filter(self) -> (usize, usize) {
        match self {
            TileSize::T2x2 | TileSize::T2x4 | TileSize::T4x4 => (3, 1),
            TileSize::Stem3x3 => (7, 2),
            TileSize::Strided2x2 | TileSize::Strided4x4 => (3, 2),
        }
    }

    /// Products per pair of channels and tile, which are also the weights per pair of channels.
    pub fn products(self) -> usize {
        self.channels(1).iter().map(Range::len).sum()
    }

    /// Whether a convolution can run in such tiles: they are for its filter, and lie inside the input, halo included.
    pub fn fits(self, input: &Layout, output: &Layout, kernel: usize, stride: usize) -> bool {
        // Inputs of `n` outputs, then of the tiles that cover them.
        let inputs = |n: usize, step: usize| stride * (n.div_ceil(step) * step + kernel.div_ceil(stride) - 1);
        let (height, width) = (inputs(output.height, self.rows()), inputs(output.width, self.columns()));
        let run = self == TileSize::Stem3x3;
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

    /// The phases that an input of that many channels has.
    pub fn phases(self, channels: usize) -> Vec<Phase> {
        let whole = Phase { row: 0, column: 0, first: 0, channels, last_row: true, last_column: true };
        match self {
            TileSize::T2x2 | TileSize::T2x4 | TileSize::T4x4 => vec![whole],
            // A pair of pixels is a run. Its columns share what they are read with, so both have the last.
            TileSize::Stem3x3 => (0..2)
                .map(|row| Phase {
                    row,
                    first: 2 * row * channels,
                    channels: 2 * channels,
                    last_row: row == 0,
                    ..whole
                })
                .collect(),
            // In this order the channels of every point are a run.
            TileSize::Strided2x2 | TileSize::Strided4x4 => [(0, 1), (0, 0), (1, 0), (1, 1)]
                .into_iter()
                .enumerate()
                .map(|(i, (row, column))| Phase {
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

    /// The channels that each point has, of those of all phases.
    pub fn channels(self, channels: usize) -> Vec<Range<usize>> {
        let phases = self.phases(channels);
        let (rows, columns) = self.grid();
        let depth = |point: usize| {
            let (last_row, last_column) = (point / columns + 1 == rows, point % columns + 1 == columns);
            let has = |phase: &&Phase| (phase.last_row || !last_row) && (phase.last_column || !last_column);
            let first = phases.iter().find(has).expect("the first row and column have all points");
            let last = phases.iter().rfind(has).unwrap_or(first);
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
pub struct Phase {
    /// Of its first pixel in the map.
    pub row: usize,
    pub column: usize,
    /// The first of its channels among those of a point, and how many they are.
    pub first: usize,
    pub channels: usize,
    /// Whether its filters have the last of the rows and columns that the tile is for. Where not, they are zero at the points
    /// at infinity, which are the last.
    pub last_row: bool,
    pub last_column: bool,
}

/// The taps of one pair of channels in a phase, up to 4x4.
pub type Taps = [[f64; 4]; 4];
