//! Threads that stay awake for one inference and take up its layers as they come.
//!
//! A ResNet-18 is a layer every 1.5 ms. Handing each over to a sleeping pool and waking up again when it is done took 0.3 ms
//! of that (Chromium, two cores: 30.2 ms alone, 20.7 ms with two threads). So the pool is asked once, its threads spin on
//! [`Team::state`], and a layer starts with a store.
//!
//! Whoever has spun for long goes to sleep. There may be more threads than cores (WebKit says four where there are two), and then
//! those that spin keep out the one that they wait for: a page that loaded in 0.8 s took 6, and a run of 30 ms took 8 s.

use std::any::Any;
use std::cell::{Cell, UnsafeCell};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, PoisonError};

/// What is to be done for every part of a layer, in a slot.
type Work<'a> = dyn Fn(usize, usize) + Sync + 'a;

/// A layer in parts.
#[derive(Clone, Copy)]
struct Job {
    work: *const Work<'static>,
    parts: usize,
    /// Only threads whose slot is below may take parts.
    slots: usize,
}

/// Of `state`: how many helpers are inside the job (the low half), whether more may come in, and the jobs' count above.
const INSIDE: usize = 0x7FFF;
const OPEN: usize = 0x8000;
const NEXT_JOB: usize = 0x1_0000;

/// Turns of a helper that waits for a layer, some 150 us, and of a caller that waits for helpers inside one: they are at their last parts.
const HELPERS_TURNS: usize = if cfg!(target_arch = "wasm32") { 60_000 } else { 4_000 };
const CALLERS_TURNS: usize = 4 * HELPERS_TURNS;

/// Wakes those that have gone to sleep, and costs next to nothing while nobody has.
#[derive(Default)]
struct Bell {
    sleepers: AtomicUsize,
    lock: Mutex<()>,
    bell: Condvar,
}

impl Bell {
    /// Waits as long as `lasts`, which whoever changes it follows by a ring. Both are sequentially consistent, here and there: either
    /// the one who rings sees the sleeper, or the sleeper sees the change.
    fn wait_while(&self, turns: usize, lasts: impl Fn() -> bool) {
        for _ in 0..turns {
            if !lasts() {
                return;
            }
            std::hint::spin_loop();
        }
        self.sleepers.fetch_add(1, Ordering::SeqCst);
        let mut guard = self.lock.lock().unwrap_or_else(PoisonError::into_inner);
        while lasts() {
            guard = self.bell.wait(guard).unwrap_or_else(PoisonError::into_inner);
        }
        drop(guard);
        self.sleepers.fetch_sub(1, Ordering::SeqCst);
    }

    fn ring(&self) {
        if self.sleepers.load(Ordering::SeqCst) > 0 {
            drop(self.lock.lock()); // whoever has looked before the change is asleep by now
            self.bell.notify_all();
        }
    }
}

/// On a cache line of its own.
#[repr(align(64))]
struct Apart<T>(T);

/// A caller and its helpers, each with a slot of its own. The caller's is 0.
struct Team {
    state: Apart<AtomicUsize>,
    /// For helpers: a layer has begun, or there will be none.
    begun: Bell,
    /// For the caller: a helper has left.
    left: Bell,
    /// The next part that nobody has taken.
    next: Apart<AtomicUsize>,
    /// Slots that were given away. A counter, since an index of the pool says nothing here: the caller may be one of its threads.
    slots: AtomicUsize,
    finished: AtomicBool,
    /// Written by the caller while the job is closed and nobody is inside.
    job: UnsafeCell<Option<Job>>,
    /// What a helper's part panicked with.
    panic: Mutex<Option<Box<dyn Any + Send>>>,
}

// SAFETY: `job` is written only while `state` is neither open nor has helpers inside, and read only by helpers inside: they came
// in by a compare-exchange (acquire) on the state that the caller stored (release) after writing. Its pointer is to something Sync.
unsafe impl Sync for Team {}

thread_local! {
    /// The team whose caller this thread is.
    static TEAM: Cell<*const Team> = const { Cell::new(std::ptr::null()) };
}

/// Threads that a job may have: the pool's and the caller, unless it is one of the pool's.
pub use pool::threads;

/// Natively rayon's, whichever the caller is in.
#[cfg(not(target_arch = "wasm32"))]
mod pool {
    pub fn threads() -> usize {
        rayon::current_num_threads() + usize::from(rayon::current_thread_index().is_none())
    }

    pub fn call<R>(help: &(dyn Fn() + Sync), work: impl FnOnce() -> R) -> R {
        rayon::in_place_scope(|scope| {
            scope.spawn_broadcast(|_, _| help());
            work()
        })
    }
}

/// In a page its workers.
#[cfg(target_arch = "wasm32")]
mod pool {
    use crate::kernels::CREW;

    pub fn threads() -> usize {
        CREW.members() + 1
    }

