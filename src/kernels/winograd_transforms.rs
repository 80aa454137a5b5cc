//! The linear maps of Winograd's convolution in one dimension, nested to tiles of two.
//!
//! F(m, r) computes m outputs of an r-tap filter from m + r - 1 inputs with as many products instead of m r, as
//! `outputs((filter g) * (input d))` (Lavin and Gray 2015, arXiv 1509.09308). The evaluation points are 0, 1, -1 and
//! infinity, with six inputs also 2 and -2; of a 2-tap filter 0, 1, infinity, with five inputs also -1 and 2.

use super::bilinear::Planes;
use super::lanes::F32x4;

/// F(m, r) for one m and r.
pub trait Line<const IN: usize> {
    const OUT: usize;

    /// Up to four taps to points; in f64, since it is done once.
    const FILTER: [[f64; 4]; IN];

    /// The last input goes into the last point alone.
    fn input(d: [F32x4; IN]) -> [F32x4; IN];

    /// Only the first `OUT` mean something.
    fn output(m: [F32x4; IN]) -> [F32x4; 4];
}

/// F(2, 3)
pub struct F2;

impl Line<4> for F2 {
    const OUT: usize = 2;

    const FILTER: [[f64; 4]; 4] =
        [[1.0, 0.0, 0.0, 0.0], [0.5, 0.5, 0.5, 0.0], [0.5, -0.5, 0.5, 0.0], [0.0, 0.0, 1.0, 0.0]];

    #[inline(always)]
    fn input(d: [F32x4; 4]) -> [F32x4; 4] {
        [d[0] - d[2], d[1] + d[2], d[2] - d[1], d[1] - d[3]]
    }

    #[inline(always)]
    fn output(m: [F32x4; 4]) -> [F32x4; 4] {
        [m[0] + m[1] + m[2], m[1] - m[2] - m[3], F32x4::splat(0.0), F32x4::splat(0.0)]
    }
}

/// F(4, 3)
pub struct F4;

impl Line<6> for F4 {
    const OUT: usize = 4;

    const FILTER: [[f64; 4]; 6] = [
        [1.0 / 4.0, 0.0, 0.0, 0.0],
        [-1.0 / 6.0, -1.0 / 6.0, -1.0 / 6.0, 0.0],
        [-1.0 / 6.0, 1.0 / 6.0, -1.0 / 6.0, 0.0],
        [1.0 / 24.0, 1.0 / 12.0, 1.0 / 6.0, 0.0],
        [1.0 / 24.0, -1.0 / 12.0, 1.0 / 6.0, 0.0],
        [0.0, 0.0, 1.0, 0.0],
    ];

    #[inline(always)]
    fn input(d: [F32x4; 6]) -> [F32x4; 6] {
        let (four, minus_four, minus_five) = (F32x4::splat(4.0), F32x4::splat(-4.0), F32x4::splat(-5.0));
        let (even, odd) = (d[4].madd(minus_four, d[2]), d[3].madd(minus_four, d[1]));
        let (even2, odd2) = (d[4] - d[2], d[3] - d[1]);
        let odd2 = odd2 + odd2;
        [
            d[4].madd(minus_five, d[2]).madd(four, d[0]),
            even + odd,
            even - odd,
            even2 + odd2,
            even2 - odd2,
            d[5].madd(minus_five, d[3]).madd(four, d[1]),
        ]
    }

    #[inline(always)]
    fn output(m: [F32x4; 6]) -> [F32x4; 4] {
        let (sum1, difference1) = (m[1] + m[2], m[1] - m[2]);
        let (sum2, difference2) = (m[3] + m[4], m[3] - m[4]);
        [
            m[0] + sum1 + sum2,
            difference1.madd(F32x4::splat(2.0), difference2),
            sum1.madd(F32x4::splat(4.0), sum2),
            difference1.madd(F32x4::splat(8.0), difference2) + m[5],
        ]
    }
}

/// F(3, 4), at the points of F(4, 3).
pub struct F3;

impl Line<6> for F3 {
    const OUT: usize = 3;

