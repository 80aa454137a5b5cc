//! The memory a network runs in, planned once.

use crate::kernels::{Aligned, Layout};

/// Names a buffer of [`Buffers`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BufferId(usize);

/// Buffers by id, shared between layers whose lifetimes do not overlap. A buffer keeps one layout for good: halo and
/// padding channels are zeroed once, at planning.
#[derive(Default)]
pub struct Buffers {
    slots: Vec<(Layout, Aligned)>,
    free: Vec<BufferId>,
    pub scratch: Aligned,
}

impl Buffers {
    /// A buffer of that layout that nothing else uses until it is released.
    pub fn reserve(&mut self, layout: Layout) -> BufferId {
        if let Some(at) = self.free.iter().position(|id| self.slots[id.0].0 == layout) {
            return self.free.swap_remove(at);
        }
        self.slots.push((layout, Aligned::zeros(layout.len())));
        BufferId(self.slots.len() - 1)
    }

    /// Planning only: later layers may use that buffer.
    pub fn release(&mut self, id: BufferId) {
        debug_assert!(!self.free.contains(&id));
        self.free.push(id);
    }

    pub fn layout(&self, id: BufferId) -> Layout {
        self.slots[id.0].0
    }

    pub fn get(&self, id: BufferId) -> &[f32] {
        &self.slots[id.0].1
    }

    pub fn get_mut(&mut self, id: BufferId) -> &mut [f32] {
        &mut self.slots[id.0].1
    }

    /// Moves a buffer out, to be written while others are read; [`put`](Self::put) it back.
    pub fn take(&mut self, id: BufferId) -> Aligned {
        std::mem::take(&mut self.slots[id.0].1)
    }

    pub fn put(&mut self, id: BufferId, data: Aligned) {
        self.slots[id.0].1 = data;
    }
}
