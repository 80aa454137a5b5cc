//! Files of somebody's own, for a worker that opens them: recognised, and handed on as model files. Nothing is held between the calls:
//! a header is read in milliseconds, and weights are read one tensor at a time, out of a file that stays where it is.

use super::readable::{Beside, Readable, companion};
use crate::arch::{Architecture, BlockInfo, Shortcuts, Stem};
use crate::weights::answers::{Answers, Normalisation, PRESETS, preset};
use crate::weights::foreign::{self, Foreign};
use crate::weights::kept::Kept;
use crate::weights::recognise::Assumed;
use crate::weights::{self, Card, Precision, Source, labels, model_file, stated};
use js_sys::{Function, Uint8Array};
use serde::{Deserialize, Serialize};
use tsify::{Ts, Tsify};
use wasm_bindgen::prelude::*;

/// What is known of a file before anybody has answered anything.
#[derive(Tsify, Serialize)]
pub struct Facts {
    /// As a model file would state it if nothing were answered.
    pub card: Card,
    pub classes: usize,
    /// Of the image.
    pub channels: usize,
    pub parameters: usize,
    /// Of one image of the card's side.
    pub macs: f64,
    pub blocks: Vec<BlockInfo>,
    /// Whether its stem is that of the CIFAR nets, made for small pictures.
    pub small_stem: bool,
    /// Whether the file itself states the side.
    pub states_side: bool,
    /// Whether it leaves open where bottlenecks stride.
    pub asks_stride: bool,
    /// Whether it leaves open that there are identity branches.
    pub asks_plain: bool,
    /// Of a model file, which states what others leave open.
    #[tsify(optional)]
    pub stated: Option<Stated>,
}

/// What a model file states, as it may be answered anew.
#[derive(Tsify, Serialize)]
pub struct Stated {
    /// How its weights are stored.
    #[tsify(type = "'f32' | 'f16' | 'q8_0'")]
    pub precision: &'static str,
    /// What its labels are, where they are a set that is known.
    #[tsify(optional, type = "'imagenet' | 'cifar' | 'numbers'")]
    pub label_set: Option<&'static str>,
    /// Its normalisation, where it is one of `presets()`.
    #[tsify(optional)]
    pub preset: Option<&'static str>,
    /// That there are no identity branches.
    pub plain: bool,
}

/// What the file does not say. Nothing is taken as the usual.
#[derive(Tsify, Deserialize)]
pub struct Answered {
    pub id: String,
    pub title: String,
    #[tsify(optional)]
    pub labels: Option<Vec<String>>,
    /// In the place of labels: ImageNet's, CIFAR-10's, or numbers, of which there are any count.
    #[tsify(optional, type = "'imagenet' | 'cifar' | 'numbers'")]
    pub label_set: Option<String>,
    /// One of `presets()`.
    #[tsify(optional)]
    pub preset: Option<String>,
    /// Of red, green and blue on 0..1, in the place of a preset's.
    #[tsify(optional, type = "[number, number, number]")]
    pub mean: Option<[f32; 3]>,
    #[tsify(optional, type = "[number, number, number]")]
    pub std: Option<[f32; 3]>,
    #[tsify(optional)]
    pub input_side: Option<usize>,
    #[tsify(optional)]
    pub resize_side: Option<usize>,
    #[serde(default)]
    pub stride_in_1x1: bool,
    #[serde(default)]
    pub plain: bool,
    #[serde(default)]
    pub dataset: String,
    #[serde(default)]
    pub licence: String,
    #[serde(default)]
    pub source: String,
    #[serde(default)]
    pub accuracy: String,
    #[serde(default)]
    pub note: String,
}

impl Answered {
    /// What it says of a network of so many classes.
    fn answers(self, classes: usize) -> Answers {
        let said = self;
        let of_set = said.label_set.as_deref().and_then(|set| labels::of_set(set, classes));
        let Answered { id, title, labels, input_side, resize_side, stride_in_1x1, plain, .. } = said;
        let Answered { dataset, licence, source, accuracy, note, .. } = said;
        let preset = PRESETS.into_iter().find(|(name, _)| Some(*name) == said.preset.as_deref());
        let own = said.mean.zip(said.std).map(|(mean, std)| Normalisation { mean, std, bgr: false });
        let normalisation = own.or(preset.map(|(_, normalisation)| normalisation));
        Answers {
            id,
            title,
            labels: labels.or(of_set),
            normalisation,
            input_side,
            resize_side,
            stride_in_1x1,
            plain,
            dataset,
            licence,
            source,
            accuracy,
            note,
        }
    }
}

