//! Loops over independent parts, spread over a team of threads with the feature `threads`, plain loops without it.

#[cfg(feature = "threads")]
use super::team;

/// Threads that may work at once.
pub fn threads() -> usize {
    #[cfg(feature = "threads")]
    return team::threads();
    #[cfg(not(feature = "threads"))]
    1
}

/// Runs `work`, a whole network say, with a team of threads at hand that the layers in it spread over.
pub fn with_team<R>(work: impl FnOnce() -> R) -> R {
    #[cfg(feature = "threads")]
    return team::with(work);
    #[cfg(not(feature = "threads"))]
    work()
}

/// Calls `part` for `0..n` in any order, several at a time if `SPREAD` and inside [`with_team`]. The second argument is below
/// [`threads`], and no two parts that run at once have the same.
#[inline(always)]
pub fn for_each<const SPREAD: bool>(n: usize, part: impl Fn(usize, usize) + Sync) {
    #[cfg(feature = "threads")]
    if SPREAD && n > 1 && team::spread(n, &part) {
        return;
    }
    (0..n).for_each(|i| part(i, 0));
}

/// Memory that threads share, each writing where no other reads or writes.
#[derive(Clone, Copy)]
pub struct Shared(*mut f32);

// SAFETY: whoever makes one sees to what it says.
unsafe impl Send for Shared {}
unsafe impl Sync for Shared {}

impl Shared {
    pub fn new(data: *mut f32) -> Shared {
        Shared(data)
    }

    /// # Safety
    /// As for `<*mut f32>::add`.
    #[inline(always)]
    pub unsafe fn add(self, offset: usize) -> *mut f32 {
        unsafe { self.0.add(offset) }
    }
}
