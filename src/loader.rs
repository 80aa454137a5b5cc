//! A model built while its file arrives: what has been packed is no longer held as bytes.

use crate::model::Model;
use crate::network::{Builder, Network};
use crate::weights::{Error, ModelFile};
use std::borrow::Cow;
use std::collections::VecDeque;
use std::ops::Range;

/// Takes a model file piece by piece. The header is read as soon as it is complete, each part of the network is packed as
/// soon as all its tensors are there, and their bytes are freed: of the file, one block's bytes are held at most.
#[derive(Default)]
pub struct Loader {
    bytes: Arrived,
    /// Bytes that a next attempt to read the header waits for: reading it anew with every small piece would take long.
    header_from: usize,
    build: Option<Build>,
    /// The first error: reported at the end, when the caller knows whether the file arrived as it should have.
    failed: Option<Error>,
}

struct Build {
    file: ModelFile,
    builder: Builder,
    /// Which of the file's tensors the builder is done with.
    done: Vec<bool>,
    /// Every tensor is decoded here in turn: each in memory of its own would leave holes between those that are packed.
    spare: Vec<f32>,
}

impl Loader {
    pub fn new() -> Loader {
        Loader::default()
    }

    /// The file's next bytes.
    pub fn push(&mut self, bytes: Vec<u8>) {
        self.bytes.push(bytes);
        if self.failed.is_none() {
            self.failed = self.advance(self.header_from).err();
        }
        if self.failed.is_some() {
            self.build = None;
            self.bytes.drop_before(self.bytes.end);
        }
    }

    /// Bytes of the file that are in memory.
    pub fn held(&self) -> usize {
        self.bytes.end - self.bytes.start
    }

    /// The model, when the whole file has been pushed.
    pub fn finish(mut self) -> Result<Model, Error> {
        if let Some(error) = self.failed.take() {
            return Err(error);
        }
        self.advance(0)?;
        let cut =
            |needed: String| Error::Format(format!("the model file is cut off: {} bytes {needed}", self.bytes.end));
        let Some(Build { file, builder, spare, .. }) = self.build else {
            return Err(cut("end inside its header".into()));
        };
        if self.bytes.end < file.len() || builder.wants().is_some() {
            return Err(cut(format!("where its header states {}", file.len())));
        }
        drop((spare, self.bytes)); // room for the buffers
        Ok(Model::new(file.card, Network::finish(builder)))
    }

    /// Does what the bytes that are there allow.
    fn advance(&mut self, header_from: usize) -> Result<(), Error> {
        if self.build.is_none() {
            if self.bytes.end < header_from {
                return Ok(());
            }
            match ModelFile::read_header(self.bytes.join())? {
                Some(file) => {
                    let builder = Builder::new(file.architecture(), file.card.input_side);
                    let done = vec![false; file.infos().len()];
                    // What lies in the file fits into memory; what a broken header claims may not.
                    let largest = file.infos().iter().map(|info| info.elements()).max().unwrap_or(0);
                    let spare = Vec::with_capacity(largest.min(file.architecture().parameters()));
                    self.build = Some(Build { file, builder, done, spare });
                }
                None => {
                    self.header_from = 2 * self.bytes.end;
                    return Ok(());
                }
            }
        }
        let Some(build) = &mut self.build else { return Ok(()) };
        while build.step(&self.bytes)? {
            self.bytes.drop_before(build.needed_from());
        }
        Ok(())
    }
}

impl Build {
    /// Packs the next part; `false` where its bytes are not all there, or no part is left.
    fn step(&mut self, bytes: &Arrived) -> Result<bool, Error> {
        let Some(prefixes) = self.builder.wants() else { return Ok(false) };
        let infos = self.file.infos();
        let wanted = |name: &str| prefixes.iter().any(|prefix| name.starts_with(prefix.as_str()));
        let needed = infos.iter().filter(|info| wanted(&info.name)).map(|info| info.range.end).max();
        if needed > Some(bytes.end) {
            return Ok(false);
        }
        let mut source = self.file.tensors_from(|range| bytes.get(range));
        source.spare = std::mem::take(&mut self.spare);
        self.builder.step(&mut source)?;
        self.spare = source.spare;
        for (done, info) in self.done.iter_mut().zip(infos) {
            *done |= wanted(&info.name);
        }
        Ok(true)
    }

    /// Where the first byte lies that is still needed.
    fn needed_from(&self) -> usize {
        let open = self.file.infos().iter().zip(&self.done).filter(|(_, done)| !**done);
        open.map(|(info, _)| info.range.start).min().unwrap_or(usize::MAX)
    }
}

/// The bytes of a file from some offset to `end`, in the pieces they came in.
#[derive(Default)]
struct Arrived {
    pieces: VecDeque<Vec<u8>>,
    /// Of the first piece.
    start: usize,
    end: usize,
}

impl Arrived {
    fn push(&mut self, piece: Vec<u8>) {
        self.end += piece.len();
        self.pieces.push_back(piece);
    }

    /// All of them in one piece.
    fn join(&mut self) -> &[u8] {
        if self.pieces.len() != 1 {
            self.pieces = VecDeque::from([self.pieces.drain(..).collect::<Vec<_>>().concat()]);
        }
        &self.pieces[0]
    }

    /// Frees pieces that lie before `offset` as a whole.
    fn drop_before(&mut self, offset: usize) {
        while let Some(piece) = self.pieces.front()
            && self.start + piece.len() <= offset
        {
            self.start += piece.len();
            self.pieces.pop_front();
        }
    }

    fn get(&self, range: Range<usize>) -> Result<Cow<'_, [u8]>, Error> {
        if range.start < self.start || range.end > self.end {
            return Err(Error::Format("the model file is cut off".into()));
        }
        let mut at = self.start;
        let mut copied = Vec::new();
        for piece in &self.pieces {
            let from = range.start.max(at);
            let to = range.end.min(at + piece.len());
            if from < to {
                let part = &piece[from - at..to - at];
                if part.len() == range.len() {
                    return Ok(Cow::Borrowed(part));
                }
                copied.reserve_exact(range.len() - copied.len());
                copied.extend_from_slice(part);
            }
            at += piece.len();
        }
        Ok(Cow::Owned(copied))
    }
}
