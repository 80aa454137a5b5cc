//! What a GGUF file states by key and type. Values are looked at where they lie: an array of bytes would otherwise take
//! dozens of times the memory it has in the file.

use super::reader::{Reader, Stop, broken};
use crate::weights::Error;

/// Ours has 20. Few enough to compare each with each.
const MOST_KEYS: usize = 256;

const U32: u32 = 4;
const F32: u32 = 6;
const BOOL: u32 = 7;
const TEXT: u32 = 8;
const ARRAY: u32 = 9;

#[derive(Debug)]
pub struct Metadata<'a>(Vec<(&'a str, Value<'a>)>);

#[derive(Clone, Copy, Debug)]
struct Value<'a> {
    kind: u32,
    /// Of an array: how many values, and of which kind.
    items: Option<(usize, u32)>,
    bytes: &'a [u8],
}

/// Bytes of a value whose kind has a fixed length.
fn len_of(kind: u32) -> Option<usize> {
    Some(match kind {
        0 | 1 | BOOL => 1,
        2 | 3 => 2,
        U32 | 5 | F32 => 4,
        10..=12 => 8,
        _ => return None,
    })
}

impl<'a> Metadata<'a> {
    pub(super) fn read(reader: &mut Reader<'a>, count: usize) -> Result<Metadata<'a>, Stop> {
        if count > MOST_KEYS {
            return broken(format!("{count} metadata keys; {MOST_KEYS} are the most"));
        }
        let mut metadata = Metadata(Vec::new());
        for _ in 0..count {
            let key = reader.text()?;
            if metadata.has(key) {
                return broken(format!("metadata key '{key}' occurs twice"));
            }
            metadata.0.push((key, Value::read(reader)?));
        }
        Ok(metadata)
    }

    fn find(&self, key: &str) -> Option<Value<'a>> {
        self.0.iter().find(|(k, _)| *k == key).map(|(_, value)| *value)
    }

    pub fn has(&self, key: &str) -> bool {
        self.find(key).is_some()
    }

    /// The value that `read` makes of the bytes, if they are of that kind.
    fn get<T>(
        &self,
        key: &str,
        kind: u32,
        read: impl FnOnce(Value<'a>, Reader<'a>) -> Result<T, Stop>,
    ) -> Result<T, Error> {
        let value = self.find(key).ok_or_else(|| Error::Format(format!("the model file does not state '{key}'")))?;
        match value.kind == kind {
            true => read(value, Reader::new(value.bytes)),
            false => broken("of the wrong type"),
        }
        .map_err(|stop| {
            let why = if let Stop::Broken(why) = stop { why } else { "cut off".into() };
            Error::Format(format!("the model file's '{key}' is {why}"))
        })
    }

    pub fn u32(&self, key: &str) -> Result<u32, Error> {
        self.get(key, U32, |_, mut reader| reader.u32())
    }

    pub fn bool(&self, key: &str) -> Result<bool, Error> {
        self.get(key, BOOL, |_, mut reader| Ok(reader.array::<1>()? != [0]))
    }

    pub fn text(&self, key: &str) -> Result<String, Error> {
        self.get(key, TEXT, |_, mut reader| Ok(reader.text()?.to_string()))
    }

    pub fn floats<const N: usize>(&self, key: &str) -> Result<[f32; N], Error> {
        self.get(key, ARRAY, |value, mut reader| match value.items {
            Some((count, F32)) if count == N => {
                let mut values = [0.0; N];
                for value in &mut values {
                    *value = f32::from_le_bytes(reader.array()?);
                }
                Ok(values)
            }
            Some((count, F32)) => broken(format!("{count} values instead of {N}")),
            _ => broken("of the wrong type"),
        })
    }

    /// A list of at most `most` texts.
    pub fn texts(&self, key: &str, most: usize) -> Result<Vec<String>, Error> {
        self.get(key, ARRAY, |value, mut reader| match value.items {
            Some((count, TEXT)) if count <= most => (0..count).map(|_| Ok(reader.text()?.to_string())).collect(),
            Some((count, TEXT)) => broken(format!("a list of {count}; {most} are the most")),
            _ => broken("of the wrong type"),
        })
    }
}

impl<'a> Value<'a> {
    fn read(reader: &mut Reader<'a>) -> Result<Value<'a>, Stop> {
        let kind = reader.u32()?;
        let (items, bytes) = match kind {
            ARRAY => {
                let (item, count) = (reader.u32()?, reader.size()?);
                (Some((count, item)), read_items(reader, item, count)?)
            }
            _ => (None, read_items(reader, kind, 1)?),
        };
        Ok(Value { kind, items, bytes })
    }
}

/// The bytes of `count` values in turn.
fn read_items<'a>(reader: &mut Reader<'a>, kind: u32, count: usize) -> Result<&'a [u8], Stop> {
    if let Some(len) = len_of(kind) {
        return reader.take(count.saturating_mul(len));
    }
    match kind {
        TEXT => reader.texts(count),
        ARRAY => broken("nested arrays"),
        _ => broken(format!("metadata of unknown type {kind}")),
    }
}