    pub fn call<R>(help: &(dyn Fn() + Sync), work: impl FnOnce() -> R) -> R {
        CREW.call(help, work)
    }
}

/// Runs `work` with a team that [`spread`] finds.
pub fn with<R>(work: impl FnOnce() -> R) -> R {
    if threads() == 1 || !TEAM.get().is_null() {
        return work();
    }
    let team = Team {
        state: Apart(AtomicUsize::new(0)),
        begun: Bell::default(),
        left: Bell::default(),
        next: Apart(AtomicUsize::new(0)),
        slots: AtomicUsize::new(1),
        finished: AtomicBool::new(false),
        job: UnsafeCell::new(None),
        panic: Mutex::new(None),
    };
    /// Ends the team also where `work` panics: the pool waits for its helpers.
    struct Ending<'a>(&'a Team);
    impl Drop for Ending<'_> {
        fn drop(&mut self) {
            TEAM.set(std::ptr::null());
            self.0.finished.store(true, Ordering::SeqCst);
            self.0.begun.ring();
        }
    }
    pool::call(&|| team.help(), || {
        let _ending = Ending(&team);
        TEAM.set(&team);
        work()
    })
}

/// Calls `work(i, slot)` for every i below `parts`, with the helpers of the team this thread has, as far as their slots are below
/// `slots`; `false` where it has none. Panics where `work` does, on whichever thread.
pub fn spread(parts: usize, slots: usize, work: &Work<'_>) -> bool {
    let team = TEAM.get();
    // SAFETY: set by `with` on this thread, for as long as the team lives.
    !team.is_null() && unsafe { &*team }.run(parts, slots, work)
}

impl Team {
    /// `false` inside another job.
    fn run(&self, parts: usize, slots: usize, work: &Work<'_>) -> bool {
        let before = self.state.0.load(Ordering::Relaxed);
        if before & (INSIDE | OPEN) != 0 {
            return false;
        }
        // SAFETY: nobody is inside. The lifetime of `work` is forgotten here; nobody is inside any more when this returns.
        unsafe {
            let work = std::mem::transmute::<&Work<'_>, *const Work<'static>>(work);
            *self.job.get() = Some(Job { work, parts, slots });
        }
        self.next.0.store(0, Ordering::Relaxed);
        self.state.0.store(before.wrapping_add(NEXT_JOB) | OPEN, Ordering::SeqCst);
        self.begun.ring();
        let own = catch_unwind(AssertUnwindSafe(|| self.take_parts(parts, work, 0)));
        // Also where a part panicked: those inside hold what the job borrows. In wasm, where a helper that traps never leaves, this
        // waits for ever, and who started the helper ends the thread.
        self.state.0.fetch_and(!OPEN, Ordering::Relaxed);
        self.left.wait_while(CALLERS_TURNS, || self.state.0.load(Ordering::SeqCst) & INSIDE != 0);
        let theirs = self.panic.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(panic) = own.err().or(theirs) {
            resume_unwind(panic);
        }
        true
    }

    fn take_parts(&self, parts: usize, work: &Work<'_>, slot: usize) {
        loop {
            let part = self.next.0.fetch_add(1, Ordering::Relaxed);
            if part >= parts {
                return;
            }
            work(part, slot);
        }
    }

