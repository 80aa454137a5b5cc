//! A model file that is told otherwise: the weights it has, under another card. What was answered when it was made (names of classes,
//! normalisation, sides, where bottlenecks stride) may have been wrong, and the file that it was made of may be gone.

use super::answers::{Answers, PRESETS, preset};
use super::formats::Bytes;
use super::recognise::Assumed;
use super::{Card, Error, ModelFile, Precision, Source, TensorType, foreign};
use crate::arch::{Architecture, BlockKind, Shortcuts};

/// Bytes that a header is looked for in, at first: ImageNet's names of classes have 15,000.
const FIRST: usize = 1 << 16;

/// One of our own model files. Its weights stay in the file until they are taken.
pub struct Kept<'a> {
    bytes: &'a dyn Bytes,
    file: ModelFile,
}

impl<'a> Kept<'a> {
    /// Reads the header.
    pub fn open(bytes: &'a dyn Bytes) -> Result<Kept<'a>, Error> {
        let mut len = FIRST;
        loop {
            let first = bytes.read(0..len.min(bytes.len())).map_err(|error| Error::Format(error.to_string()))?;
            if first.len() == bytes.len() {
                // All of it is there: what is cut off is said to be.
                return Ok(Kept { bytes, file: ModelFile::open(&first)? });
            }
            match ModelFile::read_header(&first)? {
                Some(file) if file.len() > bytes.len() => {
                    let (is, should) = (bytes.len(), file.len());
                    return Err(Error::Format(format!(
                        "the model file is cut off: {is} bytes where its header states {should}"
                    )));
                }
                Some(file) => return Ok(Kept { bytes, file }),
                None => len *= 2,
            }
        }
    }

    /// As the file states it.
    pub fn stated(&self) -> &Card {
        &self.file.card
    }

    /// As the file states it.
    pub fn architecture(&self) -> &Architecture {
        self.file.architecture()
    }

    /// How most of its weights are stored.
    pub fn precision(&self) -> Precision {
        let any = |kind| self.file.infos().iter().any(|info| info.kind == kind);
        match () {
            () if any(TensorType::Q8_0) => Precision::Q8_0,
            () if any(TensorType::F16) || any(TensorType::BF16) => Precision::F16,
            () => Precision::F32,
        }
    }

    /// What the weights leave open: it was answered, or told by a graph that is gone.
    pub fn assumed(&self) -> Vec<Assumed> {
        let architecture = self.architecture();
        let mut assumed = Vec::new();
        if architecture.stages.len() > 1 {
            if self.otherwise().is_some() {
                assumed.push(Assumed::OptionA);
            }
            if architecture.kind == BlockKind::Bottleneck {
                assumed.push(Assumed::StrideIn3x3);
            }
        }
        assumed
    }

    /// The same tensors with option A in the place of none, or the other way round.
    fn otherwise(&self) -> Option<Architecture> {
        let shortcuts = match self.architecture().shortcuts {
            Shortcuts::OptionA => Shortcuts::None,
            Shortcuts::None => Shortcuts::OptionA,
            Shortcuts::Projection | Shortcuts::PooledProjection => return None,
        };
        let other = Architecture { shortcuts, ..self.architecture().clone() };
        other.is_sound().then(|| other.with_its_name())
    }

    /// With the answers in the place of what was answered before: what of sides, normalisation, labels, title and id is not answered
    /// stays as it is.
    pub fn card(&self, answers: &Answers) -> Card {
        let before = self.stated();
        let assumed = self.assumed();
        let plain = self.architecture().shortcuts == Shortcuts::None;
        let other = self.otherwise().filter(|_| assumed.contains(&Assumed::OptionA) && answers.plain != plain);
        let or = |text: &String, before: &String| if text.is_empty() { before } else { text }.clone();
        let stated = |text: &String| or(text, &"not stated".to_string());
        let (mean, std) = answers.normalisation.map_or((before.mean, before.std), |given| (given.mean, given.std));
        let input_side = answers.input_side.unwrap_or(before.input_side);
        Card {
            id: or(&answers.id, &before.id),
            title: or(&answers.title, &before.title),
            architecture: other.map_or_else(|| before.architecture.clone(), |other| other.name),
            stride_in_1x1: match assumed.contains(&Assumed::StrideIn3x3) {
                true => answers.stride_in_1x1,
                false => before.stride_in_1x1,
            },
            mean,
            std,
            resize_side: answers.resize_side.unwrap_or(before.resize_side).max(input_side),
            input_side,
            dataset: stated(&answers.dataset),
            licence: stated(&answers.licence),
            source: stated(&answers.source),
            accuracy: stated(&answers.accuracy),
            note: answers.note.clone(),
            labels: answers.labels.clone().unwrap_or_else(|| before.labels.clone()),
        }
    }

    /// The weights. In the file the first convolution takes red first, turned where the checkpoint took blue first, which the
    /// normalisation tells: it is turned again where the answers say otherwise.
    pub fn source(&self, answers: &Answers) -> Box<dyn Source + '_> {
        let was = preset(&self.stated().mean, &self.stated().std);
        let turned = was.is_some_and(|index| PRESETS[index].1.bgr);
        let bgr = answers.normalisation.map_or(turned, |given| given.bgr);
        let tensors =
            self.file.tensors_from(|range| self.bytes.read(range).map_err(|error| Error::Format(error.to_string())));
        Box::new(foreign::RedFirst { source: tensors, bgr: bgr != turned })
    }
}
