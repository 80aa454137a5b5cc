//! What a convolution is given at every run.

/// The maps of one run. Pointers, since tiles of the output are written side by side.
///
/// Whoever makes one vouches: `input`, `residual` (unless null) and `output` point to whole maps of the planned layouts, and
/// `output` overlaps no other.
#[derive(Clone, Copy)]
pub struct Call {
    pub input: *const f32,
    pub residual: *const f32,
    pub relu: bool,
    pub output: *mut f32,
}

// SAFETY: threads read the inputs and each writes its own part of the output.
unsafe impl Sync for Call {}