/// Names of the usual normalisations.
#[wasm_bindgen]
pub fn presets() -> Vec<String> {
    PRESETS.iter().map(|(name, _)| (*name).to_string()).collect()
}

/// Names of classes out of a text or JSON file. Throws where it is neither.
#[wasm_bindgen]
pub fn labels_in(text: &str) -> Result<Vec<String>, JsError> {
    Ok(stated::labels(text)?)
}

/// Recognises the ResNet in a file. Throws where there is none, and says what there is.
#[wasm_bindgen]
pub fn look_into(file: &Readable, beside: &Beside) -> Result<Ts<Facts>, JsError> {
    let companions = |name: &str| companion(beside, name);
    let facts = match Foreign::open(file, &companions) {
        Ok(foreign) => {
            let card = foreign.card(&Answers::default());
            let mut facts = facts(card, foreign.architecture(), foreign.assumed())?;
            facts.states_side = foreign.side().is_some();
            facts
        }
        Err(foreign::Error::Gguf) => {
            let kept = Kept::open(file)?;
            let mut facts = facts(kept.stated().clone(), kept.architecture(), &kept.assumed())?;
            facts.states_side = true;
            facts.stated = Some(Stated {
                precision: PRECISIONS.into_iter().find(|(_, known)| *known == kept.precision()).map_or("f32", |p| p.0),
                label_set: labels::set_of(&facts.card.labels),
                preset: preset(&facts.card.mean, &facts.card.std).map(|index| PRESETS[index].0),
                plain: kept.architecture().shortcuts == Shortcuts::None,
            });
            facts
        }
        Err(error) => return Err(error.into()),
    };
    Ok(facts.into_ts()?)
}

fn facts(card: Card, architecture: &Architecture, assumed: &[Assumed]) -> Result<Facts, JsError> {
    let side = card.input_side;
    card.architecture()?;
    Ok(Facts {
        classes: architecture.classes,
        channels: architecture.inputs,
        parameters: architecture.parameters(),
        macs: architecture.macs(side) as f64,
        blocks: architecture.block_infos(side),
        small_stem: architecture.stem == Stem::Cifar,
        states_side: false,
        asks_stride: assumed.contains(&Assumed::StrideIn3x3),
        asks_plain: assumed.contains(&Assumed::OptionA),
        stated: None,
        card,
    })
}

const PRECISIONS: [(&str, Precision); 3] =
    [("f32", Precision::F32), ("f16", Precision::F16), ("q8_0", Precision::Q8_0)];

/// Writes the file as a model file, piece by piece into `sink`: weights as f32, f16 or q8_0; of a model file, where none of these is
/// named, as they are. Of a model file `answered` says all anew but what it leaves out; without it the card stays as it is. Throws what is
/// wrong with the file, and what `sink` throws.
#[wasm_bindgen]
pub fn write_model_file(
    file: &Readable,
    beside: &Beside,
    answered: Option<Ts<Answered>>,
    precision: Option<String>,
    sink: &Function<fn(Uint8Array) -> JsValue>,
) -> Result<(), JsError> {
    let answered: Option<Answered> = answered.map(|answered| answered.to_rust()).transpose()?;
    let precision = match precision.as_deref() {
        None => None,
        Some(name) => match PRECISIONS.into_iter().find(|(known, _)| *known == name) {
            Some((_, precision)) => Some(precision),
            None => return Err(JsError::new(&format!("weights are not stored as {name}"))),
        },
    };
    let write = |card: &Card, precision, source: &mut dyn Source| {
        model_file::stream(card, precision, source, &mut |bytes| {
            let pushed = sink.call1(&JsValue::NULL, &Uint8Array::from(bytes));
            pushed
                .map(|_| ())
                .map_err(|why| weights::Error::Format(format!("the model file could not be written: {why:?}")))
        })
    };
    let companions = |name: &str| companion(beside, name);
    match Foreign::open(file, &companions) {
        Ok(foreign) => {
            let answers = answered.map(|said| said.answers(foreign.architecture().classes)).unwrap_or_default();
            let precision = precision.unwrap_or(Precision::F32);
            write(&foreign.card(&answers), precision, &mut *foreign.source(&answers))?;
        }
        Err(foreign::Error::Gguf) => {
            let kept = Kept::open(file)?;
            let precision = precision.unwrap_or_else(|| kept.precision());
            let answers = answered.map(|said| said.answers(kept.architecture().classes));
            let card = answers.as_ref().map_or_else(|| kept.stated().clone(), |answers| kept.card(answers));
            write(&card, precision, &mut *kept.source(&answers.unwrap_or_default()))?;
        }
        Err(error) => return Err(error.into()),
    }
    Ok(())
}
