//! Loops over independent parts, spread over rayon's pool with the feature `threads`, plain loops without it.

/// Threads that may work at once.
#[cfg(feature = "threads")]
pub fn threads() -> usize {
    rayon::current_num_threads()
}

#[cfg(not(feature = "threads"))]
pub fn threads() -> usize {
    1
}

/// Calls `part` for `0..n` in any order, several at a time if `SPREAD`. The second argument is below [`threads`], and no two
/// parts that run at once have the same.
#[inline(always)]
pub fn for_each<const SPREAD: bool>(n: usize, part: impl Fn(usize, usize) + Sync) {
    #[cfg(feature = "threads")]
    if SPREAD && n > 1 && threads() > 1 {
        use rayon::prelude::*;
        // A part never waits for the pool, so a thread finishes it before it takes up another.
        (0..n).into_par_iter().for_each(|i| part(i, rayon::current_thread_index().unwrap_or(0)));
        return;
    }
    (0..n).for_each(|i| part(i, 0));
}

/// Runs `work`, a whole network say, on a thread of the pool. Layers that it spreads start from there: handed over from outside,
/// each would wait for a thread to wake up and for the outside to wake up again.
pub fn inside_pool<R: Send>(work: impl FnOnce() -> R + Send) -> R {
    #[cfg(feature = "threads")]
    if threads() > 1 {
        return rayon::scope(|_| work());
    }
    work()
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
