//! The header of a GGUF file, read from bytes that may be anything.
//!
//! By hand: candle's reader wants the whole file and trusts what it states, and a page, which cannot catch a panic, would load
//! all of candle for it. Nothing here is allocated by what a header claims, only by the bytes that are there.

mod metadata;
mod reader;
mod types;
#[cfg(feature = "write")]
mod write;

pub use metadata::Metadata;
pub use types::TensorType;
#[cfg(feature = "write")]
pub use write::{Described, Value, beginning, padded};

use crate::weights::Error;
use reader::{LONGEST_HEADER, Reader, Stop, broken};
use std::ops::Range;

const ALIGNMENT: usize = 32;
/// The deepest network of ours has 312, and 777 before batch norm is folded. Few enough to compare each with each.
const MOST_TENSORS: usize = 1024;

/// A tensor's place in the file.
#[derive(Clone, Debug)]
pub struct TensorInfo {
    /// torchvision's: `layer1.0.conv1.weight`.
    pub name: String,
    /// Row-major, outermost first.
    pub shape: Vec<usize>,
    /// How its values are stored.
    pub kind: TensorType,
    /// Bytes of the file.
    pub range: Range<usize>,
}

impl TensorInfo {
    /// How many values it has.
    pub fn elements(&self) -> usize {
        self.shape.iter().product() // checked when the header was read
    }

    /// The values in the tensor's bytes, as f32, in place of what is in `values`.
    pub fn decode(&self, bytes: &[u8], values: &mut Vec<f32>) -> Result<(), Error> {
        if bytes.len() != self.range.len() {
            return Err(Error::Format(format!("tensor '{}' is cut off", self.name)));
        }
        values.clear();
        values.reserve_exact(self.elements());
        self.kind.decode(bytes, values);
        Ok(())
    }
}

/// What stands before the tensors' bytes.
#[derive(Debug)]
pub struct Header<'a> {
    pub metadata: Metadata<'a>,
    /// In the file's order, one after the other: nothing lies between them but what aligns them.
    pub tensors: Vec<TensorInfo>,
    /// Bytes of the whole file, as the header says.
    pub file_len: usize,
}

impl<'a> Header<'a> {
    /// Reads the header from a file's first bytes; `None` where it needs more of them.
    pub fn read(bytes: &'a [u8]) -> Result<Option<Header<'a>>, Error> {
        match header(Reader::new(bytes)) {
            Ok(header) => Ok(Some(header)),
            Err(Stop::Short) if bytes.len() < LONGEST_HEADER => Ok(None),
            Err(Stop::Short) => Err(Error::Format("the model file's header does not end".into())),
            Err(Stop::Broken(why)) => Err(Error::Format(format!("not a usable model file: {why}"))),
        }
    }
}

fn header(mut reader: Reader<'_>) -> Result<Header<'_>, Stop> {
    if &reader.array()? != b"GGUF" {
        return broken("it does not start with 'GGUF'");
    }
    let version = reader.u32()?;
    if !matches!(version, 2 | 3) {
        return broken(format!("GGUF version {version}; 2 and 3 are known"));
    }
    let (tensor_count, value_count) = (reader.size()?, reader.size()?);
    if tensor_count > MOST_TENSORS {
        return broken(format!("{tensor_count} tensors; {MOST_TENSORS} are the most"));
    }
    let metadata = Metadata::read(&mut reader, value_count)?;
    let alignment = match metadata.has("general.alignment") {
        false => ALIGNMENT,
        true => match metadata.u32("general.alignment") {
            Ok(n) if n.is_power_of_two() && n <= 1 << 16 => n as usize,
            _ => return broken("its alignment is no power of two up to 65536"),
        },
    };
    let mut tensors: Vec<TensorInfo> = Vec::new();
    for _ in 0..tensor_count {
        let tensor = tensor(&mut reader)?;
        if tensors.iter().any(|other| other.name == tensor.name) {
            return broken(format!("two tensors are called '{}'", tensor.name));
        }
        tensors.push(tensor);
    }
    let start = reader.at().next_multiple_of(alignment);
    let mut file_len = start;
    for tensor in &mut tensors {
        let range = &mut tensor.range;
        let place = range.start.checked_add(start).zip(range.end.checked_add(start));
        let Some((from, to)) = place else { return broken(format!("tensor '{}' is out of reach", tensor.name)) };
        // An overlap would make a small file's weights take any memory; a gap is bytes that nobody wants.
        if file_len.checked_next_multiple_of(alignment) != Some(from) {
            return broken(format!("tensor '{}' does not begin where the one before it ends", tensor.name));
        }
        *range = from..to;
        file_len = to;
    }
    Ok(Header { metadata, tensors, file_len })
}

/// Its range counts from where the tensors' bytes start, which is not known yet.
fn tensor(reader: &mut Reader<'_>) -> Result<TensorInfo, Stop> {
    let name = reader.text()?.to_string();
    let dimensions = reader.u32()?;
    if !(1..=4).contains(&dimensions) {
        return broken(format!("tensor '{name}' has {dimensions} dimensions"));
    }
    let mut shape = Vec::new();
    for _ in 0..dimensions {
        shape.push(reader.size()?);
    }
    shape.reverse(); // GGUF counts from the innermost
    let number = reader.u32()?;
    let Some(kind) = TensorType::from_number(number) else {
        return broken(format!("tensor '{name}' is of type {number}; f32, f16, bf16 and q8_0 are known"));
    };
    let offset = reader.size()?;
    let elements = shape.iter().try_fold(1usize, |n, &d| n.checked_mul(d)).filter(|&n| n > 0);
    // Blocks do not go on from one row to the next.
    let elements = elements.filter(|_| shape.last().is_some_and(|row| row.is_multiple_of(kind.block_len())));
    match elements.and_then(|n| kind.bytes_of(n)).and_then(|len| offset.checked_add(len)) {
        Some(end) => Ok(TensorInfo { name, shape, kind, range: offset..end }),
        None => broken(format!("tensor '{name}' has shape {shape:?}")),
    }
}
