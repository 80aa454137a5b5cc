//! A model built while its file arrives: what has been packed is no longer held as bytes.

use crate::arch::Step;
use crate::model::Model;
use crate::network::{Builder, Network};
use crate::weights::{Error, ModelFile};
use std::borrow::Cow;
use std::ops::Range;

/// Bytes looked at in one go: how much more than one part's may be there.
const PIECE: usize = 1 << 18;

/// Takes a model file piece by piece. The header is read as soon as it is complete, each step of the network is packed as
/// soon as its tensors are there, and their bytes are freed: of the file, one layer's bytes are held at most.
///
/// A header may lie. What it states is never reason enough to take memory: that grows with the bytes that arrive, and up to what the
/// largest layer of its architecture needs, however many classes the header claims.
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
    /// A loader that nothing has arrived at yet.
    pub fn new() -> Loader {
        Loader::default()
    }

    /// The file's next bytes.
    pub fn push(&mut self, bytes: &[u8]) {
        for piece in bytes.chunks(PIECE) {
            self.bytes.push(piece);
            if self.failed.is_none() {
                self.failed = self.advance(self.header_from).err();
            }
            if self.failed.is_some() {
                self.build = None;
                self.bytes.drop_before(usize::MAX);
                self.bytes.bytes = Vec::new();
            }
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
        Ok(Model::new(file.card, Network::finish(builder)?))
    }

    /// Does what the bytes that are there allow.
    fn advance(&mut self, header_from: usize) -> Result<(), Error> {
        if self.build.is_none() {
            if self.bytes.end < header_from {
                return Ok(());
            }
            match ModelFile::read_header(&self.bytes.bytes)? {
                Some(file) => {
                    let build = Build::new(file);
                    self.bytes.reserve(build.most_needed() + PIECE);
                    self.build = Some(build);
                }
                None => {
                    self.header_from = 2 * self.bytes.end;
                    return Ok(());
                }
            }
        }
        let Some(build) = &mut self.build else { return Ok(()) };
        while build.step(&self.bytes)? {}
        self.bytes.drop_before(build.needed_from());
        Ok(())
    }
}

impl Build {
    fn new(file: ModelFile) -> Build {
        let builder = Builder::new(file.architecture(), file.card.input_side);
        let prefixes: Vec<String> = builder.flow().steps().iter().flat_map(Step::prefixes).collect();
        let done = file.infos().iter().map(|info| !begins(&info.name, &prefixes)).collect();
        let mut build = Build { file, builder, done, spare: Vec::new() };
        build.spare.reserve_exact(build.largest());
        build
    }

    /// Values of the largest tensor that the header states, or what the architecture's largest convolution has.
    fn largest(&self) -> usize {
        let stated = self.file.infos().iter().map(|info| info.elements()).max().unwrap_or(0);
        stated.min(self.largest_convolution())
    }

    /// Bytes that the largest step needs at once, as the header states, or what the architecture's largest convolution may take.
    fn most_needed(&self) -> usize {
        let of_step = |step: &Step| -> usize {
            let prefixes = step.prefixes();
            let infos = self.file.infos().iter().filter(|info| begins(&info.name, &prefixes));
            infos.map(|info| info.range.len()).sum() // ranges do not overlap
        };
        let stated = self.builder.flow().steps().iter().map(of_step).max().unwrap_or(0);
        stated.min(size_of::<f32>() * self.largest_convolution())
    }

    /// Its weights and biases. The classifier may be larger, but how many classes it has is for the header to say.
    fn largest_convolution(&self) -> usize {
        let flow = self.builder.flow();
        let convs = flow.steps().iter().enumerate().filter(|(_, step)| step.conv().is_some());
        convs.map(|(index, _)| flow.parameters(index..index + 1)).max().unwrap_or(0)
    }

    /// Packs the next step; `false` where its bytes are not all there, or no step is left.
    fn step(&mut self, bytes: &Arrived) -> Result<bool, Error> {
        let Some(prefixes) = self.builder.wants() else { return Ok(false) };
        let infos = self.file.infos();
        let wanted: Vec<bool> = infos.iter().map(|info| begins(&info.name, &prefixes)).collect();
        let needed = infos.iter().zip(&wanted).filter(|(_, wanted)| **wanted).map(|(info, _)| info.range.end).max();
        if needed > Some(bytes.end) {
            return Ok(false);
        }
        let mut source = self.file.tensors_from(|range| bytes.get(range));
        source.spare = std::mem::take(&mut self.spare);
        self.builder.step(&mut source)?;
        self.spare = source.spare;
        self.done.iter_mut().zip(wanted).for_each(|(done, wanted)| *done |= wanted);
        Ok(true)
    }

    /// Where the first byte lies that is still needed.
    fn needed_from(&self) -> usize {
        let open = self.file.infos().iter().zip(&self.done).filter(|(_, done)| !**done);
        open.map(|(info, _)| info.range.start).min().unwrap_or(usize::MAX)
    }
}

fn begins(name: &str, prefixes: &[String]) -> bool {
    prefixes.iter().any(|prefix| name.starts_with(prefix.as_str()))
}

/// The bytes of a file from `start` to `end`.
#[derive(Default)]
struct Arrived {
    start: usize,
    end: usize,
    bytes: Vec<u8>,
}

impl Arrived {
    fn push(&mut self, bytes: &[u8]) {
        self.end = self.end.saturating_add(bytes.len());
        self.bytes.extend_from_slice(bytes);
    }

    /// Room for `len` bytes at once, no more.
    fn reserve(&mut self, len: usize) {
        self.bytes.reserve_exact(len.saturating_sub(self.bytes.len()));
    }

    fn drop_before(&mut self, offset: usize) {
        let offset = offset.clamp(self.start, self.end);
        self.bytes.drain(..offset - self.start);
        self.start = offset;
    }

    fn get(&self, range: Range<usize>) -> Result<Cow<'_, [u8]>, Error> {
        let local = range.start.checked_sub(self.start).zip(range.end.checked_sub(self.start));
        let bytes = local.and_then(|(from, to)| self.bytes.get(from..to));
        bytes.map(Cow::Borrowed).ok_or_else(|| Error::Format("the model file is cut off".into()))
    }
}
