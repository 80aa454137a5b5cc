//! The header of a GGUF file, read from bytes that may be anything.
//!
//! candle writes our files and decodes their tensors, but its header reader divides by the file's own alignment, multiplies
//! dimensions unchecked and wants the whole file. A page cannot catch a panic, and may have only the first bytes yet.

use super::Error;
use candle_core::quantized::gguf_file::Value;
use candle_core::quantized::{GgmlDType, ggml_file};
use std::collections::HashMap;
use std::ops::Range;

/// Ours take some 50 KB; a header that claims more than this is broken (or another project's).
const LONGEST_HEADER: usize = 4 << 20;
const ALIGNMENT: usize = 32;
/// Blocks decoded at once: candle makes several copies on the way, which would be of 10 MB each for the largest tensors.
const AT_ONCE: usize = 8192;

/// A tensor's place in the file.
#[derive(Clone, Debug)]
pub struct TensorInfo {
    pub name: String,
    /// Row-major, outermost first.
    pub shape: Vec<usize>,
    pub kind: GgmlDType,
    /// Bytes of the file.
    pub range: Range<usize>,
}

impl TensorInfo {
    pub fn elements(&self) -> usize {
        self.shape.iter().product() // checked when the header was read
    }

    /// The values in the tensor's bytes, as f32, in place of what is in `values`.
    pub fn decode(&self, bytes: &[u8], values: &mut Vec<f32>) -> Result<(), Error> {
        if bytes.len() != self.range.len() {
            return Err(Error::Format(format!("tensor '{}' is cut off", self.name)));
        }
        let candle = |e: candle_core::Error| Error::Format(format!("tensor '{}': {e}", self.name));
        let device = candle_core::Device::Cpu;
        values.clear();
        values.reserve_exact(self.elements());
        for part in bytes.chunks(AT_ONCE * self.kind.type_size()) {
            // candle looks at the bytes through a pointer to its blocks: a fresh allocation is aligned for them, a slice of
            // a file need not be.
            let aligned = part.to_vec();
            let elements = part.len() / self.kind.type_size() * self.kind.block_size();
            let tensor = ggml_file::qtensor_from_ggml(self.kind, &aligned, vec![elements], &device);
            let part = tensor.and_then(|t| t.dequantize(&device)?.to_vec1::<f32>()).map_err(candle)?;
            values.extend_from_slice(&part);
        }
        Ok(())
    }
}

/// What stands before the tensors' bytes.
#[derive(Debug)]
pub struct Header {
    pub metadata: HashMap<String, Value>,
    /// In the file's order.
    pub tensors: Vec<TensorInfo>,
    /// Bytes of the whole file, as the header says.
    pub file_len: usize,
}

impl Header {
    /// Reads the header from a file's first bytes; `None` where it needs more of them.
    pub fn read(bytes: &[u8]) -> Result<Option<Header>, Error> {
        let reader = Reader { bytes, at: 0 };
        match reader.header() {
            Ok(header) => Ok(Some(header)),
            Err(Stop::Short) if bytes.len() < LONGEST_HEADER => Ok(None),
            Err(Stop::Short) => Err(Error::Format("the model file's header does not end".into())),
            Err(Stop::Broken(why)) => Err(Error::Format(format!("not a usable model file: {why}"))),
        }
    }
}

enum Stop {
    /// The bytes end first.
    Short,
    Broken(String),
}

fn broken<T>(why: impl Into<String>) -> Result<T, Stop> {
    Err(Stop::Broken(why.into()))
}

