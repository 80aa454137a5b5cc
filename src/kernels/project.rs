//! Maps projected on a few directions in their channels.

use super::components::COMPONENTS;
use super::lanes::F32x4;
use super::layout::Layout;
use super::parallel::{self, Shared};

/// What x, f and relu(s) of one place come to, `s = a x + b f`: a product with each vector.
pub type Projections = [[f32; COMPONENTS]; 3];

/// Projects two maps of one layout, and relu of their sum with `scales`, place by place. Vectors lie one after the other, each as
/// long as a pixel of the layout.
///
/// All three in one pass, and relu(s) computed again where it could be read: of a block of 56 x 56 x 256 every map is 3.4 MB, and
/// reading them is most of the time.
pub fn project(layout: &Layout, x: &[f32], f: &[f32], scales: (f32, f32), vectors: &[f32], to: &mut [Projections]) {
    assert_eq!(layout.pixel % F32x4::LANES, 0);
    assert!(x.len() == layout.len() && f.len() == layout.len());
    assert_eq!((vectors.len(), to.len()), (COMPONENTS * layout.pixel, layout.height * layout.width));
    let shared = Shared::new(to.as_mut_ptr());
    parallel::for_each(layout.height, |y| {
        // SAFETY: of `height * width` places, this row's, which no other part writes.
        let row = unsafe { std::slice::from_raw_parts_mut(shared.add(y * layout.width), layout.width) };
        for (column, place) in row.iter_mut().enumerate() {
            let at = layout.at(y, column);
            // SAFETY: a pixel of the layout, whose length both maps have; the vectors' length was checked.
            *place = unsafe { dots(x.as_ptr().add(at), f.as_ptr().add(at), scales, layout.pixel, vectors.as_ptr()) };
        }
    });
}

/// # Safety
/// `pixel` floats are readable at `x` and `f`, [`COMPONENTS`] times as many at `vectors`.
#[inline(always)]
unsafe fn dots(x: *const f32, f: *const f32, scales: (f32, f32), pixel: usize, vectors: *const f32) -> Projections {
    let (a, b) = (F32x4::splat(scales.0), F32x4::splat(scales.1));
    let mut sums = [[F32x4::splat(0.0); COMPONENTS]; 3];
    for c in (0..pixel).step_by(F32x4::LANES) {
        // SAFETY: the caller's; a pixel is whole vectors.
        unsafe {
            let (x, f) = (F32x4::load(x.add(c)), F32x4::load(f.add(c)));
            let output = (a * x + b * f).relu();
            let v: [F32x4; COMPONENTS] = std::array::from_fn(|j| F32x4::load(vectors.add(j * pixel + c)));
            for (sums, value) in sums.iter_mut().zip([x, f, output]) {
                *sums = std::array::from_fn(|j| sums[j].madd(value, v[j]));
            }
        }
    }
    sums.map(|map| map.map(|sum| sum.to_array().iter().sum()))
}
