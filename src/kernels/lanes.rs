//! Four f32 lanes. The only file that names an instruction set; every kernel is written once, over [`F32x4`].
//!
//! | target | lanes | `a * b + c` |
//! |---|---|---|
//! | wasm32 + `relaxed-simd` | v128 | fused where the machine can (`f32x4.relaxed_madd`) |
//! | wasm32 + `simd128` | v128 | multiply, then add |
//! | x86-64 | XMM | fused when compiled with `target-feature=+fma` |
//! | aarch64 | NEON | fused |
//! | anything else, wasm32 without SIMD | four floats | multiply, then add |

pub use instructions::F32x4;

/// Which of the wasm flavours this build is; `native` outside of wasm.
pub const FLAVOUR: &str =
    match (cfg!(target_feature = "relaxed-simd"), cfg!(target_feature = "simd128"), cfg!(feature = "threads")) {
        _ if cfg!(not(target_arch = "wasm32")) => "native",
        (true, _, false) => "relaxed",
        (false, true, false) => "simd128",
        (false, false, false) => "scalar",
        (true, _, true) => "threads",
        (false, true, true) => "threads-simd128",
        (false, false, true) => "threads-scalar",
    };

/// Rows of a group, each with two vectors of sums. Fused, 6 rows take 12 accumulators, 2 weights and 1 splat: 15 of x86's
/// 16 registers, 97 % of the peak. A separate product needs one more, and 6 rows would spill. Scalars: 8 sums per row.
pub const ROWS: usize = if cfg!(any(
    target_feature = "relaxed-simd",
    all(target_arch = "x86_64", target_feature = "fma"),
    target_arch = "aarch64"
)) {
    6
} else if cfg!(any(target_feature = "simd128", target_arch = "x86_64")) {
    5
} else {
    1
};

#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
mod instructions {
    use core::arch::wasm32::*;

    #[derive(Clone, Copy)]
    pub struct F32x4(v128);

    impl F32x4 {
        #[inline(always)]
        pub fn splat(x: f32) -> Self {
            F32x4(f32x4_splat(x))
        }

        /// # Safety
        /// Four floats are readable at `p`.
        #[inline(always)]
        pub unsafe fn load(p: *const f32) -> Self {
            // SAFETY: the caller's promise; wasm loads and stores at any alignment.
            F32x4(unsafe { v128_load(p.cast()) })
        }

        /// # Safety
        /// One float is readable at `p`.
        #[inline(always)]
        pub unsafe fn load_splat(p: *const f32) -> Self {
            // SAFETY: the caller's promise; wasm loads and stores at any alignment.
            F32x4(unsafe { v128_load32_splat(p.cast()) })
        }

        /// # Safety
        /// Four floats are writable at `p`.
        #[inline(always)]
        pub unsafe fn store(self, p: *mut f32) {
            // SAFETY: the caller's promise; wasm loads and stores at any alignment.
            unsafe { v128_store(p.cast(), self.0) }
        }

        /// `a * b + self`. LLVM does not form the fused instruction by itself.
        #[inline(always)]
        pub fn madd(self, a: Self, b: Self) -> Self {
            #[cfg(target_feature = "relaxed-simd")]
            return F32x4(f32x4_relaxed_madd(a.0, b.0, self.0));
            #[cfg(not(target_feature = "relaxed-simd"))]
            F32x4(f32x4_add(self.0, f32x4_mul(a.0, b.0)))
        }

        /// `other` where it is greater: one instruction, where `f32x4.max` takes up to eight on x86.
        #[inline(always)]
        pub fn max(self, other: Self) -> Self {
            F32x4(f32x4_pmax(self.0, other.0))
        }

        /// 1 where it is below zero, else 0.
        #[inline(always)]
        pub fn below_zero(self) -> Self {
            F32x4(v128_and(f32x4_lt(self.0, f32x4_splat(0.0)), f32x4_splat(1.0)))
        }
    }

    super::operators!(|a, b| F32x4(f32x4_add(a.0, b.0)), |a, b| F32x4(f32x4_sub(a.0, b.0)), |a, b| F32x4(f32x4_mul(
        a.0, b.0
    )));
}

