//! Cutting what there is to do as evenly as possible: one pixel left over would stream all weights once more.

use super::lanes::ROWS;
use std::ops::Range;

/// Cuts `0..n` into that many ranges, as even as possible: the one of that index.
pub fn share(n: usize, parts: usize, index: usize) -> Range<usize> {
    // In 64 bits: a map of 383 x 383 pixels in tiles of 5 is more than 32 hold.
    let start = |index: usize| (index as u64 * n as u64 / parts as u64) as usize;
    start(index)..start(index + 1)
}

/// Cuts `0..n` into ranges of about `target`, as even as possible.
pub fn even(n: usize, target: usize) -> Vec<Range<usize>> {
    let parts = n.div_ceil(target);
    (0..parts).map(|index| share(n, parts, index)).collect()
}

/// Cuts `0..n` into runs of at most `ROWS`, as even as possible (49 pixels: of 5 and 6, none of 1): the starts, and `n`.
pub fn row_groups(n: usize) -> Vec<u32> {
    let starts = even(n, ROWS).into_iter().map(|group| group.start);
    starts.chain([n]).map(|start| u32::try_from(start).expect("a map has fewer pixels than 32 bits count")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Against arithmetic that cannot overflow, with sizes that 32 bits hold and their products do not.
    #[test]
    fn shares_are_even_and_leave_nothing_out() {
        for n in (1..600).chain([8191, 146_689, 262_144, u32::MAX as usize]) {
            for parts in [1, 2, 3, 5, n.div_ceil(6), n].into_iter().filter(|&parts| parts <= n) {
                for index in (0..parts).step_by(1 + parts / 100).chain([parts - 1]) {
                    let start = |index: usize| index as u128 * n as u128 / parts as u128;
                    let found = share(n, parts, index);
                    assert_eq!((found.start as u128, found.end as u128), (start(index), start(index + 1)));
                    assert!(found.len() == n / parts || found.len() == n.div_ceil(parts), "{n} in {parts}: {found:?}");
                }
            }
        }
    }

    #[test]
    fn row_groups_are_whole_tiles() {
        for n in (1..2000).chain([512 * 512]) {
            let groups = row_groups(n);
            assert_eq!((groups[0], groups[groups.len() - 1] as usize), (0, n));
            assert!(groups.windows(2).all(|group| group[0] < group[1] && group[1] - group[0] <= ROWS as u32));
        }
    }
}
