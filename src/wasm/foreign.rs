//! Files of somebody's own, for a worker that opens them: recognised, and handed on as model files. Nothing is held between the calls:
//! a header is read in milliseconds, and weights are read one tensor at a time, out of a file that stays where it is.

use crate::arch::{BlockInfo, Stem};
use crate::weights::answers::{Answers, Normalisation, PRESETS};
use crate::weights::foreign::Foreign;
use crate::weights::formats::{Bytes, Error};
use crate::weights::recognise::Assumed;
use crate::weights::{self, Card, Precision, labels, model_file, stated};
use js_sys::{Function, JsString, Uint8Array};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::ops::Range;
use tsify::{Ts, Tsify};
use wasm_bindgen::prelude::*;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = "
/** A file that is read by ranges, at once: FileReaderSync can, in a worker. */
export interface Readable { readonly length: number; read(from: number, to: number): Uint8Array }
/** Brings a file that was given beside, by its name. */
export type Beside = (name: string) => Readable | undefined;
";

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(typescript_type = "Readable")]
    pub type Readable;

    #[wasm_bindgen(method, getter)]
    fn length(this: &Readable) -> f64;

    #[wasm_bindgen(method, catch)]
    fn read(this: &Readable, from: f64, to: f64) -> Result<Uint8Array, JsValue>;

    #[wasm_bindgen(typescript_type = "Beside")]
    pub type Beside;
}

impl Bytes for Readable {
    fn len(&self) -> usize {
        self.length() as usize
    }

    fn read(&self, range: Range<usize>) -> Result<Cow<'_, [u8]>, Error> {
        let brought = self.read(range.start as f64, range.end as f64);
        Ok(Cow::Owned(brought.map_err(|why| Error::Read(format!("the file could not be read: {why:?}")))?.to_vec()))
    }
}

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
        let of_set = said.label_set.as_deref().and_then(|set| match set {
            "imagenet" => Some(labels::imagenet_1k()),
            "cifar" => Some(labels::cifar_10()),
            "numbers" => Some(labels::numbered(classes)),
            _ => None,
        });
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
    let foreign = Foreign::open(file, &companions)?;
    let (card, architecture) = (foreign.card(&Answers::default()), foreign.architecture());
    let side = card.input_side;
    card.architecture()?;
    let facts = Facts {
        classes: architecture.classes,
        channels: architecture.inputs,
        parameters: architecture.parameters(),
        macs: architecture.macs(side) as f64,
        blocks: architecture.block_infos(side),
        small_stem: architecture.stem == Stem::Cifar,
        states_side: foreign.side().is_some(),
        asks_stride: foreign.assumed().contains(&Assumed::StrideIn3x3),
        asks_plain: foreign.assumed().contains(&Assumed::OptionA),
        card,
    };
    Ok(facts.into_ts()?)
}

/// Writes the file as a model file, piece by piece into `sink`: weights as f32, f16 or q8_0. Throws what is wrong with it, and what
/// `sink` throws.
#[wasm_bindgen]
pub fn write_model_file(
    file: &Readable,
    beside: &Beside,
    answered: Ts<Answered>,
    precision: &str,
    sink: &Function<fn(Uint8Array) -> JsValue>,
) -> Result<(), JsError> {
    let answered: Answered = answered.to_rust()?;
    let precision = match precision {
        "f32" => Precision::F32,
        "f16" => Precision::F16,
        "q8_0" => Precision::Q8_0,
        other => return Err(JsError::new(&format!("weights are not stored as {other}"))),
    };
    let companions = |name: &str| companion(beside, name);
    let foreign = Foreign::open(file, &companions)?;
    let answers = answered.answers(foreign.architecture().classes);
    let card = foreign.card(&answers);
    model_file::stream(&card, precision, &mut *foreign.source(&answers), &mut |bytes| {
        let pushed = sink.call1(&JsValue::NULL, &Uint8Array::from(bytes));
        pushed
            .map(|_| ())
            .map_err(|why| weights::Error::Format(format!("the model file could not be written: {why:?}")))
    })?;
    Ok(())
}

fn companion(beside: &Beside, name: &str) -> Option<Box<dyn Bytes>> {
    let brought = beside.unchecked_ref::<Function>().call1(&JsValue::NULL, &JsString::from(name)).ok()?;
    if brought.is_undefined() || brought.is_null() {
        return None;
    }
    Some(Box::new(brought.unchecked_into::<Readable>()))
}
