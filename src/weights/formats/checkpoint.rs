//! Named tensors in a file, whatever its format: where each lies, and its values when it is asked for.

use super::bytes::{self, Bytes};
use super::{Error, TensorType};
use crate::weights::{self, Source};
use std::ops::Range;

/// How a tensor's values are stored. Little-endian, all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dtype {
    /// IEEE 754 double.
    F64,
    /// IEEE 754 single.
    F32,
    /// IEEE 754 half.
    F16,
    /// The upper half of a single.
    BF16,
    /// Integers and booleans of so many bytes: listed, and never a weight. Batch norm's `num_batches_tracked` is one.
    Integer(u8),
    /// What no network here is made of, of so many bits: 8-bit floats, complex numbers.
    Other(u8),
}

impl Dtype {
    /// Bits of one element.
    pub fn bits(self) -> usize {
        match self {
            Dtype::F64 => 64,
            Dtype::F32 => 32,
            Dtype::F16 | Dtype::BF16 => 16,
            Dtype::Integer(bytes) => usize::from(bytes) * 8,
            Dtype::Other(bits) => bits.into(),
        }
    }

    /// Whether it can be a weight.
    pub fn is_float(self) -> bool {
        !matches!(self, Dtype::Integer(_) | Dtype::Other(_))
    }
}

/// Where the bytes of a tensor lie.
#[derive(Clone, Debug, PartialEq)]
pub enum Place {
    /// In the file.
    File(Range<usize>),
    /// In a file beside it: [`Graph`](super::onnx::Graph) keeps those.
    Companion(usize, Range<usize>),
    /// Small, or stored so that no range of the file is its bytes.
    Inline(Vec<u8>),
}

/// A tensor's place, whose values are not read yet.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredTensor {
    /// As in the file, but for what wraps a whole model: see [`Checkpoint`].
    pub name: String,
    /// Outermost first, as [`values`](Self::values) are laid out. No dimension for a scalar.
    pub shape: Vec<usize>,
    /// How its elements are stored.
    pub dtype: Dtype,
    /// Where the first of them lie.
    pub place: Place,
    /// Where the next element of each dimension lies, in elements, counted from the first of `place`; none where they lie row by row.
    /// A view: transposed, or stored with its channels last.
    pub strides: Option<Vec<usize>>,
}

/// The named tensors of a `.safetensors` or `.pth` file.
///
/// Where all names begin with `module.` (DataParallel) or `_orig_mod.` (`torch.compile`), they are without it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Checkpoint {
    /// In the file's order.
    pub tensors: Vec<StoredTensor>,
    /// What stands among the tensors and is made by code that is not run, by the code's name: `(name, global)`.
    pub opaque: Vec<(String, String)>,
}

/// Values are decoded so many bytes at a time, so that what is held beside them is small. A multiple of every value's size.
const PIECE: usize = 1 << 20;

impl StoredTensor {
    /// Checks that the tensor's bytes are as many as its shape and strides call for. A view that repeats elements
    /// (`expand`) is refused: a few bytes would become any amount of memory.
    pub fn new(
        name: String,
        shape: Vec<usize>,
        dtype: Dtype,
        place: Place,
        strides: Option<Vec<usize>>,
    ) -> Result<StoredTensor, Error> {
        let bytes = match &place {
            Place::File(range) | Place::Companion(_, range) => range.len(),
            Place::Inline(bytes) => bytes.len(),
        };
        let strides = strides.filter(|strides| !row_by_row(&shape, strides));
        let elements = shape.iter().try_fold(1usize, |n, &d| n.checked_mul(d));
        let spanned = StoredTensor::span(&shape, strides.as_deref());
        let needed = spanned.and_then(|n| n.checked_mul(dtype.bits())).filter(|bits| bits.is_multiple_of(8));
        match (elements, spanned, needed) {
            (Some(elements), Some(spanned), Some(bits)) if bits / 8 == bytes && elements <= spanned => {
                Ok(StoredTensor { name, shape, dtype, place, strides })
            }
            (Some(elements), Some(spanned), Some(_)) if elements > spanned => Err(Error::tensor(
                &name,
                format!("has shape {shape:?} and repeats its elements: clone it before saving"),
            )),
            _ => Err(Error::tensor(&name, format!("has shape {shape:?} in {dtype:?}, and {bytes} bytes"))),
        }
    }

    /// From the first element to the last, in elements; none where that is more than can be counted, or the strides are not the
    /// shape's.
    pub(super) fn span(shape: &[usize], strides: Option<&[usize]>) -> Option<usize> {
        let elements = shape.iter().try_fold(1usize, |n, &d| n.checked_mul(d))?;
        match strides {
            None => Some(elements),
            Some(strides) if strides.len() != shape.len() => None,
            Some(_) if elements == 0 => Some(0),
            Some(strides) => {
                let mut last = shape.iter().zip(strides).map(|(&d, &stride)| (d - 1).checked_mul(stride));
                last.try_fold(1usize, |n, more| n.checked_add(more?))
            }
        }
    }

    /// How many values it has.
    pub fn elements(&self) -> usize {
        self.shape.iter().product() // checked when it was made
    }

