//! `.safetensors`: a header in JSON, then the tensors' bytes, one after the other.

use super::bytes::{self, Bytes};
use super::{Checkpoint, Dtype, Error, Place, StoredTensor};
use safetensors::tensor::{Metadata, TensorInfo};
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, Visitor};

/// The longest header that is read; a network of a thousand tensors takes 100 KB.
const LONGEST_HEADER: usize = 16 << 20;

fn broken(why: impl ToString) -> Error {
    Error::Broken { format: "safetensors", why: why.to_string() }
}

/// Reads the header. The tensors' bytes are to fill the rest of the file, without a gap or an overlap.
pub fn read(bytes: &dyn Bytes) -> Result<Checkpoint, Error> {
    let len = bytes::read(bytes, 0..8, "the length of the header")?;
    let len = len.first_chunk().map_or(0, |len| u64::from_le_bytes(*len));
    let start = usize::try_from(len).ok().filter(|&len| len <= LONGEST_HEADER).map(|len| 8 + len);
    let start = start.ok_or_else(|| broken(format!("a header of {len} bytes; {LONGEST_HEADER} are the most")))?;
    let header = bytes::read(bytes, 8..start, "the header")?;
    let Entries(mut entries) = serde_json::from_slice(&header).map_err(broken)?;
    entries.sort_by_key(|(_, info)| info.data_offsets); // the file's order, which the header need not have
    let end = entries.last().map_or(0, |(_, info)| info.data_offsets.1);
    let tensors = entries.iter().map(|(name, info)| {
        let (from, to) = info.data_offsets;
        let range = start.checked_add(from).zip(start.checked_add(to)).filter(|(from, to)| from <= to);
        let (from, to) = range.ok_or_else(|| Error::tensor(name, format!("lies at {:?}", info.data_offsets)))?;
        StoredTensor::new(name.clone(), info.shape.clone(), dtype(info.dtype), Place::File(from..to), None)
    });
    let tensors = tensors.collect::<Result<_, _>>()?;
    Metadata::new(None, entries).map_err(broken)?; // refuses gaps and overlaps
    match start.checked_add(end) {
        Some(end) if end == bytes.len() => Checkpoint::new(tensors, Vec::new()),
        Some(end) if end < bytes.len() => {
            Err(broken(format!("{} bytes come after its last tensor", bytes.len() - end)))
        }
        end => Err(Error::Short { what: "its last tensor".into(), end: end.unwrap_or(usize::MAX), len: bytes.len() }),
    }
}

/// The header's tensors in its own order. The crate's `Metadata` would keep one of two that have the same name.
struct Entries(Vec<(String, TensorInfo)>);

impl<'de> Deserialize<'de> for Entries {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Read;
        impl<'de> Visitor<'de> for Read {
            type Value = Entries;

            fn expecting(&self, to: &mut std::fmt::Formatter) -> std::fmt::Result {
                to.write_str("an object of tensors")
            }

            fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Entries, M::Error> {
                let mut entries = Vec::new();
                while let Some(name) = map.next_key::<String>()? {
                    match name == "__metadata__" {
                        true => drop(map.next_value::<IgnoredAny>()?),
                        false => entries.push((name, map.next_value()?)),
                    }
                }
                Ok(Entries(entries))
            }
        }
        deserializer.deserialize_map(Read)
    }
}

fn dtype(dtype: safetensors::Dtype) -> Dtype {
    use safetensors::Dtype as Theirs;
    match dtype {
        Theirs::F64 => Dtype::F64,
        Theirs::F32 => Dtype::F32,
        Theirs::F16 => Dtype::F16,
        Theirs::BF16 => Dtype::BF16,
        Theirs::BOOL | Theirs::U8 | Theirs::I8 => Dtype::Integer(1),
        Theirs::U16 | Theirs::I16 => Dtype::Integer(2),
        Theirs::U32 | Theirs::I32 => Dtype::Integer(4),
        Theirs::U64 | Theirs::I64 => Dtype::Integer(8),
        other => Dtype::Other(u8::try_from(other.bitsize()).unwrap_or(u8::MAX)),
    }
}
