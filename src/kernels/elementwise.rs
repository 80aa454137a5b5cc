//! The sum of two branches, batch norm on its own, and the shortcut without parameters.

use super::aligned::Aligned;
use super::lanes::F32x4;
use super::layout::Layout;
use super::parallel::{self, Shared};

/// `output = [relu](identity_scale * identity + residual_scale * residual)`, all three lying alike.
/// A branch that is `None` counts as zero.
pub fn sum(
    layout: &Layout,
    identity: Option<(&[f32], f32)>,
    residual: Option<(&[f32], f32)>,
    relu: bool,
    output: &mut [f32],
) {
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
            let sum = if relu { sum.relu() } else { sum };
            // SAFETY: as above.
            unsafe { sum.store(output.as_mut_ptr().add(at)) };
        }
    }
}

/// Batch norm that no convolution before it takes in: a scale and a shift of every channel.
pub struct Norm {
    /// Per channel, padded to the pixel with zeros: what a map holds in its padding channels stays zero.
    scale: Aligned,
    shift: Aligned,
    layout: Layout,
}

impl Norm {
    /// For maps of that layout, one scale and one shift a channel.
    ///
    /// # Panics
    /// Where there are not as many as channels.
    pub fn plan(layout: Layout, scale: &[f32], shift: &[f32]) -> Norm {
        assert_eq!([scale.len(), shift.len()], [layout.channels; 2]);
        assert_eq!(layout.pixel % F32x4::LANES, 0);
        Norm { scale: Aligned::padded(scale, layout.pixel), shift: Aligned::padded(shift, layout.pixel), layout }
    }

    /// `to = [relu](scale * from + shift)`.
    pub fn run(&self, from: &[f32], relu: bool, to: &mut [f32]) {
        let Norm { scale, shift, layout } = self;
        assert!(from.len() == layout.len() && to.len() == layout.len());
        let to = Shared::new(to.as_mut_ptr());
        parallel::for_each(layout.height, |y| {
            for x in 0..layout.width {
                let at = layout.at(y, x);
                for c in (0..layout.pixel).step_by(F32x4::LANES) {
                    // SAFETY: four floats of a pixel, of scale and shift, which are as long. No two rows share a float.
                    unsafe {
                        let (scale, shift) = (F32x4::load(scale.as_ptr().add(c)), F32x4::load(shift.as_ptr().add(c)));
                        let value = shift.madd(F32x4::load(from.as_ptr().add(at + c)), scale);
                        let value = if relu { value.relu() } else { value };
                        value.store(to.add(at + c));
                    }
                }
            }
        });
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
