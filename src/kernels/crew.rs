//! Threads that somebody else started, who wait here for work: what rayon's pool is natively, in a sixth of its code, which a page
//! has to fetch (rayon and what it stands on are 15 of 164 KiB, gzipped).

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// What every member does, once, when it is called.
type Task = dyn Fn() + Sync;

struct State {
    /// Members that wait for work or are at it.
    members: usize,
    /// Calls so far, so that a member takes each one up once.
    calls: usize,
    /// While one is open. Its caller is waiting in [`Crew::call`], so what it borrows is alive.
    task: Option<&'static Task>,
    /// Members inside the task.
    busy: usize,
    dismissed: bool,
}

/// Any number of members, and one caller at a time.
pub struct Crew {
    state: Mutex<State>,
    /// Rings when anything in it changed.
    bell: Condvar,
}

impl Crew {
    pub const fn new() -> Crew {
        let state = State { members: 0, calls: 0, task: None, busy: 0, dismissed: false };
        Crew { state: Mutex::new(state), bell: Condvar::new() }
    }

    /// Nobody panics while holding it, so a poisoned lock is as good as a sound one.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait<'a>(&self, state: MutexGuard<'a, State>) -> MutexGuard<'a, State> {
        self.bell.wait(state).unwrap_or_else(PoisonError::into_inner)
    }

    pub fn members(&self) -> usize {
        self.lock().members
    }

    /// Waits until there are so many.
    pub fn gather(&self, members: usize) {
        let mut state = self.lock();
        while state.members < members {
            state = self.wait(state);
        }
    }

    /// The calling thread is a member until the crew is dismissed. A page never does: it ends its workers.
    pub fn join(&self) {
        let mut state = self.lock();
        state.members += 1;
        let mut last = state.calls;
        self.bell.notify_all();
        loop {
            match state.task {
                Some(task) if state.calls != last => {
                    last = state.calls;
                    state.busy += 1;
                    drop(state);
                    task();
                    state = self.lock();
                    state.busy -= 1;
                    self.bell.notify_all();
                }
                _ if state.dismissed => break,
                _ => state = self.wait(state),
            }
        }
        state.members -= 1;
    }

    /// Sends all members home, once they are done, and those who come later at once.
    #[cfg(test)]
    pub fn dismiss(&self) {
        self.lock().dismissed = true;
        self.bell.notify_all();
    }

    /// Runs `work` while the members run `task`, each once, as far as they come to it before `work` is done; then waits for those
    /// inside. Where another caller has them, `work` runs alone. `task` is to end by itself soon after `work`, and never to panic.
    pub fn call<R>(&self, task: &(dyn Fn() + Sync), work: impl FnOnce() -> R) -> R {
        let mut state = self.lock();
        if state.task.is_some() {
            drop(state);
            return work();
        }
        // SAFETY: the lifetime is forgotten here; `Closing` takes the task back and waits until nobody is inside, also where
        // `work` panics, before what it borrows is gone.
        state.task = Some(unsafe { std::mem::transmute::<&(dyn Fn() + Sync), &'static Task>(task) });
        state.calls += 1;
        drop(state);
        self.bell.notify_all();
        let _closing = Closing(self);
        work()
    }
}

/// Of this page's engine: the memory of a wasm module with threads is that of all its workers.
#[cfg(target_arch = "wasm32")]
pub static CREW: Crew = Crew::new();

struct Closing<'a>(&'a Crew);

impl Drop for Closing<'_> {
    fn drop(&mut self) {
        let mut state = self.0.lock();
        state.task = None;
        while state.busy > 0 {
            state = self.0.wait(state);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::panic::{AssertUnwindSafe, catch_unwind};
    use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};

    /// With a crew of so many, which goes home afterwards.
    fn with_crew(members: usize, test: impl FnOnce(&Crew)) {
        let crew = Crew::new();
        std::thread::scope(|scope| {
            for _ in 0..members {
                scope.spawn(|| crew.join());
            }
            crew.gather(members);
            let result = catch_unwind(AssertUnwindSafe(|| test(&crew)));
            crew.dismiss();
            if let Err(panic) = result {
                std::panic::resume_unwind(panic);
            }
        });
        assert_eq!(crew.members(), 0);
    }

    /// Every member comes once a call: what it would do twice is counted.
    #[test]
    fn every_member_comes_once_a_call() {
        for members in [0, 1, 2, 3, 7] {
            with_crew(members, |crew| {
                assert_eq!(crew.members(), members);
                for _ in 0..200 {
                    let came = AtomicUsize::new(0);
                    let finished = AtomicBool::new(false);
                    let task = || {
                        came.fetch_add(1, SeqCst);
                        while !finished.load(SeqCst) {
                            std::thread::yield_now();
                        }
                    };
                    crew.call(&task, || {
                        while came.load(SeqCst) < members {
                            std::thread::yield_now();
                        }
                        finished.store(true, SeqCst);
                    });
                    assert_eq!(came.load(SeqCst), members);
                }
            });
        }
    }

    /// After a call nobody is inside, also where its work panicked; and the next call finds them again.
    #[test]
    fn nobody_is_inside_after_a_call() {
        with_crew(3, |crew| {
            for round in 0..200 {
                let (inside, finished) = (AtomicUsize::new(0), AtomicBool::new(false));
                let task = || {
                    inside.fetch_add(1, SeqCst);
                    while !finished.load(SeqCst) {
                        std::hint::spin_loop();
                    }
                    std::thread::yield_now();
                    inside.fetch_sub(1, SeqCst);
                };
                let result = catch_unwind(AssertUnwindSafe(|| {
                    crew.call(&task, || {
                        finished.store(true, SeqCst);
                        assert!(round % 2 == 0, "every second one");
                    });
                }));
                assert_eq!(result.is_ok(), round % 2 == 0);
                assert_eq!(inside.load(SeqCst), 0);
            }
        });
    }

    /// Two callers at once: both get their work done, one of them alone.
    #[test]
    fn a_caller_without_a_crew_works_alone() {
        with_crew(2, |crew| {
            crew.call(&|| {}, || {
                let task = || unreachable!("they have a task");
                assert_eq!(crew.call(&task, || 7), 7);
            });
        });
    }
}
