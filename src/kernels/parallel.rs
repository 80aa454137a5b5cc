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

/// Calls `part` for `0..n` in any order, several at a time inside [`with_team`].
#[inline(always)]
pub fn for_each(n: usize, part: impl Fn(usize) + Sync) {
    for_each_in_slots::<true>(n, usize::MAX, |i, _| part(i));
}

/// As [`for_each`] if `SPREAD`, else one after the other. The second argument of `part` is below `slots` (one at least), and no two
/// parts that run at once have the same: `slots` threads work at most.
#[inline(always)]
pub fn for_each_in_slots<const SPREAD: bool>(n: usize, slots: usize, part: impl Fn(usize, usize) + Sync) {
    #[cfg(feature = "threads")]
    if SPREAD && n > 1 && team::spread(n, slots, &part) {
        return;
    }
    let _ = slots;
    (0..n).for_each(|i| part(i, 0));
}

/// Memory that threads share, each writing where no other reads or writes.
pub struct Shared<T = f32>(*mut T);

impl<T> Clone for Shared<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Shared<T> {}

// SAFETY: whoever makes one sees to what it says.
unsafe impl<T: Send> Send for Shared<T> {}
// SAFETY: likewise.
unsafe impl<T: Send> Sync for Shared<T> {}

impl<T> Shared<T> {
    pub fn new(data: *mut T) -> Shared<T> {
        Shared(data)
    }

    /// # Safety
    /// As for `<*mut T>::add`.
    #[inline(always)]
    pub unsafe fn add(self, offset: usize) -> *mut T {
        // SAFETY: the caller's.
        unsafe { self.0.add(offset) }
    }
}
