//! Weights as the kernels read them. Packed once, when a layer is planned.

use super::Aligned;
use super::tile::PANEL;
use super::winograd_transforms::Line;

/// OIHW to `[K/8][tap][C][8]`, the last panel filled up with zeros.
pub fn gemm(weight: &[f32], outputs: usize, inputs: usize, taps: usize) -> Aligned {
    let mut packed = Aligned::zeros(outputs.next_multiple_of(PANEL) * inputs * taps);
    for k in 0..outputs {
        let panel = &mut packed[k / PANEL * PANEL * inputs * taps..][..PANEL * inputs * taps];
        for c in 0..inputs {
            for t in 0..taps {
                panel[(t * inputs + c) * PANEL + k % PANEL] = weight[(k * inputs + c) * taps + t];
            }
        }
    }
    packed
}

/// OIHW (3x3) to `[point][C/slice][K/8][slice][8]`; `filter` takes nine taps to the points.
pub fn winograd(
    weight: &[f32],
    outputs: usize,
    inputs: usize,
    points: usize,
    slice: usize,
    filter: impl Fn(&[f32], &mut [f64]),
) -> Aligned {
    let padded = outputs.next_multiple_of(PANEL);
    let plane = padded * inputs;
    let mut packed = Aligned::zeros(points * plane);
    let mut values = [0.0; 36];
    for first in (0..outputs).step_by(PANEL) {
        for c in 0..inputs {
            let start = c / slice * slice;
            let depth = slice.min(inputs - start);
            let at = start * padded + first * depth + (c - start) * PANEL;
            for k in first..outputs.min(first + PANEL) {
                filter(&weight[(k * inputs + c) * 9..][..9], &mut values);
                for (point, &value) in values[..points].iter().enumerate() {
                    packed[point * plane + at + k - first] = value as f32;
                }
            }
        }
    }
    packed
}

/// `Y taps X^T`, row by row; in f64, so that a weight is rounded once.
pub fn filter<Y: Line<YI>, X: Line<XI>, const YI: usize, const XI: usize>(taps: &[f32], to: &mut [f64]) {
    let dot = |a: [f64; 3], b: [f64; 3]| a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
    let tap = |y: usize, x: usize| f64::from(taps[y * 3 + x]);
    for (y, row) in Y::FILTER.into_iter().enumerate() {
        let line: [f64; 3] = std::array::from_fn(|x| dot(row, [tap(0, x), tap(1, x), tap(2, x)]));
        for (x, column) in X::FILTER.into_iter().enumerate() {
            to[y * XI + x] = dot(line, column);
        }
    }
}

/// Filled up with zeros to whole panels: padding channels of the output then stay zero.
pub fn bias(bias: &[f32]) -> Aligned {
    let mut padded = Aligned::zeros(bias.len().next_multiple_of(PANEL));
    padded[..bias.len()].copy_from_slice(bias);
    padded
}