/// Every read is checked against the bytes that are there, and nothing is allocated by a length alone.
struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    fn take(&mut self, len: usize) -> Result<&'a [u8], Stop> {
        if len > LONGEST_HEADER {
            return broken(format!("a length of {len} bytes in its header"));
        }
        let taken = self.bytes.get(self.at..self.at + len).ok_or(Stop::Short)?;
        self.at += len;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], Stop> {
        Ok(self.take(N)?.try_into().expect("as many bytes as asked for"))
    }

    fn u32(&mut self) -> Result<u32, Stop> {
        Ok(u32::from_le_bytes(self.array()?))
    }

    fn u64(&mut self) -> Result<u64, Stop> {
        Ok(u64::from_le_bytes(self.array()?))
    }

    fn size(&mut self) -> Result<usize, Stop> {
        let value = self.u64()?;
        usize::try_from(value).or_else(|_| broken(format!("a length of {value}")))
    }

    fn string(&mut self) -> Result<String, Stop> {
        let len = self.size()?;
        let bytes = self.take(len)?;
        String::from_utf8(bytes.to_vec()).or_else(|_| broken("text that is not UTF-8"))
    }

    fn value(&mut self, kind: u32) -> Result<Value, Stop> {
        Ok(match kind {
            0 => Value::U8(self.array::<1>()?[0]),
            1 => Value::I8(i8::from_le_bytes(self.array()?)),
            2 => Value::U16(u16::from_le_bytes(self.array()?)),
            3 => Value::I16(i16::from_le_bytes(self.array()?)),
            4 => Value::U32(self.u32()?),
            5 => Value::I32(i32::from_le_bytes(self.array()?)),
            6 => Value::F32(f32::from_le_bytes(self.array()?)),
            7 => Value::Bool(self.array::<1>()?[0] != 0),
            8 => Value::String(self.string()?),
            9 => {
                let (kind, len) = (self.u32()?, self.size()?);
                if kind == 9 {
                    return broken("nested arrays");
                }
                // Each element takes at least a byte of what is there, so `len` cannot outgrow the header.
                let mut values = Vec::new();
                for _ in 0..len {
                    values.push(self.value(kind)?);
                }
                Value::Array(values)
            }
            10 => Value::U64(self.u64()?),
            11 => Value::I64(i64::from_le_bytes(self.array()?)),
            12 => Value::F64(f64::from_le_bytes(self.array()?)),
            _ => return broken(format!("metadata of unknown type {kind}")),
        })
    }

    fn header(mut self) -> Result<Header, Stop> {
        if &self.array()? != b"GGUF" {
            return broken("it does not start with 'GGUF'");
        }
        let version = self.u32()?;
        if !matches!(version, 2 | 3) {
            return broken(format!("GGUF version {version}; 2 and 3 are known"));
        }
        let (tensor_count, value_count) = (self.size()?, self.size()?);
        let mut metadata = HashMap::new();
        for _ in 0..value_count {
            let (key, kind) = (self.string()?, self.u32()?);
            let value = self.value(kind)?;
            if metadata.insert(key, value).is_some() {
                return broken("a metadata key that occurs twice");
            }
        }
        let alignment = match metadata.get("general.alignment") {
            None => ALIGNMENT,
            Some(Value::U32(n)) if n.is_power_of_two() && *n <= 1 << 16 => *n as usize,
            Some(other) => return broken(format!("alignment {other:?}")),
        };
        let mut tensors: Vec<TensorInfo> = Vec::new();
        for _ in 0..tensor_count {
            tensors.push(self.tensor()?);
        }
        let start = self.at.next_multiple_of(alignment);
        let mut file_len = start;
        for tensor in &mut tensors {
            let range = &mut tensor.range;
            let place = range.start.checked_add(start).zip(range.end.checked_add(start));
            let Some((from, to)) = place else { return broken(format!("tensor '{}' is out of reach", tensor.name)) };
            *range = from..to;
            file_len = file_len.max(to);
        }
        Ok(Header { metadata, tensors, file_len })
    }

    /// Its range counts from where the tensors' bytes start, which is not known yet.
    fn tensor(&mut self) -> Result<TensorInfo, Stop> {
        let name = self.string()?;
        let dimensions = self.u32()?;
        if !(1..=4).contains(&dimensions) {
            return broken(format!("tensor '{name}' has {dimensions} dimensions"));
        }
        let mut shape = Vec::new();
        for _ in 0..dimensions {
            shape.push(self.size()?);
        }
        shape.reverse(); // GGUF counts from the innermost
        let kind = match self.u32()? {
            0 => GgmlDType::F32,
            1 => GgmlDType::F16,
            8 => GgmlDType::Q8_0,
            30 => GgmlDType::BF16,
            other => return broken(format!("tensor '{name}' is of type {other}; f32, f16, bf16 and q8_0 are known")),
        };
        let offset = self.size()?;
        let len = shape
            .iter()
            .try_fold(1usize, |n, &d| n.checked_mul(d))
            .filter(|n| n % kind.block_size() == 0)
            .and_then(|n| (n / kind.block_size()).checked_mul(kind.type_size()));
        match len.and_then(|len| offset.checked_add(len)) {
            Some(end) => Ok(TensorInfo { name, shape, kind, range: offset..end }),
            None => broken(format!("tensor '{name}' has shape {shape:?}")),
        }
    }
}
