//! The linear maps of Winograd's convolution in one dimension.
//!
//! F(m, r) computes m outputs of an r-tap filter from m + r - 1 inputs with as many products instead of m r, as
//! `outputs((filter g) * (input d))` (Lavin and Gray 2015, arXiv 1509.09308). The evaluation points are 0, 1, -1 and
//! infinity, with six inputs also 2 and -2; of a 2-tap filter 0, 1, infinity, with five inputs also -1 and 2.

use crate::kernels::lanes::F32x4;

/// F(m, r) for one m and r.
pub trait Transform<const IN: usize> {
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

impl Transform<4> for F2 {
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

impl Transform<6> for F4 {
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

impl Transform<6> for F3 {
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

impl Transform<3> for Half2 {
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

impl Transform<5> for Half4 {
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
