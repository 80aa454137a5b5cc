//! Weights as the kernels read them. Packed once, when a layer is planned.

use super::Aligned;
use super::tile::PANEL;
use super::winograd_transforms::Line;
use std::ops::Range;

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

/// One output of what [`gemm`] packed, as it was: `[inputs][taps]`.
pub fn gemm_output(packed: &[f32], output: usize, inputs: usize, taps: usize) -> Vec<f32> {
    let panel = &packed[output / PANEL * PANEL * inputs * taps..][..PANEL * inputs * taps];
    let at = |c: usize, t: usize| panel[(t * inputs + c) * PANEL + output % PANEL];
    (0..inputs).flat_map(|c| (0..taps).map(move |t| at(c, t))).collect()
}

/// The taps of one pair of channels, up to 4x4.
pub type Taps = [[f64; 4]; 4];

/// One point's share of the weights.
pub struct Plane {
    /// The channels it has, of those of all points.
    pub depth: Range<usize>,
    /// Input channels of one pass over the panels.
    pub slice: usize,
    /// Where its weights start.
    pub weights: usize,
}

/// The shares of points that have those channels, in passes of `slice` channels at most.
pub fn planes(depths: Vec<Range<usize>>, outputs: usize, slice: usize) -> Vec<Plane> {
    let mut end = 0;
    let plane = |depth: Range<usize>| {
        let weights = end;
        end += depth.len() * outputs.next_multiple_of(PANEL);
        Plane { slice: depth.len().div_ceil(depth.len().div_ceil(slice)), depth, weights }
    };
    depths.into_iter().map(plane).collect()
}

/// `[point][C/slice][K/8][slice][8]`, where `taps` gives the filter from an input to an output channel and `filter` takes it
/// to the points.
pub fn winograd(
    outputs: usize,
    planes: &[Plane],
    taps: impl Fn(usize, usize) -> Taps,
    filter: fn(&Taps, &mut [f64; 36]),
) -> Aligned {
    let padded = outputs.next_multiple_of(PANEL);
    let inputs = planes.iter().map(|plane| plane.depth.end).max().unwrap_or(0);
    let mut packed = Aligned::zeros(planes.iter().map(|plane| plane.depth.len() * padded).sum());
    let mut values = [0.0; 36];
    for first in (0..outputs).step_by(PANEL) {
        for c in 0..inputs {
            for k in first..outputs.min(first + PANEL) {
                filter(&taps(k, c), &mut values);
                for (plane, &value) in planes.iter().zip(&values).filter(|(plane, _)| plane.depth.contains(&c)) {
                    let Plane { ref depth, slice, weights } = *plane;
                    let start = (c - depth.start) / slice * slice; // of its pass
                    let pass = slice.min(depth.len() - start);
                    let at = start * padded + first * pass + (c - depth.start - start) * PANEL + k - first;
                    packed[weights + at] = value as f32;
                }
            }
        }
    }
    packed
}

/// `Y taps X^T`, row by row; in f64, so that a weight is rounded once.
pub fn filter<Y: Line<YI>, X: Line<XI>, const YI: usize, const XI: usize>(taps: &Taps, to: &mut [f64; 36]) {
    let dot = |a: [f64; 4], b: [f64; 4]| a[0] * b[0] + a[1] * b[1] + a[2] * b[2] + a[3] * b[3];
    for (y, row) in Y::FILTER.into_iter().enumerate() {
        let line = std::array::from_fn(|x| dot(row, std::array::from_fn(|t| taps[t][x])));
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
