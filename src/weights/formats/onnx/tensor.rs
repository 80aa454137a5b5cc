//! ONNX' tensors: in the file, in a file beside it, or number by number.

use super::protobuf::{self, Reader, Value, broken};
use crate::weights::formats::bytes::{self, Bytes};
use crate::weights::formats::{Companions, Dtype, Error, Place, StoredTensor};
use std::ops::Range;

const MOST_DIMENSIONS: usize = 16;

/// A tensor as the file states it.
pub struct Tensor {
    pub name: String,
    pub shape: Vec<usize>,
    pub dtype: Dtype,
    pub data: Data,
}

pub enum Data {
    /// Little-endian, as [`Place`] has it.
    File(Range<usize>),
    Inline(Vec<u8>),
    External {
        location: String,
        offset: usize,
        len: Option<usize>,
    },
}

fn dtype(code: i64) -> Dtype {
    match code {
        1 => Dtype::F32,
        10 => Dtype::F16,
        11 => Dtype::F64,
        16 => Dtype::BF16,
        2 | 3 | 9 => Dtype::Integer(1),
        4 | 5 => Dtype::Integer(2),
        6 | 12 => Dtype::Integer(4),
        7 | 13 => Dtype::Integer(8),
        14 => Dtype::Other(64),
        15 => Dtype::Other(128),
        17..=20 | 24 => Dtype::Other(8),
        21..=23 => Dtype::Other(4),
        _ => Dtype::Other(0), // texts, which are not read, and what there is not
    }
}

/// Values that are stored by number, as they come: in one row, in several, or each by itself.
#[derive(Default)]
struct Values {
    row: Option<Range<usize>>,
    bytes: Vec<u8>,
    integers: Vec<i64>,
}

impl Values {
    /// Floats. A single row stays where it is.
    fn add(&mut self, reader: &mut Reader, value: Value) -> Result<(), Error> {
        let value = match value {
            Value::Bytes(range) if self.row.is_none() && self.bytes.is_empty() => {
                self.row = Some(range);
                return Ok(());
            }
            other => other,
        };
        if let Some(row) = self.row.take() {
            self.bytes.extend_from_slice(&bytes::read(reader.bytes(), row, "a tensor")?);
        }
        match value {
            Value::Bytes(range) => self.bytes.extend_from_slice(&bytes::read(reader.bytes(), range, "a tensor")?),
            Value::Fixed32(bytes) => self.bytes.extend(bytes),
            Value::Fixed64(bytes) => self.bytes.extend(bytes),
            Value::Varint(_) => return broken("an integer among floats"),
        }
        Ok(())
    }

    fn data(self, dtype: Dtype) -> Data {
        match self.row {
            Some(range) => Data::File(range),
            None if self.integers.is_empty() => Data::Inline(self.bytes),
            // Half floats too are stored as the integers that their bits are.
            None => Data::Inline(
                self.integers.iter().flat_map(|n| n.to_le_bytes().into_iter().take(dtype.bits() / 8)).collect(),
            ),
        }
    }
}

/// `TensorProto`.
pub fn read(reader: &mut Reader, mut rest: Range<usize>) -> Result<Tensor, Error> {
    let (mut name, mut dimensions, mut code, mut raw, mut values) =
        (String::new(), Vec::new(), 0, None, Values::default());
    let (mut external, mut is_external) = (Vec::new(), false);
    while let Some((number, value)) = reader.field(&mut rest)? {
        match number {
            1 => reader.integers(value, &mut dimensions)?,
            2 => code = protobuf::integer(&value)?,
            3 => return Err(Error::Unsupported("a tensor of several segments is not read".into())),
            4 | 10 => values.add(reader, value)?,
            5 | 7 | 11 => reader.integers(value, &mut values.integers)?,
            8 => name = reader.text(&value)?,
            9 => raw = Some(protobuf::message(&value)?),
            13 => external.push(entry(reader, protobuf::message(&value)?)?),
            14 => is_external = protobuf::integer(&value)? == 1,
            _ => {}
        }
        if dimensions.len() > MOST_DIMENSIONS {
            return broken(format!("tensor '{name}' has more than {MOST_DIMENSIONS} dimensions"));
        }
    }
    let dtype = dtype(code);
    let shape = dimensions.iter().map(|&d| usize::try_from(d)).collect::<Result<Vec<_>, _>>();
    let shape = shape.map_err(|_| Error::tensor(&name, format!("has shape {dimensions:?}")))?;
    let data = match raw {
        _ if is_external => beside(&name, &external)?,
        Some(range) => Data::File(range),
        None => values.data(dtype),
    };
    Ok(Tensor { name, shape, dtype, data })
}

