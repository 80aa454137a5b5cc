//! The transforms of whole tiles: those of one dimension, nested.

use super::size::Taps;
use super::transforms::Transform;
use crate::kernels::bilinear::{MOST_POINTS, Planes};
use crate::kernels::lanes::F32x4;

/// `Y taps X^T`, row by row.
pub fn filter<Y: Transform<YI>, X: Transform<XI>, const YI: usize, const XI: usize>(
    taps: &Taps,
    to: &mut [f64; MOST_POINTS],
) {
    let dot = |a: [f64; 4], b: [f64; 4]| a[0] * b[0] + a[1] * b[1] + a[2] * b[2] + a[3] * b[3];
    for (y, row) in Y::FILTER.into_iter().enumerate() {
        let line = std::array::from_fn(|x| dot(row, std::array::from_fn(|t| taps[t][x])));
        for (x, column) in X::FILTER.into_iter().enumerate() {
            to[y * XI + x] = dot(line, column);
        }
    }
}

/// Transforms the input of one tile, four channels at a time. `from` is the tile's top left pixel, `temporary` holds one
/// tile of vectors. Without `LAST_ROW` or `LAST_COLUMN` nothing is written to the last of the points, nor read from the last of
/// the tile: the others of [`Transform::input`] do not depend on it.
///
/// # Safety
/// The tile's rows and columns are readable at `from` for `channels` (a multiple of four) floats each; `to` is one tile's
/// row in planes that hold as many; `temporary` has room for `YI * XI` vectors.
pub unsafe fn input_tile<
    Y: Transform<YI>,
    X: Transform<XI>,
    const YI: usize,
    const XI: usize,
    const LAST_ROW: bool,
    const LAST_COLUMN: bool,
>(
    from: *const f32,
    (pitch, pixel): (usize, usize),
    channels: usize,
    to: Planes<*mut f32>,
    temporary: *mut f32,
) {
    let (rows, columns) = (if LAST_ROW { YI } else { YI - 1 }, if LAST_COLUMN { XI } else { XI - 1 });
    let zero = F32x4::splat(0.0);
    for c in (0..channels).step_by(F32x4::LANES) {
        // SAFETY: the caller's.
        unsafe {
            for x in 0..columns {
                let column = from.add(x * pixel + c);
                let pixel = |y: usize| if y < rows { F32x4::load(column.add(y * pitch)) } else { zero };
                let points = Y::input(std::array::from_fn(pixel));
                for (y, point) in points.into_iter().enumerate().take(rows) {
                    point.store(temporary.add((y * XI + x) * F32x4::LANES));
                }
            }
            for y in 0..rows {
                let row = temporary.add(y * XI * F32x4::LANES);
                let mut plane = to.data.add(y * XI * to.stride + c);
                let point = |x: usize| if x < columns { F32x4::load(row.add(x * F32x4::LANES)) } else { zero };
                for point in X::input(std::array::from_fn(point)).into_iter().take(columns) {
                    point.store(plane);
                    plane = plane.add(to.stride);
                }
            }
        }
    }
}

/// What is done to every output on its way to memory.
pub struct Finish {
    pub bias: *const f32,
    /// At the tile's first pixel; may be null.
    pub residual: *const f32,
    pub relu: bool,
}

/// The outputs of one tile, four channels at a time; only the first `rows` x `columns` pixels are inside the map.
///
/// # Safety
/// As for [`input_tile`], with `to` the tile's first pixel in the output; `finish` holds as many channels.
pub unsafe fn output_tile<Y: Transform<YI>, X: Transform<XI>, const YI: usize, const XI: usize>(
    from: Planes<*const f32>,
    channels: usize,
    finish: &Finish,
    to: *mut f32,
    (pitch, pixel): (usize, usize),
    (rows, columns): (usize, usize),
    temporary: *mut f32,
) {
    for c in (0..channels).step_by(F32x4::LANES) {
        // SAFETY: the caller's; a pixel outside the map is not touched.
        unsafe {
            let mut plane = from.data.add(c);
            for y in 0..YI {
                let values = X::output(std::array::from_fn(|x| F32x4::load(plane.add(x * from.stride))));
                plane = plane.add(XI * from.stride);
                for (x, value) in values.into_iter().enumerate().take(X::OUT) {
                    value.store(temporary.add((x * YI + y) * F32x4::LANES));
                }
            }
            let bias = F32x4::load(finish.bias.add(c));
            for x in 0..columns {
                let column = temporary.add(x * YI * F32x4::LANES);
                let values = Y::output(std::array::from_fn(|y| F32x4::load(column.add(y * F32x4::LANES))));
                for (y, value) in values.into_iter().enumerate().take(Y::OUT) {
                    if y < rows {
                        let at = y * pitch + x * pixel + c;
                        let mut value = value + bias;
                        if !finish.residual.is_null() {
                            value = value + F32x4::load(finish.residual.add(at));
                        }
                        if finish.relu {
                            value = value.relu();
                        }
                        value.store(to.add(at));
                    }
                }
            }
        }
    }
}
