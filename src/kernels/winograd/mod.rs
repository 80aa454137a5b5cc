//! Convolution by Winograd's algorithm: tiles are transformed to points, each point is a matrix product of its own, the
//! products are transformed back.
//!
//! F(4x4, 3x3) needs a quarter of the products and has a relative rms error of 1-2e-6 where plain f32 sums have 2-6e-7.
//! Its weights are four times as large.
//!
//! It takes filters with stride 1, and those with stride 2 as such: in pairs of rows and of columns a map is one of half the
//! side and four times the channels ([`Phase`]s), the 7x7 stem has 4x4 taps on it (the eighth row and column are zero) and a 3x3
//! filter 2x2 (the fourth are). A filter whose last tap is zero is zero at the point at infinity, so phases whose last row or
//! column is zero take no product there. Of the products of a 3x3 filter with stride 2 that leaves (2m + 1)^2 of 9 m^2 in
//! tiles of m x m: 56 % in tiles of 4, 69 % in tiles of 2. 128 channels at 56x56: 4.05 ms become 2.5; 256 at 28x28: 4.0
//! become 2.9.

mod size;
mod tiles;
mod transforms;

use super::aligned::Aligned;
use super::bilinear::{Bilinear, Planes, Shape};
use super::call::Call;
use super::lanes::F32x4;
use super::layout::Layout;
use super::micro_kernel::PANEL;
pub use size::TileSize;
use size::{Phase, Taps};
use tiles::{Finish, filter, input_tile, output_tile};
use transforms::{F2, F3, F4, Half2, Half4, Transform};

/// Row groups of one block of tiles: about 18 tiles, whose points and products (two times 200 KB for 64 channels) stay in
/// the second-level cache.
const BLOCK_GROUPS: usize = 3;

pub struct Winograd {
    input: Layout,
    output: Layout,
    size: TileSize,
    /// Tiles of one row of the map.
    across: usize,
    phases: Vec<Phase>,
    bias: Aligned,
    products: Bilinear,
}

impl Winograd {
    /// `weight` is OIHW.
    pub fn plan(size: TileSize, input: &Layout, output: &Layout, weight: &[f32], bias: &[f32]) -> Winograd {
        let (kernel, stride) = size.filter();
        assert!(size.fits(input, output, kernel, stride));
        assert!(output.pixel >= output.channels.next_multiple_of(PANEL), "a pixel has room for whole panels");
        let phases = size.phases(input.channels);
        // The taps on a channel of the points.
        let taps = |k: usize, c: usize| -> Taps {
            let phase = phases.iter().rfind(|phase| phase.first <= c).expect("the first phase starts at 0");
            // A run of two pixels is two columns.
            let (column, c) = ((c - phase.first) / input.channels, (c - phase.first) % input.channels);
            let (row, column) = (phase.row, phase.column + column);
            let from = &weight[(k * input.channels + c) * kernel * kernel..][..kernel * kernel];
            let tap = |y: usize, x: usize| if y < kernel && x < kernel { f64::from(from[y * kernel + x]) } else { 0.0 };
            std::array::from_fn(|y| std::array::from_fn(|x| tap(y * stride + row, x * stride + column)))
        };
        let filter = match size {
            TileSize::T2x2 => filter::<F2, F2, 4, 4>,
            TileSize::T2x4 => filter::<F2, F4, 4, 6>,
            TileSize::T4x4 => filter::<F4, F4, 6, 6>,
            TileSize::Stem3x3 => filter::<F3, F3, 6, 6>,
            TileSize::Strided2x2 => filter::<Half2, Half2, 3, 3>,
            TileSize::Strided4x4 => filter::<Half4, Half4, 5, 5>,
        };
        let shape = Shape {
            tiles: size.tiles(output),
            block_groups: BLOCK_GROUPS,
            channels: size.channels(input.channels),
            outputs: output.channels,
            temporary: size.points() * F32x4::LANES,
        };
        let products = Bilinear::plan(shape, |k, c, to| filter(&taps(k, c), to));
        Winograd {
            input: *input,
            output: *output,
            size,
            across: output.width.div_ceil(size.columns()),
            phases,
            bias: Aligned::padded(bias, PANEL),
            products,
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
                TileSize::Stem3x3 => self.tiles::<F3, F3, 6, 6>(call, scratch),
                TileSize::Strided2x2 => self.tiles::<Half2, Half2, 3, 3>(call, scratch),
                TileSize::Strided4x4 => self.tiles::<Half4, Half4, 5, 5>(call, scratch),
            }
        }
    }

    unsafe fn tiles<Y: Transform<YI>, X: Transform<XI>, const YI: usize, const XI: usize>(
        &self,
        call: &Call,
        scratch: *mut f32,
    ) {
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
                for phase in &self.phases {
                    let from = from.add(phase.row * i.pitch + phase.column * i.pixel);
                    // In order: what a phase leaves behind its end is overwritten, or in the skew, or not read.
                    let to = Planes { data: to.data.add(phase.first), ..to };
                    let channels = phase.channels.next_multiple_of(F32x4::LANES);
                    let transform = match (phase.last_row, phase.last_column) {
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
