//! Pooling.

use super::Layout;

/// 3x3 max pooling with stride 2 and padding 1. The input must not be negative (it comes from a ReLU): the halo's zeros
/// then stand for the padding.
pub fn max_pool(input: &Layout, from: &[f32], output: &Layout, to: &mut [f32]) {
    assert_eq!((output.height, output.width), (input.height.div_ceil(2), input.width.div_ceil(2)));
    assert_eq!((input.halo, input.channels), (1, output.channels));
    for y in 0..output.height {
        for x in 0..output.width {
            let at = output.at(y, x);
            let to = &mut to[at..at + output.channels];
            to.fill(0.0);
            for row in 0..3 {
                for column in 0..3 {
                    // one up and one left of pixel (2y, 2x), halo included
                    let start = (2 * y + row) * input.pitch + (2 * x + column) * input.pixel;
                    let from = &from[start..start + input.channels];
                    to.iter_mut().zip(from).for_each(|(t, &f)| *t = t.max(f));
                }
            }
        }
    }
}

/// The mean of every channel over the map, into the single pixel of `output`.
pub fn global_average_pool(input: &Layout, from: &[f32], output: &Layout, to: &mut [f32]) {
    let at = output.at(0, 0);
    let to = &mut to[at..at + input.channels];
    to.fill(0.0);
    for pixel in input.pixels(from) {
        to.iter_mut().zip(pixel).for_each(|(t, f)| *t += f);
    }
    let scale = 1.0 / (input.height * input.width) as f32;
    to.iter_mut().for_each(|t| *t *= scale);
}
