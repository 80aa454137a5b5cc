//! PyTorch's `.pth` and `.pt`: a pickle that says which tensor is which part of which storage, and the storages.

mod archive;
mod pickle;
mod tree;

use super::bytes::{self, Bytes};
use super::{Checkpoint, Error, Place, StoredTensor};
use pickle::{Kind, Pickle, Stop, Value};
use std::collections::HashMap;
use std::ops::Range;
use tree::{Meaning, Storage, View};

/// What a file begins with that PyTorch wrote before 1.6, or is asked to write so: the pickled number 0x1950a86a20f9469cfc6c.
pub(super) const LEGACY: &[u8] = b"\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.";
/// The longest pickle: that of a network with its optimizer takes some 300 KB.
const LONGEST_PICKLE: usize = 64 << 20;

fn broken(why: impl Into<String>) -> Error {
    Error::Broken { format: "PyTorch", why: why.into() }
}

fn stopped(stop: Stop) -> Error {
    broken(match stop {
        Stop::Short => "its pickle ends too early".into(),
        Stop::Broken(why) => why,
    })
}

/// Reads where the tensors lie: in a zip, as PyTorch writes since 1.6, or one after the other.
pub fn read(bytes: &dyn Bytes) -> Result<Checkpoint, Error> {
    match *bytes::first(bytes, LEGACY.len())? == *LEGACY {
        true => legacy(bytes),
        false => archived(bytes),
    }
}

fn archived(bytes: &dyn Bytes) -> Result<Checkpoint, Error> {
    let archive = archive::Archive::open(bytes)?;
    if let Some(order) = archive.range("byteorder")? {
        little_endian(*bytes::read(bytes, order, "its byte order")? == *b"little")?;
    }
    let range = archive.range("data.pkl")?.ok_or_else(|| broken("it has no data.pkl"))?;
    if range.len() > LONGEST_PICKLE {
        return Err(broken(format!("a pickle of {} bytes; {LONGEST_PICKLE} are the most", range.len())));
    }
    let pickle = bytes::read(bytes, range, "its pickle")?;
    let pickle = Pickle::read(&pickle).map_err(stopped)?;
    checkpoint(&pickle, bytes, |key| archive.range(&format!("data/{key}")))
}

fn little_endian(is: bool) -> Result<(), Error> {
    match is {
        true => Ok(()),
        false => Err(Error::Unsupported("the file was written by a big-endian machine; save it on another".into())),
    }
}

/// Five pickles (a number, a version, facts about the machine, the tensors, the storages' keys), then each storage: how many
/// elements, and they themselves.
fn legacy(bytes: &dyn Bytes) -> Result<Checkpoint, Error> {
    let mut len = 1 << 20; // nobody says how long the pickles are
    loop {
        let first = bytes::first(bytes, len)?;
        match pickles(&first) {
            Err(Stop::Short) if len < bytes.len() && len < LONGEST_PICKLE => len *= 4,
            Err(stop) => return Err(stopped(stop)),
            Ok(([_, _, machine, tensors, keys], end)) => {
                little_endian(tree::flag(&machine, "little_endian") != Some(false))?;
                let ranges = storages(bytes, &tensors, &keys, end)?;
                return checkpoint(&tensors, bytes, |key| Ok(ranges.get(key).cloned()));
            }
        }
    }
}

/// The pickles at the beginning, and where they end.
fn pickles(first: &[u8]) -> Result<([Pickle<'_>; 5], usize), Stop> {
    let mut at = 0;
    let mut next = || {
        let pickle = Pickle::read(&first[at..])?;
        at += pickle.len;
        Ok(pickle)
    };
    Ok(([next()?, next()?, next()?, next()?, next()?], at))
}

/// Where each storage lies, by its key.
fn storages(
    bytes: &dyn Bytes,
    tensors: &Pickle,
    keys: &Pickle,
    mut at: usize,
) -> Result<HashMap<String, Range<usize>>, Error> {
    let all = (0..tensors.nodes.len() as u32).filter_map(|number| tree::storage(tensors, Value::Node(number)));
    let known: HashMap<String, Storage> = all.map(|storage| (storage.key.clone(), storage)).collect();
    let keys_in_order = keys.items(keys.top, Kind::List).ok_or_else(|| broken("it does not list its storages"))?;
    let mut ranges = HashMap::new();
    for &key in keys_in_order {
        let storage = keys.text(key).and_then(|key| known.get(key));
        let storage = storage.ok_or_else(|| broken("it lists a storage that no tensor lies in"))?;
        let start = at.saturating_add(8);
        let stated = bytes::read(bytes, at..start, "a storage's length")?;
        if stated.first_chunk() != Some(&(storage.len as u64).to_le_bytes()) {
            return Err(broken(format!("storage '{}' is not as long as the pickle says", storage.key)));
        }
        at = storage.bytes().and_then(|len| start.checked_add(len)).unwrap_or(usize::MAX);
        if at > bytes.len() {
            return Err(Error::Short { what: format!("storage '{}'", storage.key), end: at, len: bytes.len() });
        }
        ranges.insert(storage.key.clone(), start..at);
    }
    Ok(ranges)
}

/// The tensors of the pickle's weights, of which `place` finds the storages.
fn checkpoint(
    pickle: &Pickle,
    bytes: &dyn Bytes,
    mut place: impl FnMut(&str) -> Result<Option<Range<usize>>, Error>,
) -> Result<Checkpoint, Error> {
    let (mut tensors, mut opaque, mut total) = (Vec::new(), Vec::new(), 0usize);
    for (name, value) in tree::state_dict(pickle)? {
        match tree::meaning(pickle, value) {
            Meaning::Nothing => {}
            Meaning::Code(global) => opaque.push((name.to_string(), global)),
            Meaning::Tensor(view) => {
                let whole = place(&view.storage.key)?;
                let tensor = tensor(name, view, whole)?;
                total = total.saturating_add(tensor.elements().saturating_mul(tensor.dtype.bits() / 8));
                // Storages are shared by what shares weights, which is little. Shared by all, a small file would become a large network.
                if total > bytes.len().saturating_mul(2) {
                    return Err(broken("its tensors are more than twice the file's bytes"));
                }
                tensors.push(tensor);
            }
        }
    }
    Checkpoint::new(tensors, opaque)
}

fn tensor(name: &str, view: View, whole: Option<Range<usize>>) -> Result<StoredTensor, Error> {
    let View { storage, dtype, offset, shape, strides } = view;
    let whole =
        whole.ok_or_else(|| Error::tensor(name, format!("lies in storage '{}', which is not there", storage.key)))?;
    if storage.bytes() != Some(whole.len()) {
        let (stated, found) = (storage.bytes().unwrap_or(usize::MAX), whole.len());
        return Err(Error::tensor(name, format!("lies in a storage of {found} bytes where {stated} are stated")));
    }
    let within = StoredTensor::span(&shape, Some(&strides)).and_then(|span| {
        let size = dtype.bits() / 8;
        let from = offset.checked_mul(size)?.checked_add(whole.start)?;
        let to = span.checked_mul(size)?.checked_add(from)?;
        (to <= whole.end).then_some(from..to)
    });
    let range = within.ok_or_else(|| {
        Error::tensor(name, format!("has shape {shape:?} and strides {strides:?}, beyond its storage"))
    })?;
    StoredTensor::new(name.to_string(), shape, dtype, Place::File(range), Some(strides))
}
