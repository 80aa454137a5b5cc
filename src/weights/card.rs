//! What a model file says about itself.

use super::Error;
use super::formats::gguf::Metadata;
use crate::arch::Architecture;
use serde::Serialize;

/// Everything about a model but its tensors. As JSON it is what `convert` reads, as GGUF metadata what a model file keeps.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[cfg_attr(feature = "convert", derive(serde::Deserialize), serde(deny_unknown_fields))]
pub struct Card {
    /// Short and unique: `resnet50`.
    pub id: String,
    /// For people: `ResNet-50 (ImageNet)`.
    pub title: String,
    /// `resnet50`, `plain20`, ...: its design and depth, by name or in words: see [`Architecture::named`].
    pub architecture: String,
    /// Whether a bottleneck strides in its first 1x1 convolution, as in the paper and in Keras, or in its 3x3.
    #[cfg_attr(feature = "convert", serde(default))]
    pub stride_in_1x1: bool,
    /// Of red, green and blue on 0..1.
    pub mean: [f32; 3],
    /// Of red, green and blue on 0..1.
    pub std: [f32; 3],
    /// An image's short side is resized to this (bilinear, antialiased) ...
    pub resize_side: usize,
    /// ... and a square of this side cut from its centre.
    pub input_side: usize,
    /// What it was trained on, for people.
    pub dataset: String,
    /// Of the weights: `MIT`, `Apache-2.0`, ... as whoever made the file states it.
    pub licence: String,
    /// Where the weights are from, for people.
    pub source: String,
    /// How well it does, and on what, for people.
    pub accuracy: String,
    /// Whatever else should be known.
    #[cfg_attr(feature = "convert", serde(default))]
    pub note: String,
    /// One per class; there are as many classes as labels.
    #[cfg_attr(feature = "convert", serde(default))]
    pub labels: Vec<String>,
}

/// Version of the metadata below; a reader refuses others.
pub(super) const FORMAT: u32 = 1;
/// A model file may be broken on purpose: its sides decide how much memory a network plans ...
const SIDES: std::ops::RangeInclusive<usize> = 8..=512;
/// ... and so do its classes. All of ImageNet has 21,841.
pub const MOST_CLASSES: usize = 1 << 15;
/// Values of a map. ResNet's largest on 512 x 512 pixels are the stem's and the first stage's: 4 million.
const LARGEST_MAP: usize = 1 << 24;
/// Bytes of a label. ImageNet's longest, with all its synonyms, has 121.
const LONGEST_LABEL: usize = 1000;

fn largest_map(architecture: &Architecture, side: usize) -> usize {
    let flow = architecture.flow();
    let sides = flow.sides(side);
    let values = flow.steps().iter().map(|step| flow.channels(step.to).saturating_mul(sides[step.to.index()].pow(2)));
    values.max().unwrap_or(0)
}

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
            return wrong("mean and standard deviation are not what pixels can be normalised with".into());
        }
        if self.labels.is_empty() {
            return wrong("it has no labels".into());
        }
        if self.labels.len() > MOST_CLASSES {
            return wrong(format!("it has {} labels; {MOST_CLASSES} are the most", self.labels.len()));
        }
        if let Some(class) = self.labels.iter().position(|label| label.len() > LONGEST_LABEL) {
            return wrong(format!("the label of class {class} is longer than {LONGEST_LABEL} bytes"));
        }
        match Architecture::named(&self.architecture) {
            Some(named) => {
                let classes = self.labels.len();
                let architecture = Architecture { classes, ..named.with_stride_in_1x1(self.stride_in_1x1) };
                match largest_map(&architecture, self.input_side) > LARGEST_MAP {
                    true => wrong(format!(
                        "'{}' on {} pixels takes more memory than there is",
                        self.architecture, self.input_side
                    )),
                    false => Ok(architecture),
                }
            }
            None => wrong(format!("there is no architecture '{}'", self.architecture)),
        }
    }

    pub(super) fn from_metadata(metadata: &Metadata<'_>) -> Result<Card, Error> {
        match metadata.u32("skipscope.format") {
            Ok(FORMAT) => {}
            Ok(other) => {
                return Err(Error::Format(format!("the model file has format {other}, this is made for {FORMAT}")));
            }
            Err(_) => return Err(Error::Format("a GGUF file, but not one that `skipscope convert` made".into())),
        }
        let side = |key: &str| metadata.u32(key).map(|side| side as usize);
        Ok(Card {
            id: metadata.text("skipscope.id")?,
            title: metadata.text("general.name")?,
            architecture: metadata.text("skipscope.architecture")?,
            stride_in_1x1: metadata.bool("skipscope.stride_in_1x1")?,
            mean: metadata.floats("skipscope.mean")?,
            std: metadata.floats("skipscope.std")?,
            resize_side: side("skipscope.resize_side")?,
            input_side: side("skipscope.input_side")?,
            dataset: metadata.text("skipscope.dataset")?,
            licence: metadata.text("general.license")?,
            source: metadata.text("skipscope.source")?,
            accuracy: metadata.text("skipscope.accuracy")?,
            note: metadata.text("skipscope.note")?,
            labels: metadata.texts("skipscope.labels", MOST_CLASSES)?,
        })
    }
}
