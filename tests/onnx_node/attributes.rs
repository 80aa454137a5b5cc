//! Every attribute that pooling and convolution may have, up to a size: whatever is taken computes what ONNX defines, on odd and on even
//! maps.

use super::{Array, map};
use skipscope::kernels::{Conv, Layout, average_pool, max_pool};
use skipscope::weights::formats::onnx::{Pads, Window};
use skipscope::weights::recognise::graph::kernel;
use std::ops::Range;

/// What a window sees along a side.
struct Place {
    /// Of the input.
    seen: Range<usize>,
    /// Where it begins, which may be in the padding.
    from: i64,
    /// How many places it covers, padding with them.
    covers: usize,
}

/// The places of a window along a side of `n` pixels, as ONNX defines them, for every output.
fn places(window: &Window, axis: usize, n: usize, ceil: bool) -> Vec<Place> {
    let [kernel, stride] = [window.kernel[axis], window.stride[axis]].map(|n| n as i64);
    let n = n as i64;
    let (before, after, outputs) = match window.pads {
        Pads::Explicit(pads) => {
            let (before, after) = (pads[axis] as i64, pads[axis + 2] as i64);
            let span = n + before + after - kernel;
            if span < 0 {
                return Vec::new();
            }
            let outputs = if ceil { span / stride + 1 + i64::from(span % stride > 0) } else { span / stride + 1 };
            // A last window that would begin in the padding at the end is left out.
            let outputs = if ceil && (outputs - 1) * stride >= n + before { outputs - 1 } else { outputs };
            (before, after, outputs)
        }
        upper_or_lower => {
            let outputs = (n + stride - 1) / stride;
            let total = ((outputs - 1) * stride + kernel - n).max(0);
            let less = total / 2;
            match upper_or_lower {
                Pads::SameUpper => (less, total - less, outputs),
                _ => (total - less, less, outputs),
            }
        }
    };
    let place = |o: i64| {
        let (from, to) = (o * stride - before, o * stride - before + kernel);
        let seen = from.max(0) as usize..to.clamp(0, n) as usize;
        Place { seen, from, covers: (to.min(n + after) - from) as usize }
    };
    (0..outputs).map(place).collect()
}

const PADS: [Pads; 2] = [Pads::SameUpper, Pads::SameLower];

/// Every way to pad with up to so many pixels, and both automatic ones.
fn paddings(most: usize) -> impl Iterator<Item = Pads> {
    let explicit = (0..(most + 1).pow(4))
        .map(move |n| Pads::Explicit([0, 1, 2, 3].map(|digit: u32| n / (most + 1).pow(digit) % (most + 1))));
    explicit.chain(PADS)
}

fn plane(side: usize) -> Array {
    Array { shape: vec![1, 1, side, side], values: (0..side * side).map(|i| ((i * 37) % 101) as f32 - 50.0).collect() }
}

