//! The sum of two branches, and the shortcut without parameters.

use super::Layout;

/// `output = relu(identity_scale * identity + residual_scale * residual)`, all three lying alike.
/// A branch that is `None` counts as zero.
pub fn sum_relu(layout: &Layout, identity: Option<(&[f32], f32)>, residual: Option<(&[f32], f32)>, output: &mut [f32]) {
    for y in 0..layout.height {
        let (start, end) = (layout.at(y, 0), layout.at(y, 0) + layout.width * layout.pixel);
        let out = &mut output[start..end];
        match (identity, residual) {
            (Some((i, a)), Some((r, b))) => out
                .iter_mut()
                .zip(i[start..end].iter().zip(&r[start..end]))
                .for_each(|(o, (i, r))| *o = (a * i + b * r).max(0.0)),
            (Some((x, a)), None) | (None, Some((x, a))) => {
                out.iter_mut().zip(&x[start..end]).for_each(|(o, x)| *o = (a * x).max(0.0));
            }
            (None, None) => out.fill(0.0),
        }
    }
}

/// Option A (He et al., section 3.3): every second pixel, channels zero-padded evenly on both sides.
pub fn option_a(input: &Layout, from: &[f32], output: &Layout, to: &mut [f32]) {
    assert_eq!((output.height, output.width), (input.height.div_ceil(2), input.width.div_ceil(2)));
    let pad = (output.channels - input.channels) / 2;
    for y in 0..output.height {
        for x in 0..output.width {
            let (f, t) = (input.at(2 * y, 2 * x), output.at(y, x));
            let pixel = &mut to[t..t + output.channels];
            pixel.fill(0.0);
            pixel[pad..pad + input.channels].copy_from_slice(&from[f..f + input.channels]);
        }
    }
}