    /// The values, row by row of `shape`, all finite. `bytes` is the file that `place` is a part of.
    ///
    /// Takes the memory of the values and a megabyte more; of a view, that of the values twice.
    pub fn values(&self, bytes: &dyn Bytes) -> Result<Vec<f32>, Error> {
        if !self.dtype.is_float() {
            return Err(Error::tensor(&self.name, format!("holds {:?}, not floats", self.dtype)));
        }
        let values = match &self.place {
            Place::Inline(own) => self.decode(&own, 0..own.len())?,
            Place::File(range) | Place::Companion(_, range) => self.decode(bytes, range.clone())?,
        };
        let values = match &self.strides {
            Some(strides) => gathered(&values, &self.shape, strides),
            None => values,
        };
        match values.iter().all(|v| v.is_finite()) {
            true => Ok(values),
            false => Err(Error::NotFinite(self.name.clone())),
        }
    }

    fn decode(&self, bytes: &dyn Bytes, range: Range<usize>) -> Result<Vec<f32>, Error> {
        if range.end > bytes.len() {
            let what = format!("tensor '{}'", self.name);
            return Err(Error::Short { what, end: range.end, len: bytes.len() });
        }
        let mut values = Vec::with_capacity(range.len() / (self.dtype.bits() / 8));
        for from in range.clone().step_by(PIECE) {
            let piece = bytes::read(bytes, from..range.end.min(from.saturating_add(PIECE)), "a tensor")?;
            match self.dtype {
                Dtype::F32 => TensorType::F32.decode(&piece, &mut values),
                Dtype::F16 => TensorType::F16.decode(&piece, &mut values),
                Dtype::BF16 => TensorType::BF16.decode(&piece, &mut values),
                Dtype::F64 => values.extend(piece.as_chunks().0.iter().map(|word| f64::from_le_bytes(*word) as f32)),
                Dtype::Integer(_) | Dtype::Other(_) => {} // `values` has refused them
            }
        }
        Ok(values)
    }
}

/// Whether that is how elements lie without strides. Those of dimensions of one say nothing.
fn row_by_row(shape: &[usize], strides: &[usize]) -> bool {
    let mut expected = 1usize;
    shape.len() == strides.len()
        && shape.iter().zip(strides).rev().all(|(&d, &stride)| {
            let fits = d == 1 || stride == expected;
            expected = expected.saturating_mul(d);
            fits
        })
}

fn gathered(values: &[f32], shape: &[usize], strides: &[usize]) -> Vec<f32> {
    let elements = shape.iter().product();
    let mut out = Vec::with_capacity(elements);
    let (mut index, mut at) = (vec![0; shape.len()], 0);
    for _ in 0..elements {
        out.push(values[at]); // within the span, which `values` is as long as
        for dimension in (0..shape.len()).rev() {
            index[dimension] += 1;
            at += strides[dimension];
            if index[dimension] < shape[dimension] {
                break;
            }
            at -= strides[dimension] * shape[dimension];
            index[dimension] = 0;
        }
    }
    out
}

impl Checkpoint {
    /// `tensors` in the file's order. Wrappers' prefixes are taken off; two tensors of one name are an error.
    pub(super) fn new(mut tensors: Vec<StoredTensor>, mut opaque: Vec<(String, String)>) -> Result<Checkpoint, Error> {
        for _ in 0..2 {
            for prefix in ["module.", "_orig_mod."] {
                if !tensors.is_empty() && tensors.iter().all(|tensor| tensor.name.starts_with(prefix)) {
                    let names = tensors.iter_mut().map(|tensor| &mut tensor.name);
                    names.chain(opaque.iter_mut().map(|(name, _)| name)).for_each(|name| {
                        if let Some(own) = name.strip_prefix(prefix) {
                            *name = own.to_string();
                        }
                    });
                }
            }
        }
        let mut names: Vec<&str> = tensors.iter().map(|tensor| tensor.name.as_str()).collect();
        names.sort_unstable();
        if let Some(pair) = names.windows(2).find(|pair| pair[0] == pair[1]) {
            return Err(Error::Twice { what: "tensors", name: pair[0].to_string() });
        }
        Ok(Checkpoint { tensors, opaque })
    }

    /// The tensor of that name.
    pub fn get(&self, name: &str) -> Option<&StoredTensor> {
        self.tensors.iter().find(|tensor| tensor.name == name)
    }

    /// The values of a tensor, as [`StoredTensor::values`]. Where there is code in its place, the error names that.
    pub fn values(&self, name: &str, bytes: &dyn Bytes) -> Result<Vec<f32>, Error> {
        match self.get(name) {
            Some(tensor) => tensor.values(bytes),
            None => Err(match self.opaque.iter().find(|(other, _)| other == name) {
                Some((name, global)) => Error::Global { name: name.clone(), global: global.clone() },
                None => Error::Missing(name.to_string()),
            }),
        }
    }

    /// The tensors under their own names, decoded one by one as they are taken.
    pub fn source<'a>(&'a self, bytes: &'a dyn Bytes) -> CheckpointSource<'a> {
        CheckpointSource { checkpoint: self, bytes }
    }
}

/// See [`Checkpoint::source`].
pub struct CheckpointSource<'a> {
    checkpoint: &'a Checkpoint,
    bytes: &'a dyn Bytes,
}

impl Source for CheckpointSource<'_> {
    fn has(&self, name: &str) -> bool {
        self.checkpoint.get(name).is_some()
    }

    fn take(&mut self, name: &str, shape: &[usize]) -> Result<Vec<f32>, weights::Error> {
        if let Some(found) = self.checkpoint.get(name).map(|tensor| &tensor.shape).filter(|found| *found != shape) {
            return Err(weights::Error::Shape { name: name.into(), expected: shape.to_vec(), found: found.clone() });
        }
        Ok(self.checkpoint.values(name, self.bytes)?)
    }
}
