//! Model files made to break the loader or the network: whatever comes, it comes as an error, and takes no more memory than
//! the bytes that were there account for.
//!
//! `SKIPSCOPE_HOSTILE=20` multiplies the number of files.

mod common;

use common::heap;
use common::hostile::{Tally, mutated, survive, well_formed};
use common::random::Random;
use std::panic::{AssertUnwindSafe, catch_unwind};

#[global_allocator]
static COUNTING: heap::Counting = heap::Counting;

/// Bytes that a file may take in all, and that a refused one may take for each of its own.
const MOST: usize = 300 << 20;
const MOST_REFUSED: (usize, usize) = (16 << 20, 8);

fn all_survive(count: u64, make: fn(u64) -> (Vec<u8>, Random)) -> Tally {
    let times = std::env::var("SKIPSCOPE_HOSTILE").map_or(1, |times| times.parse().expect("a number of times"));
    let mut tally = Tally::default();
    for case in 0..count * times {
        let (bytes, mut random) = make(case);
        let before = tally;
        heap::start();
        let survived = catch_unwind(AssertUnwindSafe(|| survive(&bytes, &mut random, &mut tally)));
        let most = heap::most();
        assert!(survived.is_ok(), "case {case}");
        assert!(most < MOST, "case {case} took {most} bytes");
        if tally.refused > before.refused {
            let (any, each) = MOST_REFUSED;
            assert!(most < any + each * bytes.len(), "case {case}, {} bytes, took {most}", bytes.len());
        }
    }
    println!("{tally:?}");
    tally
}

#[test]
fn mutated_files_are_survived() {
    let tally = all_survive(1000, mutated);
    assert!(tally.refused > 300 && tally.ran > 100, "{tally:?}");
}

#[test]
fn well_formed_hostile_files_are_survived() {
    let tally = all_survive(250, well_formed);
    assert!(tally.refused > 50 && tally.ran > 50 && tally.overflowed > 1, "{tally:?}");
}
