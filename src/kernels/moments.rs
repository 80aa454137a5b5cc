//! Sums over two maps at once, and over what becomes of their sum.

use super::Layout;
use super::lanes::F32x4;

/// Over all values of one map.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Moments {
    pub sum: f64,
    pub square: f64,
    pub min: f32,
    pub max: f32,
}

/// Over the values x and f of two maps, s = a x + b f, and relu(s).
#[derive(Clone, Copy, Debug)]
pub struct PairMoments {
    pub x: Moments,
    pub f: Moments,
    pub s: Moments,
    pub output: Moments,
    /// Sum of x f.
    pub dot: f64,
    /// How many s are below zero.
    pub below_zero: f64,
}

/// What is carried from value to value: two loads and some twenty operations per four values. The moments of s but for its
/// extremes follow from the others.
#[derive(Clone, Copy)]
struct Sums {
    square: [F32x4; 3],
    max: [F32x4; 3],
    /// Of the negated values, so that one instruction does for both ends.
    negated_min: [F32x4; 3],
    dot: F32x4,
    below_zero: F32x4,
}

impl Sums {
    fn new() -> Sums {
        let (zero, lowest) = (F32x4::splat(0.0), F32x4::splat(f32::NEG_INFINITY));
        Sums { square: [zero; 3], max: [lowest; 3], negated_min: [lowest; 3], dot: zero, below_zero: zero }
    }

    /// Adds x, f, and what becomes of them; returns the output.
    #[inline(always)]
    fn add(&mut self, x: F32x4, f: F32x4, s: F32x4) -> F32x4 {
        let output = s.relu();
        self.square = [self.square[0].madd(x, x), self.square[1].madd(f, f), self.square[2].madd(output, output)];
        let zero = F32x4::splat(0.0);
        for (i, v) in [x, f, s].into_iter().enumerate() {
            self.max[i] = self.max[i].max(v);
            self.negated_min[i] = self.negated_min[i].max(zero - v);
        }
        self.dot = self.dot.madd(x, f);
        self.below_zero = self.below_zero + s.below_zero();
        output
    }
}

fn total(lanes: F32x4) -> f64 {
    lanes.to_array().iter().map(|&v| f64::from(v)).sum()
}

fn largest(lanes: F32x4) -> f32 {
    lanes.to_array().into_iter().fold(f32::NEG_INFINITY, f32::max)
}

/// Gathers the moments of `x` and `f`, two maps of one layout, with `s = scales.0 * x + scales.1 * f`. `per_pixel` is told the
/// sums over channels of x, f and relu(s), pixel by pixel.
///
/// Squares are summed in f32 along a row of pixels, rows in f64: the rms is good to about 1e-6.
pub fn pair_moments(
    layout: &Layout,
    x: &[f32],
    f: &[f32],
    scales: (f32, f32),
    mut per_pixel: impl FnMut(f64, f64, f64),
) -> PairMoments {
    layout.check();
    assert!(x.len() == layout.len() && f.len() == layout.len());
    let (a, b) = (F32x4::splat(scales.0), F32x4::splat(scales.1));
    let whole = layout.channels / F32x4::LANES * F32x4::LANES;
    let mut all = Sums::new(); // extremes over everything; the rest is emptied into f64 after each row
    let (mut sums, mut squares, mut dot, mut below_zero) = ([0.0; 3], [0.0; 3], 0.0, 0.0);
    for y in 0..layout.height {
        for column in 0..layout.width {
            let at = layout.at(y, column);
            let zero = F32x4::splat(0.0);
            let mut pixel = [zero; 3];
            let mut add = |x: F32x4, f: F32x4| {
                let output = all.add(x, f, a * x + b * f);
                pixel = [pixel[0] + x, pixel[1] + f, pixel[2] + output];
            };
            for at in (at..at + whole).step_by(F32x4::LANES) {
                // SAFETY: four channels of a pixel of the layout, whose length both slices have.
                unsafe { add(F32x4::load(x.as_ptr().add(at)), F32x4::load(f.as_ptr().add(at))) };
            }
            // The last channels one by one, four times over, and a quarter of it counted: rare, and exact.
            let mut tail = [0.0; 3];
            for at in at + whole..at + layout.channels {
                let s = scales.0 * x[at] + scales.1 * f[at];
                let mut one = Sums::new();
                let output = one.add(F32x4::splat(x[at]), F32x4::splat(f[at]), F32x4::splat(s));
                for (i, square) in squares.iter_mut().enumerate() {
                    all.max[i] = all.max[i].max(one.max[i]);
                    all.negated_min[i] = all.negated_min[i].max(one.negated_min[i]);
                    *square += total(one.square[i]) / 4.0;
                }
                dot += total(one.dot) / 4.0;
                below_zero += total(one.below_zero) / 4.0;
                [x[at], f[at], output.to_array()[0]].iter().zip(&mut tail).for_each(|(v, t)| *t += f64::from(*v));
            }
            let pixel: [f64; 3] = std::array::from_fn(|i| total(pixel[i]) + tail[i]);
            per_pixel(pixel[0], pixel[1], pixel[2]);
            (0..3).for_each(|i| sums[i] += pixel[i]);
        }
        let row = Sums { max: all.max, negated_min: all.negated_min, ..Sums::new() };
        let row = std::mem::replace(&mut all, row);
        (0..3).for_each(|i| squares[i] += total(row.square[i]));
        dot += total(row.dot);
        below_zero += total(row.below_zero);
    }
    let [x, f, s] = std::array::from_fn(|i| (-largest(all.negated_min[i]), largest(all.max[i])));
    let (a, b) = (f64::from(scales.0), f64::from(scales.1));
    let moments = |sum, square, (min, max)| Moments { sum, square, min, max };
    PairMoments {
        x: moments(sums[0], squares[0], x),
        f: moments(sums[1], squares[1], f),
        s: moments(
            a * sums[0] + b * sums[1],
            (a * a * squares[0] + b * b * squares[1] + 2.0 * a * b * dot).max(0.0),
            s,
        ),
        output: moments(sums[2], squares[2], (s.0.max(0.0), s.1.max(0.0))),
        dot,
        below_zero,
    }
}
