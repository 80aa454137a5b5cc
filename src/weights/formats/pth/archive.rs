//! The zip that PyTorch writes: stored entries, which are ranges of the file. Nothing is inflated, so nothing can blow up.
//!
//! By hand, since only places are wanted: the zip crate is 46 KiB of gzipped wasm.

use crate::weights::formats::Error;
use crate::weights::formats::bytes::{self, Bytes};
use std::collections::HashMap;
use std::ops::Range;

/// Of the directory: a ResNet-152's is 100 KB.
const LONGEST_DIRECTORY: usize = 16 << 20;

pub struct Archive<'a> {
    bytes: &'a dyn Bytes,
    /// By their names, without the file's own before them.
    entries: HashMap<String, Entry>,
}

struct Entry {
    /// Where its own header begins.
    header: u64,
    len: u64,
    stored: bool,
}

fn broken<T>(why: impl Into<String>) -> Result<T, Error> {
    Err(Error::Broken { format: "PyTorch", why: why.into() })
}

/// The little-endian number of `N` bytes at `at`.
fn number<const N: usize>(bytes: &[u8], at: usize) -> Option<u64> {
    let word: &[u8; N] = bytes.get(at..)?.first_chunk()?;
    Some(word.iter().rev().fold(0, |n, &byte| n << 8 | u64::from(byte)))
}

fn range(from: u64, len: u64, file: usize, what: &str) -> Result<Range<usize>, Error> {
    let place = usize::try_from(from).ok().zip(from.checked_add(len).and_then(|end| usize::try_from(end).ok()));
    match place {
        Some((from, to)) if to <= file => Ok(from..to),
        _ => Err(Error::Short { what: what.into(), end: place.map_or(usize::MAX, |(_, to)| to), len: file }),
    }
}

impl<'a> Archive<'a> {
    pub fn open(bytes: &'a dyn Bytes) -> Result<Archive<'a>, Error> {
        let directory = directory(bytes)?;
        let directory = bytes::read(bytes, directory, "its directory")?;
        let mut entries = HashMap::new();
        let mut rest = &directory[..];
        while !rest.is_empty() {
            let Some((name, entry, len)) = entry(rest) else { return broken("its zip's directory does not end well") };
            rest = &rest[len..];
            if entries.insert(name.clone(), entry).is_some() {
                return Err(Error::Twice { what: "entries", name });
            }
        }
        // Before all names stands the file's when it was saved, or `archive`.
        let root = entries.keys().filter_map(|name| name.strip_suffix("data.pkl"));
        let root = root.filter(|root| root.is_empty() || root.find('/') == Some(root.len() - 1)).min();
        let Some(root) = root.map(str::to_string) else {
            return Err(Error::Foreign("a zip that torch.save has not written"));
        };
        let own = entries.into_iter().filter_map(|(name, entry)| Some((name.strip_prefix(&root)?.to_string(), entry)));
        let entries: HashMap<String, Entry> = own.collect();
        match entries.keys().any(|name| name.starts_with("code/")) {
            true => Err(Error::WholeModule("TorchScript".into())),
            false => Ok(Archive { bytes, entries }),
        }
    }

    /// Where the entry's bytes lie in the file; none where there is no such entry.
    pub fn range(&self, name: &str) -> Result<Option<Range<usize>>, Error> {
        let Some(entry) = self.entries.get(name) else { return Ok(None) };
        if !entry.stored {
            let why = format!(
                "entry '{name}' is compressed, which torch.save does not do: unpack the zip and save the weights"
            );
            return Err(Error::Unsupported(why));
        }
        let file = self.bytes.len();
        let what = format!("entry '{name}'");
        let header = bytes::read(self.bytes, range(entry.header, 30, file, &what)?, &what)?;
        match (header.starts_with(b"PK\x03\x04"), number::<2>(&header, 26), number::<2>(&header, 28)) {
            (true, Some(name), Some(extra)) => {
                let start = entry.header + 30 + name + extra; // the header lies in the file
                range(start, entry.len, file, &what).map(Some)
            }
            _ => broken(format!("there is no header of {what}")),
        }
    }
}

/// Where the directory lies, as the end of the file says.
fn directory(bytes: &dyn Bytes) -> Result<Range<usize>, Error> {
    const END: usize = 22;
    let file = bytes.len();
    let from = file.saturating_sub(END + usize::from(u16::MAX) + 20);
    let last = bytes::read(bytes, from..file, "the zip's end")?;
    let places = (0..(last.len() + 1).saturating_sub(END)).rev();
    let mut ends = places.filter(|&at| last[at..].starts_with(b"PK\x05\x06"));
    let end = ends.find(|&at| number::<2>(&last, at + 20) == Some((last.len() - at - END) as u64)); // what follows is a comment
    let Some(end) = end else { return broken("it is cut off: its zip has no end") };
    let (mut len, mut start) = (number::<4>(&last, end + 12), number::<4>(&last, end + 16));
    // Since 2012, and in all that PyTorch writes, 64-bit places stand before it.
    if let Some(locator) = end.checked_sub(20).filter(|&at| last[at..].starts_with(b"PK\x06\x07")) {
        let at = number::<8>(&last, locator + 8).unwrap_or(u64::MAX);
        let record = bytes::read(bytes, range(at, 56, file, "the zip's end")?, "the zip's end")?;
        if !record.starts_with(b"PK\x06\x06") {
            return broken("its zip's end is not where it says");
        }
        (len, start) = (number::<8>(&record, 40), number::<8>(&record, 48));
    }
    let (len, start) = (len.unwrap_or(u64::MAX), start.unwrap_or(u64::MAX));
    match range(start, len, file, "the zip's directory")? {
        place if place.len() <= LONGEST_DIRECTORY => Ok(place),
        place => broken(format!("its zip's directory has {} bytes; {LONGEST_DIRECTORY} are the most", place.len())),
    }
}

/// The first entry of a directory, its name, and how long it is there.
fn entry(directory: &[u8]) -> Option<(String, Entry, usize)> {
    let header = directory.strip_prefix(b"PK\x01\x02").map(|_| directory)?;
    let size = |at: usize| number::<2>(header, at).map(|len| len as usize);
    let (name_len, extra_len, comment_len) = (size(28)?, size(30)?, size(32)?);
    let name = str::from_utf8(header.get(46..46 + name_len)?).ok()?;
    let mut extra = header.get(46 + name_len..46 + name_len + extra_len)?;
    let mut places = [number::<4>(header, 24)?, number::<4>(header, 20)?, number::<4>(header, 42)?];
    // Those that four bytes do not hold stand in a field of what is extra, in this order.
    while let (Some(kind), Some(len)) = (number::<2>(extra, 0), number::<2>(extra, 2)) {
        let field = extra.get(4..4 + len as usize)?;
        if kind == 1 {
            let mut wide = field.as_chunks::<8>().0.iter();
            for place in places.iter_mut().filter(|place| **place == u64::from(u32::MAX)) {
                *place = u64::from_le_bytes(*wide.next()?);
            }
        }
        extra = &extra[4 + len as usize..];
    }
    let [len, packed, header_at] = places;
    let stored = number::<2>(header, 10)? == 0 && number::<2>(header, 8)? & 1 == 0 && len == packed;
    let entry = Entry { header: header_at, len, stored };
    let whole = 46 + name_len + extra_len + comment_len;
    (whole <= header.len()).then(|| (name.to_string(), entry, whole))
}
