//! The pool of a flavour with threads, whose threads are workers that the page starts.
//!
//! A wasm module cannot start a thread. So the page's thread starts the helpers (workers that a worker starts hang Firefox in 1 to 3
//! of 100 loads), in this order:
//!
//! 1. The engine's worker: `await init({ module_or_path, memory })`, and sends `{ module, memory }` to the page: the compiled module
//!    and the shared memory.
//! 2. The page starts as many workers as it wants helpers and hands that to each. Each instantiates the same flavour on the same
//!    memory (`initSync({ module, memory })`), says that it is there, and calls `pool_work()`, which does not return: a message would
//!    no longer be heard, so it says so first.
//! 3. When all have said so, the engine's worker calls `pool_gather(helpers)`, which waits until every helper is in there. One that
//!    never comes would keep it waiting: whoever watches from outside ends both.
//! 4. Only now the first network is built: layers are planned for the threads that there are.
//!
//! The thread that calls works too: `helpers` is one less than the threads that are to be busy. Where a helper traps, wasm runs
//! no destructor, and the engine's worker waits for it for ever: the page hears the helper's error and ends all of them.

use crate::kernels::CREW;
use wasm_bindgen::prelude::*;

/// A helper's work: to be a thread of the pool, for as long as the worker lives.
#[wasm_bindgen]
pub fn pool_work() {
    CREW.join();
}

/// Waits until there are so many helpers: once, before the first network is built.
#[wasm_bindgen]
pub fn pool_gather(helpers: usize) {
    CREW.gather(helpers);
}