#[cfg(target_arch = "x86_64")]
#[allow(clippy::undocumented_unsafe_blocks, reason = "one comment at the top of the impl is for all of them")]
mod instructions {
    use core::arch::x86_64::*;

    #[derive(Clone, Copy)]
    pub struct F32x4(__m128);

    // SAFETY (of the calls without pointers): SSE2 belongs to every x86-64, FMA is asked for at compile time.
    impl F32x4 {
        #[inline(always)]
        pub fn splat(x: f32) -> Self {
            F32x4(unsafe { _mm_set1_ps(x) })
        }

        /// # Safety
        /// Four floats are readable at `p`.
        #[inline(always)]
        pub unsafe fn load(p: *const f32) -> Self {
            F32x4(unsafe { _mm_loadu_ps(p) })
        }

        /// # Safety
        /// One float is readable at `p`.
        #[inline(always)]
        pub unsafe fn load_splat(p: *const f32) -> Self {
            F32x4(unsafe { _mm_load1_ps(p) })
        }

        /// # Safety
        /// Four floats are writable at `p`.
        #[inline(always)]
        pub unsafe fn store(self, p: *mut f32) {
            unsafe { _mm_storeu_ps(p, self.0) }
        }

        /// `a * b + self`.
        #[inline(always)]
        pub fn madd(self, a: Self, b: Self) -> Self {
            #[cfg(target_feature = "fma")]
            return F32x4(unsafe { _mm_fmadd_ps(a.0, b.0, self.0) });
            #[cfg(not(target_feature = "fma"))]
            F32x4(unsafe { _mm_add_ps(self.0, _mm_mul_ps(a.0, b.0)) })
        }

        /// `other` where it is greater.
        #[inline(always)]
        pub fn max(self, other: Self) -> Self {
            F32x4(unsafe { _mm_max_ps(other.0, self.0) })
        }

        /// 1 where it is below zero, else 0.
        #[inline(always)]
        pub fn below_zero(self) -> Self {
            F32x4(unsafe { _mm_and_ps(_mm_cmplt_ps(self.0, _mm_setzero_ps()), _mm_set1_ps(1.0)) })
        }
    }

    super::operators!(
        |a, b| F32x4(unsafe { _mm_add_ps(a.0, b.0) }),
        |a, b| F32x4(unsafe { _mm_sub_ps(a.0, b.0) }),
        |a, b| F32x4(unsafe { _mm_mul_ps(a.0, b.0) })
    );
}

#[cfg(target_arch = "aarch64")]
#[allow(clippy::undocumented_unsafe_blocks, reason = "one comment at the top of the impl is for all of them")]
mod instructions {
    use core::arch::aarch64::*;

    #[derive(Clone, Copy)]
    pub struct F32x4(float32x4_t);

    // SAFETY (of the calls without pointers): NEON belongs to every aarch64 Rust compiles std for.
    impl F32x4 {
        #[inline(always)]
        pub fn splat(x: f32) -> Self {
            F32x4(unsafe { vdupq_n_f32(x) })
        }

        /// # Safety
        /// Four floats are readable at `p`.
        #[inline(always)]
        pub unsafe fn load(p: *const f32) -> Self {
            F32x4(unsafe { vld1q_f32(p) })
        }

        /// # Safety
        /// One float is readable at `p`.
        #[inline(always)]
        pub unsafe fn load_splat(p: *const f32) -> Self {
            F32x4(unsafe { vld1q_dup_f32(p) })
        }

        /// # Safety
        /// Four floats are writable at `p`.
        #[inline(always)]
        pub unsafe fn store(self, p: *mut f32) {
            unsafe { vst1q_f32(p, self.0) }
        }

        /// `a * b + self`.
        #[inline(always)]
        pub fn madd(self, a: Self, b: Self) -> Self {
            F32x4(unsafe { vfmaq_f32(self.0, a.0, b.0) })
        }

        /// The greater of the two.
        #[inline(always)]
        pub fn max(self, other: Self) -> Self {
            F32x4(unsafe { vmaxq_f32(self.0, other.0) })
        }

