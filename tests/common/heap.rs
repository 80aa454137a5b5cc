//! Counts what the running thread takes of the heap: the test harness allocates on its own threads whenever it likes. A test
//! binary that asks makes it its allocator.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

pub struct Counting;

thread_local! {
    // Without destructors, so that counting never allocates.
    static LIVE: Cell<isize> = const { Cell::new(0) };
    static MOST: Cell<isize> = const { Cell::new(0) };
    static START: Cell<isize> = const { Cell::new(0) };
}

// SAFETY: the system's allocator does the work.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        LIVE.set(LIVE.get() + layout.size() as isize);
        MOST.set(MOST.get().max(LIVE.get()));
        // SAFETY: as promised to this.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, data: *mut u8, layout: Layout) {
        LIVE.set(LIVE.get() - layout.size() as isize);
        // SAFETY: as promised to this.
        unsafe { System.dealloc(data, layout) }
    }
}

/// Bytes that are live.
pub fn live() -> isize {
    LIVE.get()
}

/// Counts anew from here.
pub fn start() {
    START.set(LIVE.get());
    MOST.set(LIVE.get());
}

/// The most that was live at once since then, beyond what was live then.
pub fn most() -> usize {
    (MOST.get() - START.get()).max(0) as usize
}
