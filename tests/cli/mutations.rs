//! The corpus, broken in thousands of ways from a seed: each file gets a result or an error that names it. Never a hang, a
//! panic or an abort.

use super::*;
use crate::random::Random;
use std::collections::HashSet;
use std::time::{Duration, Instant};

/// Up to here a file is header, whatever its format: every byte is tried, in one of three ways.
const HEADER: usize = 128;
/// Of the rest, so many bytes are picked.
const BEYOND: usize = 20;

/// A PNG whose checksums fit again, so that what was changed is read.
fn with_checksums(mut bytes: Vec<u8>) -> Vec<u8> {
    let mut at = 8;
    while let Some(length) = bytes.get(at..at + 4).map(|b| u32::from_be_bytes(b.try_into().unwrap()) as usize) {
        let Some(end) = at.checked_add(8 + length).filter(|&end| end + 4 <= bytes.len()) else { break };
        let crc = bombs::crc32(&bytes[at + 4..end]);
        bytes[end..end + 4].copy_from_slice(&crc.to_be_bytes());
        at = end + 4;
    }
    bytes
}

fn mutations(whole: &[u8], random: &mut Random) -> Vec<Vec<u8>> {
    let length = whole.len();
    let mut places: Vec<usize> = (0..length.min(HEADER)).collect();
    places.extend((0..BEYOND).map(|_| random.between(0, length - 1)));
    let mut made = Vec::new();
    for at in places {
        let mut bytes = whole.to_vec();
        match random.between(0, 2) {
            0 => bytes.truncate(at),
            1 => bytes[at] ^= 1 << random.between(0, 7),
            // A field of one, two or four bytes that lies: nothing, the most, the sign.
            _ => {
                let [first, last] = random.pick(&[[0, 0], [0, 1], [0xff, 0xff], [0x80, 0], [0x7f, 0xff], [1, 0]]);
                let field = &mut bytes[at..(at + random.pick(&[1, 1, 2, 4])).min(length)];
                field.fill(first);
                *field.last_mut().unwrap() = last;
            }
        }
        made.push(bytes);
    }
    for _ in 0..BEYOND {
        let mut noisy = whole.to_vec();
        for _ in 0..random.between(2, 12) {
            noisy[random.between(0, length - 1)] = random.between(0, 255) as u8;
        }
        made.push(noisy);
        // A piece taken out, or said twice.
        let (from, to) = (random.between(0, length - 1), random.between(0, length - 1));
        made.push([&whole[..from], &whole[to..]].concat());
    }
    made
}

#[test]
fn no_mutated_picture_ends_the_run() {
    let (here, mut random) = (folder("mutations"), Random::new(8));
    let mut files = Vec::new();
    for name in corpus::expected().keys() {
        let whole = std::fs::read(corpus::pictures().join(name)).unwrap();
        for (n, bytes) in mutations(&whole, &mut random).into_iter().enumerate() {
            let bytes = if name.ends_with(".png") && n % 8 > 0 { with_checksums(bytes) } else { bytes };
            let file = here.join(format!("{n}-{name}"));
            std::fs::write(&file, bytes).unwrap();
            files.push(file.display().to_string());
        }
    }
    let (mut results, mut reasons, mut slowest) = (0, Vec::new(), Duration::ZERO);
    for batch in files.chunks(500) {
        let start = Instant::now();
        let (ran, lines) = classify(&batch.iter().map(String::as_str).collect::<Vec<_>>(), &["--top", "1"]);
        slowest = slowest.max(start.elapsed());
        let last = lines.len();
        assert_eq!(last, batch.len(), "{:?} at {:?}\n{}", ran.code, batch.get(last), ran.err);
        assert!(!ran.err.contains("panicked"), "{}", ran.err);
        for (file, line) in batch.iter().zip(&lines) {
            assert_eq!(line["file"], *file);
            match line["error"].as_str() {
                None => results += 1,
                Some(reason) => {
                    assert!(ran.err.contains(&format!("error: {file}: {reason}\n")), "{file}: {reason}");
                    reasons.push(reason.to_string());
                }
            }
        }
        assert_eq!(ran.code, Some(i32::from(lines.iter().any(|line| line["error"].is_string()))));
    }
    let crashed = reasons.iter().filter(|reason| reason.contains("crashed")).count();
    let different = reasons.iter().collect::<HashSet<_>>().len();
    println!(
        "{} files: {results} results, {} errors ({different} different, {crashed} of crashed decoders); \
        a batch of 500 took at most {slowest:?}",
        files.len(),
        reasons.len(),
    );
    // Both ways out are walked, or the mutations were too tame or too wild to tell anything.
    assert!(results > 1000 && reasons.len() > 1000);
}