    /// Takes part in every job that is open until the team is finished.
    fn help(&self) {
        let slot = self.slots.fetch_add(1, Ordering::Relaxed);
        let mut last = 0;
        loop {
            let none = |state: usize| state & OPEN == 0 || state & !(INSIDE | OPEN) == last;
            let finished = || self.finished.load(Ordering::SeqCst);
            self.begun.wait_while(HELPERS_TURNS, || none(self.state.0.load(Ordering::SeqCst)) && !finished());
            if finished() {
                return;
            }
            let state = self.state.0.load(Ordering::Relaxed);
            let enters =
                || self.state.0.compare_exchange(state, state + 1, Ordering::Acquire, Ordering::Relaxed).is_ok();
            if none(state) || !enters() {
                continue;
            }
            let job = state & !(INSIDE | OPEN);
            last = job;
            // SAFETY: inside, the job stays what it is.
            if let Some(Job { work, parts, slots }) = unsafe { *self.job.get() }
                && slot < slots
                // SAFETY: inside, what the job borrows is alive.
                && let work = unsafe { &*work }
                && let Err(panic) = catch_unwind(AssertUnwindSafe(|| self.take_parts(parts, work, slot)))
            {
                // For the caller to go on with; the parts that nobody has taken are in vain.
                *self.panic.lock().unwrap_or_else(PoisonError::into_inner) = Some(panic);
                self.next.0.store(parts, Ordering::Relaxed);
            }
            self.state.0.fetch_sub(1, Ordering::SeqCst);
            self.left.ring();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::Ordering::SeqCst;
    use std::time::{Duration, Instant};

    fn pool() -> rayon::ThreadPool {
        rayon::ThreadPoolBuilder::new().num_threads(4).build().unwrap()
    }

    /// What a piece of work panics with, and whether anything ran behind the layer that panicked.
    fn panic_of(work: &Work<'_>) -> (Option<&'static str>, bool) {
        let went_on = AtomicBool::new(false);
        let found = catch_unwind(AssertUnwindSafe(|| {
            with(|| {
                assert!(spread(1000, usize::MAX, work));
                went_on.store(true, SeqCst);
            });
        }));
        (found.err().and_then(|panic| panic.downcast_ref::<&str>().copied()), went_on.load(SeqCst))
    }

    /// Waits in a part until `until`, which a test that fails never sees.
    fn wait(until: &AtomicBool) {
        let began = Instant::now();
        while !until.load(SeqCst) && began.elapsed() < Duration::from_secs(20) {
            std::hint::spin_loop();
        }
    }

    #[test]
    fn a_helper_that_panics_makes_its_caller_panic_at_once() {
        pool().install(|| {
            let helped = AtomicBool::new(false);
            let work = |_: usize, slot: usize| match slot {
                0 => wait(&helped),
                _ => {
                    helped.store(true, SeqCst);
                    panic!("of a helper");
                }
            };
            assert_eq!(panic_of(&work), (Some("of a helper"), false));
        });
    }

    #[test]
    fn a_caller_that_panics_waits_for_its_helpers_first() {
        pool().install(|| {
            let (helped, inside) = (AtomicBool::new(false), AtomicUsize::new(0));
            let work = |_: usize, slot: usize| match slot {
                0 => {
                    wait(&helped);
                    panic!("of the caller");
                }
                _ => {
                    inside.fetch_add(1, SeqCst);
                    helped.store(true, SeqCst);
                    std::thread::yield_now();
                    inside.fetch_sub(1, SeqCst);
                }
            };
            assert_eq!(panic_of(&work), (Some("of the caller"), false));
            assert_eq!(inside.load(SeqCst), 0);
        });
    }

    /// After a panic that somebody caught the same team goes on, and every part is done.
    #[test]
    fn a_team_outlives_a_panic() {
        pool().install(|| {
            with(|| {
                let panics = |part: usize, _: usize| assert!(part != 7);
                assert!(catch_unwind(|| spread(100, usize::MAX, &panics)).is_err());
                let done: Vec<AtomicUsize> = (0..1000).map(|_| AtomicUsize::new(0)).collect();
                let work = |part: usize, _: usize| {
                    done[part].fetch_add(1, SeqCst);
                };
                assert!(spread(done.len(), usize::MAX, &work));
                assert!(done.iter().all(|done| done.load(SeqCst) == 1));
            });
        });
    }

    /// A caller outside has four helpers, one inside three.
    #[test]
    fn no_slot_is_given_twice_nor_one_too_many() {
        let pool = pool();
        let check = || {
            let most = threads();
            let taken: Vec<AtomicBool> = (0..most).map(|_| AtomicBool::new(false)).collect();
            with(|| {
                for limit in [most, 2, 1, usize::MAX] {
                    let work = |_: usize, slot: usize| {
                        assert!(slot < limit, "slot {slot} of {limit}");
                        assert!(!taken[slot].swap(true, SeqCst), "slot {slot} twice at once");
                        (0..1000).for_each(|_| std::hint::spin_loop());
                        taken[slot].store(false, SeqCst);
                    };
                    assert!(spread(500, limit, &work));
                }
            });
            most
        };
        assert_eq!(pool.install(check), 4);
        assert_eq!(check(), rayon::current_num_threads() + 1);
    }

    /// Helpers sleep before every layer, the caller at the end of every other: that this ends is what is tested.
    #[test]
    fn whoever_sleeps_is_woken() {
        pool().install(|| {
            with(|| {
                for layer in 0..60 {
                    std::thread::sleep(Duration::from_millis(2));
                    let (done, helped) = (AtomicUsize::new(0), AtomicBool::new(false));
                    let work = |_: usize, slot: usize| {
                        match slot {
                            0 if layer % 2 == 0 => wait(&helped),
                            0 => {}
                            _ => {
                                helped.store(true, SeqCst);
                                std::thread::sleep(Duration::from_millis(3));
                            }
                        }
                        done.fetch_add(1, SeqCst);
                    };
                    assert!(spread(8, usize::MAX, &work));
                    assert_eq!(done.load(SeqCst), 8);
                }
            });
        });
    }

    #[test]
    fn a_job_inside_a_job_is_the_thread_s_own() {
        pool().install(|| {
            with(|| {
                let inner = AtomicUsize::new(0);
                let work = |_: usize, _: usize| {
                    if !spread(10, usize::MAX, &|_, _| unreachable!()) {
                        inner.fetch_add(1, SeqCst);
                    }
                };
                assert!(spread(100, usize::MAX, &work));
                assert_eq!(inner.load(SeqCst), 100);
            });
        });
    }
}
