//! The memory a network runs in, planned once.

use crate::kernels::{Aligned, Layout};

/// Names a map of [`Buffers`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BufferId(usize);

/// Maps by id. Maps whose lifetimes do not overlap share memory, also with other layouts: whoever is about to write one finds
/// its halo and padding channels zeroed. That costs a ResNet-50 a few borders per run and saves 17 of 31 MB.
#[derive(Default)]
pub struct Buffers {
    maps: Vec<Place>,
    slots: Vec<Slot>,
    pub scratch: Aligned,
}

#[derive(Clone, Copy)]
struct Place {
    layout: Layout,
    slot: usize,
}

#[derive(Default)]
struct Slot {
    /// Planning only: floats that the largest of its maps needs.
    len: usize,
    /// Planning only.
    taken: bool,
    /// The map whose values and zeros it holds.
    holds: Option<BufferId>,
    data: Aligned,
}

impl Buffers {
    /// Planning only: a map of that layout whose memory nothing else uses until it is released.
    pub fn reserve(&mut self, layout: Layout) -> BufferId {
        let free = |place: &Place| !self.slots[place.slot].taken;
        if let Some(id) = self.maps.iter().position(|place| place.layout == layout && free(place)) {
            self.slots[self.maps[id].slot].taken = true;
            return BufferId(id);
        }
        // The smallest that is large enough, else the largest, which then grows.
        let misfit = |len: usize| if len >= layout.len() { (0, len) } else { (1, usize::MAX - len) };
        let best =
            (0..self.slots.len()).filter(|&at| !self.slots[at].taken).min_by_key(|&at| misfit(self.slots[at].len));
        let slot = best.unwrap_or_else(|| {
            self.slots.push(Slot::default());
            self.slots.len() - 1
        });
        self.slots[slot].taken = true;
        self.slots[slot].len = self.slots[slot].len.max(layout.len());
        self.maps.push(Place { layout, slot });
        BufferId(self.maps.len() - 1)
    }

    /// Planning only: later maps may use its memory.
    pub fn release(&mut self, id: BufferId) {
        let slot = &mut self.slots[self.maps[id.0].slot];
        debug_assert!(slot.taken);
        slot.taken = false;
    }

    /// When all is planned: bytes of all maps, which share what they can.
    pub fn bytes(&self) -> usize {
        self.slots.iter().map(|slot| slot.len * size_of::<f32>()).sum()
    }

    /// When all is planned: the memory itself, and `scratch` floats. `input` is there from the start.
    pub fn allocate(&mut self, scratch: usize, input: BufferId) {
        for slot in &mut self.slots {
            slot.data = Aligned::zeros(slot.len);
        }
        self.scratch = Aligned::zeros(scratch);
        let data = self.take(input);
        self.put(input, data);
    }

    pub fn layout(&self, id: BufferId) -> Layout {
        self.maps[id.0].layout
    }

    pub fn get(&self, id: BufferId) -> &[f32] {
        let slot = &self.slots[self.maps[id.0].slot];
        assert_eq!(slot.holds, Some(id), "a map that was overwritten, or never written");
        &slot.data
    }

    /// The map, unless its memory holds another, or nothing yet.
    pub fn written(&self, id: BufferId) -> Option<&[f32]> {
        let slot = &self.slots[self.maps[id.0].slot];
        (slot.holds == Some(id)).then_some(&*slot.data)
    }

    pub fn get_mut(&mut self, id: BufferId) -> &mut [f32] {
        let slot = &mut self.slots[self.maps[id.0].slot];
        assert_eq!(slot.holds, Some(id), "a map that was overwritten, or never written");
        &mut slot.data
    }

    /// Moves a map's memory out, to be written while others are read; [`put`](Self::put) it back.
    pub fn take(&mut self, id: BufferId) -> Aligned {
        let Place { layout, slot } = self.maps[id.0];
        let slot = &mut self.slots[slot];
        let mut data = std::mem::take(&mut slot.data);
        if slot.holds != Some(id) {
            slot.holds = Some(id);
            data.reshape(layout.len());
            clear_border(&layout, &mut data);
        }
        data
    }

    pub fn put(&mut self, id: BufferId, data: Aligned) {
        self.slots[self.maps[id.0].slot].data = data;
    }
}

/// Zeros everywhere but at valid pixels, which whoever writes the map writes all.
fn clear_border(layout: &Layout, data: &mut [f32]) {
    if layout.channels() != layout.pixel() {
        return data.fill(0.0);
    }
    let mut end = 0;
    for y in 0..layout.height() {
        data[end..layout.at(y, 0)].fill(0.0);
        end = layout.at(y, 0) + layout.width() * layout.pixel();
    }
    data[end..].fill(0.0);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Writes every valid value of a map.
    fn write(buffers: &mut Buffers, id: BufferId) {
        let layout = buffers.layout(id);
        let mut data = buffers.take(id);
        for y in 0..layout.height() {
            for x in 0..layout.width() {
                data[layout.at(y, x)..][..layout.channels()].fill(1.0);
            }
        }
        buffers.put(id, data);
    }

    #[test]
    fn maps_that_share_memory_find_their_borders_zeroed() {
        let layouts = [Layout::map(5, 7, 16), Layout::map(3, 3, 40), Layout::map(9, 2, 13), Layout::map(1, 1, 8)];
        let mut buffers = Buffers::default();
        let input = buffers.reserve(Layout::image(8, 8, 3, 3));
        let ids = layouts.map(|layout| {
            let id = buffers.reserve(layout);
            buffers.release(id);
            id
        });
        buffers.allocate(0, input);
        assert_eq!(buffers.slots.len(), 2);
        for id in ids.iter().chain(ids.iter().rev()) {
            write(&mut buffers, *id);
            let layout = buffers.layout(*id);
            assert_eq!(buffers.get(*id).len(), layout.len());
            let sum: f32 = buffers.get(*id).iter().sum();
            assert_eq!(sum as usize, layout.height() * layout.width() * layout.channels(), "{layout:?}");
        }
        assert!(buffers.get(input).iter().all(|&x| x == 0.0));
    }

    #[test]
    #[should_panic(expected = "overwritten")]
    fn a_map_whose_memory_another_took_is_not_read() {
        let mut buffers = Buffers::default();
        let input = buffers.reserve(Layout::image(8, 8, 3, 3));
        let first = buffers.reserve(Layout::map(4, 4, 8));
        buffers.release(first);
        let second = buffers.reserve(Layout::map(2, 2, 8));
        buffers.allocate(0, input);
        write(&mut buffers, first);
        write(&mut buffers, second);
        buffers.get(first);
    }
}
