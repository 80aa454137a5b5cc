//! Memory that starts on a cache line.

use std::ops::{Deref, DerefMut};

/// Floats aligned to 64 bytes: the allocator of wasm32 aligns to 8, which would lay every fourth vector across two cache
/// lines.
#[derive(Clone, Default)]
pub struct Aligned {
    lines: Vec<CacheLine>,
    len: usize,
}

#[derive(Clone, Copy)]
#[repr(C, align(64))]
struct CacheLine([f32; 16]);

impl Aligned {
    /// `len` zeros.
    pub fn zeros(len: usize) -> Aligned {
        Aligned { lines: vec![CacheLine([0.0; 16]); len.div_ceil(16)], len }
    }

    /// A copy, filled up with zeros to a multiple of `multiple`.
    pub fn padded(values: &[f32], multiple: usize) -> Aligned {
        let mut padded = Aligned::zeros(values.len().next_multiple_of(multiple));
        padded[..values.len()].copy_from_slice(values);
        padded
    }

    /// Another length within the same memory; the values stay.
    pub fn reshape(&mut self, len: usize) {
        assert!(len <= 16 * self.lines.len());
        self.len = len;
    }
}

impl Deref for Aligned {
    type Target = [f32];

    fn deref(&self) -> &[f32] {
        // SAFETY: a cache line is 16 floats without padding, and `len` is at most 16 times the lines.
        unsafe { std::slice::from_raw_parts(self.lines.as_ptr().cast(), self.len) }
    }
}

impl DerefMut for Aligned {
    fn deref_mut(&mut self) -> &mut [f32] {
        // SAFETY: as in `deref`; the lines are borrowed mutably with self.
        unsafe { std::slice::from_raw_parts_mut(self.lines.as_mut_ptr().cast(), self.len) }
    }
}
