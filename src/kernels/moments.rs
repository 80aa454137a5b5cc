//! Sums over two maps at once, and over what becomes of their sum.

use super::lanes::F32x4;
use super::layout::Layout;
use super::parallel::{self, Shared};

/// Over all values of one map.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Moments {
    /// The sum of all values.
    pub sum: f64,
    /// The sum of their squares.
    pub square: f64,
    /// The least value.
    pub min: f32,
    /// The greatest value.
    pub max: f32,
}

/// Over the values x and f of two maps, s = a x + b f, and relu(s).
#[derive(Clone, Copy, Debug)]
pub struct PairMoments {
    /// The values of x.
    pub x: Moments,
    /// The values of f.
    pub f: Moments,
    /// The values of s.
    pub s: Moments,
    /// The values of relu(s).
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

/// What one row of pixels comes to, in f64 but for the extremes.
#[derive(Clone)]
struct Row {
    sums: [f64; 3],
    squares: [f64; 3],
    dot: f64,
    below_zero: f64,
    /// Lowest and highest of x, f and s.
    ranges: [(f32, f32); 3],
}

impl Row {
    const EMPTY: Row = Row {
        sums: [0.0; 3],
        squares: [0.0; 3],
        dot: 0.0,
        below_zero: 0.0,
        ranges: [(f32::INFINITY, f32::NEG_INFINITY); 3],
    };

    fn add(&mut self, other: &Row) {
        for i in 0..3 {
            self.sums[i] += other.sums[i];
            self.squares[i] += other.squares[i];
            let (low, high) = other.ranges[i];
            self.ranges[i] = (self.ranges[i].0.min(low), self.ranges[i].1.max(high));
        }
        self.dot += other.dot;
        self.below_zero += other.below_zero;
    }
}

/// Gathers the moments of `x` and `f`, two maps of one layout, with `s = scales.0 * x + scales.1 * f`. `pixels` receives the
/// sums over channels of x, f and relu(s), pixel by pixel.
///
/// Squares are summed in f32 along a row of pixels, rows in f64: the rms is good to about 1e-6. Threads share the rows, which are
/// added up in their order: the result does not depend on how many threads there are.
pub fn pair_moments(layout: &Layout, x: &[f32], f: &[f32], scales: (f32, f32), pixels: &mut [[f64; 3]]) -> PairMoments {
    assert!(x.len() == layout.len() && f.len() == layout.len());
    assert_eq!(pixels.len(), layout.height * layout.width);
    let mut rows = vec![Row::EMPTY; layout.height];
    let (to_rows, to_pixels) = (Shared::new(rows.as_mut_ptr()), Shared::new(pixels.as_mut_ptr()));
    parallel::for_each(layout.height, |y| {
        // SAFETY: of `height` rows and `height * width` pixels, this row's, which no other part writes.
        unsafe {
            let pixels = std::slice::from_raw_parts_mut(to_pixels.add(y * layout.width), layout.width);
            *to_rows.add(y) = row(layout, y, x, f, scales, pixels);
        }
    });
    let mut all = Row::EMPTY;
    rows.iter().for_each(|row| all.add(row));

    let Row { sums, squares, dot, below_zero, ranges: [x, f, s] } = all;
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

/// Row `y` of the map.
fn row(layout: &Layout, y: usize, x: &[f32], f: &[f32], scales: (f32, f32), pixels: &mut [[f64; 3]]) -> Row {
    let (a, b) = (F32x4::splat(scales.0), F32x4::splat(scales.1));
    let whole = layout.channels / F32x4::LANES * F32x4::LANES;
    let zero = F32x4::splat(0.0);
    let mut all = Sums::new();
    let mut row = Row::EMPTY;
    for (column, to) in pixels.iter_mut().enumerate() {
        let at = layout.at(y, column);
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
            for (i, square) in row.squares.iter_mut().enumerate() {
                all.max[i] = all.max[i].max(one.max[i]);
                all.negated_min[i] = all.negated_min[i].max(one.negated_min[i]);
                *square += total(one.square[i]) / 4.0;
            }
            row.dot += total(one.dot) / 4.0;
            row.below_zero += total(one.below_zero) / 4.0;
            [x[at], f[at], output.to_array()[0]].iter().zip(&mut tail).for_each(|(v, t)| *t += f64::from(*v));
        }
        *to = std::array::from_fn(|i| total(pixel[i]) + tail[i]);
        (0..3).for_each(|i| row.sums[i] += to[i]);
    }
    (0..3).for_each(|i| row.squares[i] += total(all.square[i]));
    row.dot += total(all.dot);
    row.below_zero += total(all.below_zero);
    row.ranges = std::array::from_fn(|i| (-largest(all.negated_min[i]), largest(all.max[i])));
    row
}