#[test]
fn whatever_pooling_is_taken_is_computed() {
    let mut taken = [0, 0];
    for (kernel, stride, pads) in
        (1..=4).flat_map(|k| (1..=3).flat_map(move |s| paddings(2).map(move |pads| (k, s, pads))))
    {
        let window = Window { kernel: [kernel; 2], stride: [stride; 2], pads, dilation: [1; 2] };
        for (side, ceil, include) in
            (5..=8).flat_map(|n| [(n, false, false), (n, false, true), (n, true, false), (n, true, true)])
        {
            let x = plane(side);
            let [rows, columns] = [0, 1].map(|axis| places(&window, axis, side, ceil));
            let expected = |of: fn(Vec<f32>, usize) -> f32| -> Vec<f32> {
                let each = rows.iter().flat_map(|row| columns.iter().map(move |column| (row, column)));
                each.map(|(row, column)| {
                    let pixels = row.seen.clone().flat_map(|y| column.seen.clone().map(move |x| y * side + x));
                    of(pixels.map(|p| x.values[p]).collect(), row.covers * column.covers)
                })
                .collect()
            };
            let compare = |expected: Vec<f32>, pool: fn(&Layout, &[f32], &Layout, &mut [f32])| {
                let output = Layout::map(side.div_ceil(2), side.div_ceil(2), 1);
                let (input, data) = map(&x);
                let mut to = vec![0.0; output.len()];
                pool(&input, &data, &output, &mut to);
                let found: Vec<f32> = output.pixels(&to).flatten().copied().collect();
                let same =
                    found.len() == expected.len() && found.iter().zip(&expected).all(|(a, b)| (a - b).abs() < 1e-4);
                assert!(
                    same,
                    "{window:?}, ceil {ceil}, pads counted {include}, side {side}: {found:?}, not {expected:?}"
                );
            };
            let even = side % 2 == 0;
            if kernel::max_pool(&window, ceil, None, even).is_ok() {
                taken[0] += 1;
                compare(expected(|seen, _| seen.into_iter().fold(f32::NEG_INFINITY, f32::max)), max_pool);
            }
            if kernel::average_pool(&window, ceil, include, even).is_ok() {
                taken[1] += 1;
                let mean = |seen: Vec<f32>, all: usize| seen.iter().sum::<f32>() / all as f32;
                let alone = |seen: Vec<f32>, _: usize| seen.iter().sum::<f32>() / seen.len() as f32;
                compare(if include { expected(mean) } else { expected(alone) }, average_pool);
            }
        }
    }
    println!("{taken:?} ways of pooling are taken");
    assert!(taken[0] >= 20 && taken[1] >= 12, "{taken:?}");
}

#[test]
fn whatever_convolution_is_taken_is_computed() {
    let mut taken = 0;
    for (kernel, stride, pads) in
        (1..=5).flat_map(|k| (1..=3).flat_map(move |s| paddings(2).map(move |pads| (k, s, pads))))
    {
        let window = Window { kernel: [kernel; 2], stride: [stride; 2], pads, dilation: [1; 2] };
        let Ok(filter) = kernel::conv(&window, 1, [0; 4]) else { continue };
        for side in 5..=8 {
            taken += 1;
            // A halo of 1 is all that a map has; larger filters read images.
            let (x, weight) = (plane(side), (0..kernel * kernel).map(|i| i as f32 - 3.0).collect::<Vec<f32>>());
            let input = Layout::image(side, side, 1, kernel);
            let mut data = vec![0.0; input.len()];
            x.values.iter().enumerate().for_each(|(p, &v)| data[input.at(p / side, p % side)] = v);
            let output = Layout::map(side.div_ceil(stride), side.div_ceil(stride), 1);
            let conv = Conv::plan(input, output, filter, &weight, &[0.0]);
            let mut to = vec![0.0; output.len()];
            conv.run(&data, None, false, &mut to, &mut vec![0.0; conv.scratch_len()]);
            let found: Vec<f32> = output.pixels(&to).flatten().copied().collect();
            let [rows, columns] = [0, 1].map(|axis| places(&window, axis, side, false));
            let mut expected = Vec::new();
            for (row, column) in rows.iter().flat_map(|row| columns.iter().map(move |column| (row, column))) {
                let pixels = row.seen.clone().flat_map(|y| column.seen.clone().map(move |x| (y, x)));
                let product = |(y, c): (usize, usize)| {
                    let tap = (y as i64 - row.from) * kernel as i64 + c as i64 - column.from;
                    x.values[y * side + c] * weight[tap as usize]
                };
                expected.push(pixels.map(product).sum::<f32>());
            }
            let same = found.len() == expected.len() && found.iter().zip(&expected).all(|(a, b)| (a - b).abs() < 0.1);
            assert!(same, "{window:?}, side {side}: {found:?}, not {expected:?}");
        }
    }
    println!("{taken} convolutions are taken");
    assert!(taken >= 40);
}