/// `StringStringEntryProto`.
fn entry(reader: &mut Reader, mut rest: Range<usize>) -> Result<(String, String), Error> {
    let (mut key, mut text) = (String::new(), String::new());
    while let Some((number, value)) = reader.field(&mut rest)? {
        match number {
            1 => key = reader.text(&value)?,
            2 => text = reader.text(&value)?,
            _ => {}
        }
    }
    Ok((key, text))
}

fn beside(name: &str, entries: &[(String, String)]) -> Result<Data, Error> {
    let stated = |key: &str| entries.iter().find(|(other, _)| other == key).map(|(_, text)| text.as_str());
    let size = |key: &str| match stated(key) {
        None => Ok(None),
        Some(text) => text.parse().map(Some).map_err(|_| Error::tensor(name, format!("lies beside at {key} '{text}'"))),
    };
    let location = stated("location").unwrap_or("");
    let location = location.strip_prefix("./").unwrap_or(location);
    // It lies beside the model or below: never anywhere else, whatever a system takes for a path.
    let named = |part: &str| !matches!(part, "" | "." | "..") && !part.contains(['\\', ':', '\0']);
    if !location.split('/').all(named) {
        return Err(Error::tensor(name, format!("lies in '{location}', which is no file beside the model")));
    }
    Ok(Data::External { location: location.into(), offset: size("offset")?.unwrap_or(0), len: size("length")? })
}

/// The files beside the model, each asked for once.
pub struct Beside<'c, 'a> {
    pub companions: &'c Companions<'a>,
    names: Vec<String>,
    pub files: Vec<Box<dyn Bytes>>,
}

impl<'c, 'a> Beside<'c, 'a> {
    pub fn new(companions: &'c Companions<'a>) -> Beside<'c, 'a> {
        Beside { companions, names: Vec::new(), files: Vec::new() }
    }

    fn index(&mut self, location: String) -> Result<usize, Error> {
        if let Some(index) = self.names.iter().position(|name| *name == location) {
            return Ok(index);
        }
        let Some(file) = (self.companions)(&location) else { return Err(Error::Companion(location)) };
        self.names.push(location);
        self.files.push(file);
        Ok(self.files.len() - 1)
    }

    /// The tensor at its place, under the name `name`.
    pub fn stored(&mut self, tensor: Tensor, name: String) -> Result<StoredTensor, Error> {
        let Tensor { shape, dtype, data, .. } = tensor;
        let place = match data {
            Data::File(range) => Place::File(range),
            Data::Inline(bytes) => Place::Inline(bytes),
            Data::External { location, offset, len } => {
                let what = format!("tensor '{name}' in '{location}'");
                let index = self.index(location)?;
                let elements = StoredTensor::span(&shape, None).and_then(|n| n.checked_mul(dtype.bits()));
                let end = len.or(elements.map(|bits| bits / 8)).and_then(|len| offset.checked_add(len));
                let (end, whole) = (end.unwrap_or(usize::MAX), self.files[index].len());
                if end > whole {
                    return Err(Error::Short { what, end, len: whole });
                }
                Place::Companion(index, offset..end)
            }
        };
        StoredTensor::new(name, shape, dtype, place, None)
    }
}
