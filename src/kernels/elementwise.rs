//! The sum of two branches, and the shortcut without parameters.

use super::lanes::F32x4;
use super::layout::Layout;

/// `output = relu(identity_scale * identity + residual_scale * residual)`, all three lying alike.
/// A branch that is `None` counts as zero.
pub fn sum_relu(layout: &Layout, identity: Option<(&[f32], f32)>, residual: Option<(&[f32], f32)>, output: &mut [f32]) {
    let fits = |branch: Option<(&[f32], f32)>| branch.is_none_or(|(data, _)| data.len() == layout.len());
    assert!(fits(identity) && fits(residual) && output.len() == layout.len());
    assert_eq!(layout.pixel % F32x4::LANES, 0);
    for y in 0..layout.height {
        let start = layout.at(y, 0);
        for at in (start..start + layout.width * layout.pixel).step_by(F32x4::LANES) {
            // SAFETY: four floats of a row of valid pixels, whose length is a multiple of four.
            let load =
                |(data, scale): (&[f32], f32)| unsafe { F32x4::load(data.as_ptr().add(at)) * F32x4::splat(scale) };
            let sum = match (identity, residual) {
                (Some(i), Some(r)) => load(i) + load(r),
                (Some(branch), None) | (None, Some(branch)) => load(branch),
                (None, None) => F32x4::splat(0.0),
            };
            // SAFETY: as above.
            unsafe { sum.relu().store(output.as_mut_ptr().add(at)) };
        }
    }
}

/// `map = relu(map)`, in place. A NaN stays one, as it does in every kernel.
pub fn relu(layout: &Layout, map: &mut [f32]) {
    assert_eq!(map.len(), layout.len());
    for y in 0..layout.height {
        let row = &mut map[layout.at(y, 0)..][..layout.width * layout.pixel];
        row.iter_mut().for_each(|value| *value = if *value < 0.0 { 0.0 } else { *value }); // `f32::max` drops a NaN
    }
}

/// Option A (He et al., section 3.3): every second pixel, channels zero-padded evenly on both sides.
pub fn option_a(input: &Layout, from: &[f32], output: &Layout, to: &mut [f32]) {
    assert_eq!((output.height, output.width), (input.height.div_ceil(2), input.width.div_ceil(2)));
    let pad = output.channels.checked_sub(input.channels).expect("channels are added") / 2;
    for y in 0..output.height {
        for x in 0..output.width {
            let (f, t) = (input.at(2 * y, 2 * x), output.at(y, x));
            let pixel = &mut to[t..t + output.channels];
            pixel.fill(0.0);
            pixel[pad..pad + input.channels].copy_from_slice(&from[f..f + input.channels]);
        }
    }
}
