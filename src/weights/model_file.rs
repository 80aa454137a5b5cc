//! Model files: GGUF that says everything about itself, tensors in the order a network takes them.

use super::card::Card;
use super::gguf::{Header, TensorInfo};
use super::{Error, Source, check_finite, fold, layers};
use crate::arch::Architecture;
use candle_core::quantized::{GgmlDType, QTensor, gguf_file};
use candle_core::{Device, Tensor};
use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;

/// How weights are stored. Biases are always f32: they are few, and every output inherits their error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Precision {
    F32,
    F16,
    /// Blocks of 32 values, 8 bits each, with a common f16 scale; f16 where a filter's length is no multiple of 32.
    Q8_0,
}

impl Precision {
    /// What GGUF calls `general.file_type`.
    fn file_type(self) -> u32 {
        match self {
            Precision::F32 => 0,
            Precision::F16 => 1,
            Precision::Q8_0 => 7,
        }
    }
}

/// A model file's header. It does not hold the tensors' bytes: [`tensors`](Self::tensors) borrows them, and
/// [`tensors_from`](Self::tensors_from) asks for one tensor's at a time, in file order when a network is built from it.
pub struct ModelFile {
    pub card: Card,
    architecture: Architecture,
    header: Header,
}

impl ModelFile {
    /// Reads the header of a whole file.
    pub fn open(bytes: &[u8]) -> Result<ModelFile, Error> {
        let cut = |needed: String| Error::Format(format!("the model file is cut off: {} bytes {needed}", bytes.len()));
        let file = Self::read_header(bytes)?.ok_or_else(|| cut("end inside its header".into()))?;
        match file.len() {
            needed if needed > bytes.len() => Err(cut(format!("where its header states {needed}"))),
            _ => Ok(file),
        }
    }

    /// Reads the header from a file's first bytes; `None` where it needs more of them.
    pub fn read_header(bytes: &[u8]) -> Result<Option<ModelFile>, Error> {
        let Some(header) = Header::read(bytes)? else { return Ok(None) };
        let card = Card::from_metadata(&header.metadata)?;
        let architecture = card.architecture()?;
        Ok(Some(ModelFile { card, architecture, header }))
    }

    pub fn architecture(&self) -> &Architecture {
        &self.architecture
    }

    /// The tensors' places, in file order.
    pub fn infos(&self) -> &[TensorInfo] {
        &self.header.tensors
    }

    /// Bytes of the whole file.
    #[allow(clippy::len_without_is_empty)] // a file with a header is not empty
    pub fn len(&self) -> usize {
        self.header.file_len
    }

    /// The tensors of a file that is in memory.
    pub fn tensors<'a>(&'a self, bytes: &'a [u8]) -> FileTensors<'a> {
        self.tensors_from(move |range| {
            bytes.get(range).map(Cow::Borrowed).ok_or_else(|| Error::Format("the model file is cut off".into()))
        })
    }

    /// The tensors of a file whose bytes `read` brings, a range at a time.
    pub fn tensors_from<'a>(
        &'a self,
        read: impl FnMut(Range<usize>) -> Result<Cow<'a, [u8]>, Error> + 'a,
    ) -> FileTensors<'a> {
        let infos = self.header.tensors.iter().map(|info| (info.name.as_str(), info)).collect();
        FileTensors { infos, read: Box::new(read), spare: Vec::new() }
    }
}

/// Brings the bytes of a range of the file.
type ReadBytes<'a> = dyn FnMut(Range<usize>) -> Result<Cow<'a, [u8]>, Error> + 'a;

/// Decodes each tensor when it is taken.
pub struct FileTensors<'a> {
    infos: HashMap<&'a str, &'a TensorInfo>,
    read: Box<ReadBytes<'a>>,
    /// Memory for the next tensor.
    pub spare: Vec<f32>,
}

impl Source for FileTensors<'_> {
    fn has(&self, name: &str) -> bool {
        self.infos.contains_key(name)
    }

    fn take(&mut self, name: &str, shape: &[usize]) -> Result<Vec<f32>, Error> {
        let info = self.infos.get(name).ok_or_else(|| Error::Missing(name.to_string()))?;
        // Quantised filters are stored flat, one per row.
        let flat = [shape[0], shape[1..].iter().product()];
        if info.shape != shape && info.shape != flat {
            return Err(Error::Shape { name: name.into(), expected: shape.to_vec(), found: info.shape.clone() });
        }
        let mut values =
            if self.spare.capacity() >= info.elements() { std::mem::take(&mut self.spare) } else { Vec::new() };
        info.decode(&(self.read)(info.range.clone())?, &mut values)?;
        check_finite(name, &values)?;
        Ok(values)
    }

    fn give_back(&mut self, values: Vec<f32>) {
        if values.capacity() > self.spare.capacity() {
            self.spare = values;
        }
    }
}

/// A model file of the card's architecture with the weights of `source`, batch norm folded. The same input gives the same
/// bytes.
pub fn write(card: &Card, precision: Precision, source: &mut dyn Source) -> Result<Vec<u8>, Error> {
    let architecture = card.architecture()?;
    let mut tensors: Vec<(String, QTensor)> = Vec::new();
    let mut add = |name: &str, shape: &[usize], weight: Vec<f32>, bias: Vec<f32>| -> Result<(), Error> {
        let (weight_name, bias_name) = (format!("{name}.weight"), format!("{name}.bias"));
        tensors.push((weight_name.clone(), pack(&weight_name, shape, weight, precision)?));
        tensors.push((bias_name.clone(), pack(&bias_name, &[bias.len()], bias, Precision::F32)?));
        Ok(())
    };
    for spec in layers(&architecture) {
        let (weight, bias) = fold::conv(source, &spec)?;
        add(&spec.name, &spec.shape(), weight, bias)?;
    }
    let (name, shape) = (architecture.classifier(), [architecture.classes, architecture.features()]);
    let weight = source.take(&format!("{name}.weight"), &shape)?;
    let bias = source.take(&format!("{name}.bias"), &shape[..1])?;
    add(name, &shape, weight, bias)?;

    let metadata = card.to_metadata(precision.file_type());
    let metadata: Vec<_> = metadata.iter().map(|(key, value)| (*key, value)).collect();
    let tensors: Vec<_> = tensors.iter().map(|(name, tensor)| (name.as_str(), tensor)).collect();
    let mut file = std::io::Cursor::new(Vec::new());
    gguf_file::write(&mut file, &metadata, &tensors)
        .map_err(|e| Error::Format(format!("writing a model file: {e}")))?;
    Ok(file.into_inner())
}

fn pack(name: &str, shape: &[usize], values: Vec<f32>, precision: Precision) -> Result<QTensor, Error> {
    let flat = [shape[0], shape[1..].iter().product()];
    let (shape, kind) = match precision {
        Precision::F32 => (shape, GgmlDType::F32),
        Precision::Q8_0 if flat[1].is_multiple_of(GgmlDType::Q8_0.block_size()) => (&flat[..], GgmlDType::Q8_0),
        Precision::F16 | Precision::Q8_0 => (shape, GgmlDType::F16),
    };
    let packed = Tensor::from_vec(values, shape, &Device::Cpu).and_then(|t| {
        let packed = QTensor::quantize(&t, kind)?;
        let back = packed.dequantize(&Device::Cpu)?.flatten_all()?.to_vec1()?;
        Ok((packed, back))
    });
    let (packed, back) = packed.map_err(|e| Error::Format(format!("tensor '{name}': {e}")))?;
    check_finite(name, &back)?; // f16 ends at 65504
    Ok(packed)
}