        /// 1 where it is below zero, else 0.
        #[inline(always)]
        pub fn below_zero(self) -> Self {
            F32x4(unsafe { vbslq_f32(vcltzq_f32(self.0), vdupq_n_f32(1.0), vdupq_n_f32(0.0)) })
        }
    }

    super::operators!(
        |a, b| F32x4(unsafe { vaddq_f32(a.0, b.0) }),
        |a, b| F32x4(unsafe { vsubq_f32(a.0, b.0) }),
        |a, b| F32x4(unsafe { vmulq_f32(a.0, b.0) })
    );
}

#[cfg(not(any(
    all(target_arch = "wasm32", target_feature = "simd128"),
    target_arch = "x86_64",
    target_arch = "aarch64"
)))]
mod instructions {
    use std::array::from_fn;

    #[derive(Clone, Copy)]
    pub struct F32x4([f32; 4]);

    impl F32x4 {
        #[inline(always)]
        pub fn splat(x: f32) -> Self {
            F32x4([x; 4])
        }

        /// # Safety
        /// Four floats are readable at `p`.
        #[inline(always)]
        pub unsafe fn load(p: *const f32) -> Self {
            F32x4(unsafe { p.cast::<[f32; 4]>().read() })
        }

        /// # Safety
        /// One float is readable at `p`.
        #[inline(always)]
        pub unsafe fn load_splat(p: *const f32) -> Self {
            F32x4([unsafe { p.read() }; 4])
        }

        /// # Safety
        /// Four floats are writable at `p`.
        #[inline(always)]
        pub unsafe fn store(self, p: *mut f32) {
            unsafe { p.cast::<[f32; 4]>().write(self.0) }
        }

        /// `a * b + self`.
        #[inline(always)]
        pub fn madd(self, a: Self, b: Self) -> Self {
            F32x4(from_fn(|i| self.0[i] + a.0[i] * b.0[i]))
        }

        /// `other` where it is greater.
        #[inline(always)]
        pub fn max(self, other: Self) -> Self {
            F32x4(from_fn(|i| if self.0[i] < other.0[i] { other.0[i] } else { self.0[i] }))
        }

        /// 1 where it is below zero, else 0.
        #[inline(always)]
        pub fn below_zero(self) -> Self {
            F32x4(from_fn(|i| f32::from(self.0[i] < 0.0)))
        }
    }

    super::operators!(
        |a, b| F32x4(from_fn(|i| a.0[i] + b.0[i])),
        |a, b| F32x4(from_fn(|i| a.0[i] - b.0[i])),
        |a, b| F32x4(from_fn(|i| a.0[i] * b.0[i]))
    );
}

impl F32x4 {
    /// Lanes of a vector.
    pub const LANES: usize = 4;

    pub fn to_array(self) -> [f32; Self::LANES] {
        let mut array = [0.0; Self::LANES];
        // SAFETY: four floats are writable.
        unsafe { self.store(array.as_mut_ptr()) };
        array
    }

    /// A NaN stays one: a blank map would hide that something is wrong.
    #[inline(always)]
    pub fn relu(self) -> Self {
        self.max(Self::splat(0.0))
    }
}

/// `+`, `-` and `*` of an instruction set's `F32x4`.
macro_rules! operators {
    (|$a1:ident, $b1:ident| $add:expr, |$a2:ident, $b2:ident| $sub:expr, |$a3:ident, $b3:ident| $mul:expr) => {
        impl core::ops::Add for F32x4 {
            type Output = Self;
            #[inline(always)]
            fn add(self, other: Self) -> Self {
                let ($a1, $b1) = (self, other);
                $add
            }
        }

        impl core::ops::Sub for F32x4 {
            type Output = Self;
            #[inline(always)]
            fn sub(self, other: Self) -> Self {
                let ($a2, $b2) = (self, other);
                $sub
            }
        }

        impl core::ops::Mul for F32x4 {
            type Output = Self;
            #[inline(always)]
            fn mul(self, other: Self) -> Self {
                let ($a3, $b3) = (self, other);
                $mul
            }
        }
    };
}
use operators;
