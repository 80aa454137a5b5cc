//! What a model file says about itself.

use super::Error;
use crate::arch::Architecture;
use candle_core::quantized::gguf_file::Value;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// Everything about a model but its tensors. As JSON it is what `convert` reads, as GGUF metadata what a model file keeps.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(deny_unknown_fields)]
pub struct Card {
    /// Short and unique: `resnet50`.
    pub id: String,
    /// For people: `ResNet-50 (ImageNet)`.
    pub title: String,
    /// One of [`crate::arch::NAMES`].
    pub architecture: String,
    /// See [`Architecture::stride_in_1x1`].
    #[serde(default)]
    pub stride_in_1x1: bool,
    /// Of red, green and blue on 0..1.
    pub mean: [f32; 3],
    pub std: [f32; 3],
    /// An image's short side is resized to this (bilinear, antialiased) ...
    pub resize_side: usize,
    /// ... and a square of this side cut from its centre.
    pub input_side: usize,
    pub dataset: String,
    pub licence: String,
    pub source: String,
    pub accuracy: String,
    #[serde(default)]
    pub note: String,
    /// One per class; there are as many classes as labels.
    #[serde(default)]
    pub labels: Vec<String>,
}

/// Version of the metadata below; a reader refuses others.
const FORMAT: u32 = 1;
/// A model file may be broken on purpose: its sides decide how much memory a network plans.
const SIDES: std::ops::RangeInclusive<usize> = 8..=512;

impl Card {
    /// The architecture it names, with its options and as many classes as it has labels. Errors where the card cannot be used.
    pub fn architecture(&self) -> Result<Architecture, Error> {
        let wrong = |why: String| Err(Error::Format(format!("model card '{}': {why}", self.id)));
        if !SIDES.contains(&self.input_side) || !SIDES.contains(&self.resize_side) || self.resize_side < self.input_side
        {
            return wrong(format!("cannot cut {} from {} pixels", self.input_side, self.resize_side));
        }
        let usable = |m: &f32, s: &f32| m.is_finite() && s.is_finite() && *s > 0.0 && (1.0 / s).is_finite();
        if !self.mean.iter().zip(&self.std).all(|(m, s)| usable(m, s)) {
            return wrong(format!("mean {:?} and standard deviation {:?}", self.mean, self.std));
        }
        if self.labels.is_empty() {
            return wrong("it has no labels".into());
        }
        match Architecture::named(&self.architecture) {
            Some(named) => {
                Ok(Architecture { classes: self.labels.len(), ..named.with_stride_in_1x1(self.stride_in_1x1) })
            }
            None => wrong(format!("there is no architecture '{}'", self.architecture)),
        }
    }

    /// In a fixed order, so that the same card gives the same bytes. Keys outside `skipscope.` are GGUF's own.
    pub(super) fn to_metadata(&self, file_type: u32) -> Vec<(&'static str, Value)> {
        let text = |s: &str| Value::String(s.to_string());
        let floats = |v: &[f32]| Value::Array(v.iter().map(|&f| Value::F32(f)).collect());
        vec![
            ("general.architecture", text("skipscope")), // GGUF: the prefix of the keys that describe the network
            ("general.name", text(&self.title)),
            ("general.license", text(&self.licence)),
            ("general.file_type", Value::U32(file_type)),
            ("general.alignment", Value::U32(32)),
            ("skipscope.format", Value::U32(FORMAT)),
            ("skipscope.id", text(&self.id)),
            ("skipscope.architecture", text(&self.architecture)),
            ("skipscope.stride_in_1x1", Value::Bool(self.stride_in_1x1)),
            ("skipscope.batch_norm_folded", Value::Bool(true)),
            ("skipscope.mean", floats(&self.mean)),
            ("skipscope.std", floats(&self.std)),
            ("skipscope.resize_side", Value::U32(self.resize_side as u32)),
            ("skipscope.resize", text("short side, bilinear, antialiased; then centre crop")),
            ("skipscope.input_side", Value::U32(self.input_side as u32)),
            ("skipscope.dataset", text(&self.dataset)),
            ("skipscope.source", text(&self.source)),
            ("skipscope.accuracy", text(&self.accuracy)),
            ("skipscope.note", text(&self.note)),
            ("skipscope.labels", Value::Array(self.labels.iter().map(|l| text(l)).collect())),
        ]
    }

    pub(super) fn from_metadata(metadata: &HashMap<String, Value>) -> Result<Card, Error> {
        let fields = Fields(metadata);
        match fields.get("skipscope.format", |v| v.to_u32()) {
            Ok(FORMAT) => {}
            Ok(other) => {
                return Err(Error::Format(format!("the model file has format {other}, this is made for {FORMAT}")));
            }
            Err(_) => return Err(Error::Format("a GGUF file, but not one that `skipscope convert` made".into())),
        }
        Ok(Card {
            id: fields.text("skipscope.id")?,
            title: fields.text("general.name")?,
            architecture: fields.text("skipscope.architecture")?,
            stride_in_1x1: fields.get("skipscope.stride_in_1x1", |v| v.to_bool())?,
            mean: fields.rgb("skipscope.mean")?,
            std: fields.rgb("skipscope.std")?,
            resize_side: fields.get("skipscope.resize_side", |v| v.to_u32())? as usize,
            input_side: fields.get("skipscope.input_side", |v| v.to_u32())? as usize,
            dataset: fields.text("skipscope.dataset")?,
            licence: fields.text("general.license")?,
            source: fields.text("skipscope.source")?,
            accuracy: fields.text("skipscope.accuracy")?,
            note: fields.text("skipscope.note")?,
            labels: fields.list("skipscope.labels", |v| v.to_string().cloned())?,
        })
    }
}

/// Metadata by key and type.
struct Fields<'a>(&'a HashMap<String, Value>);

impl Fields<'_> {
    fn get<T>(&self, key: &str, convert: impl Fn(&Value) -> candle_core::Result<T>) -> Result<T, Error> {
        let value = self.0.get(key).ok_or_else(|| Error::Format(format!("the model file does not state '{key}'")))?;
        convert(value).map_err(|_| Error::Format(format!("the model file's '{key}' is of the wrong type")))
    }

    fn text(&self, key: &str) -> Result<String, Error> {
        self.get(key, |v| v.to_string().cloned())
    }

    fn list<T>(&self, key: &str, item: impl Fn(&Value) -> candle_core::Result<T>) -> Result<Vec<T>, Error> {
        self.get(key, |v| v.to_vec()?.iter().map(&item).collect())
    }

    fn rgb(&self, key: &str) -> Result<[f32; 3], Error> {
        let values = self.list(key, |v| v.to_f32())?;
        let count = values.len();
        values
            .try_into()
            .map_err(|_| Error::Format(format!("the model file's '{key}' has {count} values instead of 3")))
    }
}