    const FILTER: [[f64; 4]; 6] = [
        [1.0 / 4.0, 0.0, 0.0, 0.0],
        [-1.0 / 6.0, -1.0 / 6.0, -1.0 / 6.0, -1.0 / 6.0],
        [-1.0 / 6.0, 1.0 / 6.0, -1.0 / 6.0, 1.0 / 6.0],
        [1.0 / 24.0, 1.0 / 12.0, 1.0 / 6.0, 1.0 / 3.0],
        [1.0 / 24.0, -1.0 / 12.0, 1.0 / 6.0, -1.0 / 3.0],
        [0.0, 0.0, 0.0, 1.0],
    ];

    #[inline(always)]
    fn input(d: [F32x4; 6]) -> [F32x4; 6] {
        F4::input(d)
    }

    #[inline(always)]
    fn output(m: [F32x4; 6]) -> [F32x4; 4] {
        let (sum1, sum2) = (m[1] + m[2], m[3] + m[4]);
        [
            m[0] + sum1 + sum2,
            (m[1] - m[2]).madd(F32x4::splat(2.0), m[3] - m[4]),
            sum1.madd(F32x4::splat(4.0), sum2) + m[5],
            F32x4::splat(0.0),
        ]
    }
}

/// F(2, 2), for filters of stride 2 on every second pixel.
pub struct Half2;

impl Line<3> for Half2 {
    const OUT: usize = 2;

    const FILTER: [[f64; 4]; 3] = [[1.0, 0.0, 0.0, 0.0], [1.0, 1.0, 0.0, 0.0], [0.0, 1.0, 0.0, 0.0]];

    #[inline(always)]
    fn input(d: [F32x4; 3]) -> [F32x4; 3] {
        [d[0] - d[1], d[1], d[2] - d[1]]
    }

    #[inline(always)]
    fn output(m: [F32x4; 3]) -> [F32x4; 4] {
        [m[0] + m[1], m[1] + m[2], F32x4::splat(0.0), F32x4::splat(0.0)]
    }
}

/// F(4, 2), likewise.
pub struct Half4;

impl Line<5> for Half4 {
    const OUT: usize = 4;

    const FILTER: [[f64; 4]; 5] = [
        [1.0 / 2.0, 0.0, 0.0, 0.0],
        [-1.0 / 2.0, -1.0 / 2.0, 0.0, 0.0],
        [-1.0 / 6.0, 1.0 / 6.0, 0.0, 0.0],
        [1.0 / 6.0, 1.0 / 3.0, 0.0, 0.0],
        [0.0, 1.0, 0.0, 0.0],
    ];

    #[inline(always)]
    fn input(d: [F32x4; 5]) -> [F32x4; 5] {
        let (two, minus_two, three) = (F32x4::splat(2.0), F32x4::splat(-2.0), F32x4::splat(3.0));
        let odd = d[3] - d[1];
        [
            odd.madd(two, d[0] - d[2]),
            odd - (d[1] + d[2]),
            odd.madd(three, d[1] - d[2]),
            odd,
            (d[4] - d[2]).madd(minus_two, odd),
        ]
    }

    #[inline(always)]
    fn output(m: [F32x4; 5]) -> [F32x4; 4] {
        let (sum, difference) = (m[1] + m[2], m[1] - m[2]);
        [
            m[0] + sum + m[3],
            difference.madd(F32x4::splat(2.0), m[3]),
            sum.madd(F32x4::splat(4.0), m[3]),
            difference.madd(F32x4::splat(8.0), m[3]) + m[4],
        ]
    }
}

/// Transforms the input of one tile, four channels at a time. `from` is the tile's top left pixel, `temporary` holds one
/// tile of vectors. Without `LAST_ROW` or `LAST_COLUMN` nothing is written to the last of the points, nor read from the last of
/// the tile: the others of [`Line::input`] do not depend on it.
///
/// # Safety
/// The tile's rows and columns are readable at `from` for `channels` (a multiple of four) floats each; `to` is one tile's
/// row in planes that hold as many; `temporary` has room for `YI * XI` vectors.
pub unsafe fn input_tile<
    Y: Line<YI>,
    X: Line<XI>,
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
pub unsafe fn output_tile<Y: Line<YI>, X: Line<XI>, const YI: usize, const XI: usize>(
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
