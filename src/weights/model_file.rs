//! Model files: GGUF that says everything about itself, tensors in the order a network takes them.

use super::card::Card;
use super::formats::gguf::{Header, TensorInfo};
use super::{Error, Source, check_finite};
use crate::arch::Architecture;
use std::borrow::Cow;
use std::ops::Range;

#[cfg(feature = "write")]
pub use super::write::{stream, write};

/// A model file's header. It does not hold the tensors' bytes: [`tensors`](Self::tensors) borrows them, and
/// [`tensors_from`](Self::tensors_from) asks for one tensor's at a time, in file order when a network is built from it.
pub struct ModelFile {
    /// What the file says about itself.
    pub card: Card,
    architecture: Architecture,
    tensors: Vec<TensorInfo>,
    len: usize,
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
        Ok(Some(ModelFile { card, architecture, tensors: header.tensors, len: header.file_len }))
    }

    /// What the card names.
    pub fn architecture(&self) -> &Architecture {
        &self.architecture
    }

    /// The tensors' places, in file order.
    pub fn infos(&self) -> &[TensorInfo] {
        &self.tensors
    }

    /// Bytes of the whole file.
    #[allow(clippy::len_without_is_empty, reason = "a file with a header is not empty")]
    pub fn len(&self) -> usize {
        self.len
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
        FileTensors { infos: &self.tensors, read: Box::new(read), spare: Vec::new() }
    }
}

/// Brings the bytes of a range of the file.
type ReadBytes<'a> = dyn FnMut(Range<usize>) -> Result<Cow<'a, [u8]>, Error> + 'a;

/// Decodes each tensor when it is taken.
pub struct FileTensors<'a> {
    infos: &'a [TensorInfo],
    read: Box<ReadBytes<'a>>,
    /// Memory for the next tensor.
    pub spare: Vec<f32>,
}

impl Source for FileTensors<'_> {
    fn has(&self, name: &str) -> bool {
        self.infos.iter().any(|info| info.name == name)
    }

    fn take(&mut self, name: &str, shape: &[usize]) -> Result<Vec<f32>, Error> {
        let info = self.infos.iter().find(|info| info.name == name);
        let info = info.ok_or_else(|| Error::Missing(name.to_string()))?;
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
