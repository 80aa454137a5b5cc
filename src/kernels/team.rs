//! Threads that stay awake for one inference and take up its layers as they come.
//!
//! A ResNet-18 is a layer every 1.5 ms. Handing each over to a sleeping pool and waking up again when it is done took 0.3 ms
//! of that (Chromium, two cores: 30.2 ms alone, 20.7 ms with two threads). So the pool is asked once, its threads spin on
//! [`Team::state`], and a layer starts with a store.

use std::cell::{Cell, UnsafeCell};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// Parts of one layer: called with a part and the slot of the thread that does it.
type Job = *const (dyn Fn(usize, usize) + Sync);

/// Of `state`: how many helpers are inside the job (the low half), whether more may come in, and the jobs' count above.
const INSIDE: usize = 0x7FFF;
const OPEN: usize = 0x8000;
const NEXT_JOB: usize = 0x1_0000;

#[repr(align(64))]
struct Line<T>(T);

/// A caller and its helpers. The caller is slot 0.
pub struct Team {
    state: Line<AtomicUsize>,
    /// The next part that nobody has taken.
    next: Line<AtomicUsize>,
    finished: AtomicBool,
    /// Written by the caller while the job is closed and nobody is inside.
    job: UnsafeCell<Option<(Job, usize)>>,
}

// SAFETY: `job` is written only while `state` is neither open nor has helpers inside, and read only by helpers inside: they came
// in by a compare-exchange (acquire) on the state that the caller stored (release) after writing.
unsafe impl Sync for Team {}

thread_local! {
    /// The team whose caller this thread is.
    static TEAM: Cell<*const Team> = const { Cell::new(std::ptr::null()) };
}

/// Threads that a job may have: the pool's and the caller, which is one of the pool's only where the pool has no others.
pub fn threads() -> usize {
    rayon::current_num_threads() + usize::from(rayon::current_thread_index().is_none())
}

/// Runs `work` with a team that [`spread`] finds.
pub fn with<R>(work: impl FnOnce() -> R) -> R {
    if threads() == 1 || !TEAM.get().is_null() {
        return work();
    }
    let team = Team {
        state: Line(AtomicUsize::new(0)),
        next: Line(AtomicUsize::new(0)),
        finished: AtomicBool::new(false),
        job: UnsafeCell::new(None),
    };
    /// Ends the team also where `work` panics: the scope waits for its helpers.
    struct Ending<'a>(&'a Team);
    impl Drop for Ending<'_> {
        fn drop(&mut self) {
            TEAM.set(std::ptr::null());
            self.0.finished.store(true, Ordering::Release);
        }
    }
    rayon::in_place_scope(|scope| {
        scope.spawn_broadcast(|_, context| team.help(context.index() + 1));
        let _ending = Ending(&team);
        TEAM.set(&team);
        work()
    })
}

/// Calls `part(i, slot)` for every i below `n`, with the helpers of the team this thread has; `false` where it has none.
pub fn spread(n: usize, part: &(dyn Fn(usize, usize) + Sync)) -> bool {
    let team = TEAM.get();
    if team.is_null() {
        return false;
    }
    // SAFETY: set by `with` on this thread, for as long as the team lives.
    unsafe { &*team }.run(n, part);
    true
}

impl Team {
    fn run(&self, n: usize, part: &(dyn Fn(usize, usize) + Sync)) {
        let before = self.state.0.load(Ordering::Relaxed);
        debug_assert_eq!(before & (INSIDE | OPEN), 0, "one job at a time");
        // SAFETY: nobody is inside. The job's lifetime is forgotten here; nobody is inside any more when this returns.
        unsafe {
            *self.job.get() = Some((std::mem::transmute::<&(dyn Fn(usize, usize) + Sync), Job>(part), n));
        }
        self.next.0.store(0, Ordering::Relaxed);
        self.state.0.store(before.wrapping_add(NEXT_JOB) | OPEN, Ordering::Release);
        /// Closes the job and waits for those inside, also where a part panics: they hold what it borrows.
        struct Closing<'a>(&'a Team);
        impl Drop for Closing<'_> {
            fn drop(&mut self) {
                self.0.state.0.fetch_and(!OPEN, Ordering::Relaxed);
                while self.0.state.0.load(Ordering::Acquire) & INSIDE != 0 {
                    std::hint::spin_loop();
                }
            }
        }
        let _closing = Closing(self);
        self.take_parts(n, part, 0);
    }

    fn take_parts(&self, n: usize, part: &(dyn Fn(usize, usize) + Sync), slot: usize) {
        loop {
            let i = self.next.0.fetch_add(1, Ordering::Relaxed);
            if i >= n {
                return;
            }
            part(i, slot);
        }
    }

    /// Takes part in every job that is open until the team is finished.
    fn help(&self, slot: usize) {
        let mut last = 0;
        while !self.finished.load(Ordering::Acquire) {
            let state = self.state.0.load(Ordering::Relaxed);
            let job = state & !(INSIDE | OPEN);
            let enters = state & OPEN != 0
                && job != last
                && self.state.0.compare_exchange(state, state + 1, Ordering::Acquire, Ordering::Relaxed).is_ok();
            if !enters {
                std::hint::spin_loop();
                continue;
            }
            last = job;
            /// Leaves also where a part panics: the caller waits.
            struct Leaving<'a>(&'a Team);
            impl Drop for Leaving<'_> {
                fn drop(&mut self) {
                    self.0.state.0.fetch_sub(1, Ordering::Release);
                }
            }
            let _leaving = Leaving(self);
            // SAFETY: inside, the job stays what it is, and what it borrows is alive.
            if let Some((part, n)) = unsafe { *self.job.get() } {
                self.take_parts(n, unsafe { &*part }, slot);
            }
        }
    }
}
