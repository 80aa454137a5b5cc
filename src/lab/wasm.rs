//! What the page calls of the lab. Every call is short, or takes as many steps as it is told: a worker reports and may be stopped in
//! between. Whatever is wrong with what is handed over is an error, never a trap.

use super::data::{self, Batch};
use super::ensembles::{Operated, Surgery};
use super::gradient_flow::{self, GradientFlow};
use super::paths::Paths;
use super::relu_loss::ReluLoss;
use super::subject::Subject;
use super::surface::Surface;
use super::trainer::{self, Evaluation, LayerNorm, Progress, TEST_PICTURES};
use super::{Error, Settings, export};
use crate::image::Picture;
use crate::kernels::FLAVOUR;
use js_sys::{Float32Array, Uint8Array, Uint8ClampedArray};
use serde::Serialize;
use tsify::{Ts, Tsify};
use wasm_bindgen::prelude::*;
use web_sys::ImageData;

/// Which of the flavours this binary is, by what it was compiled with.
#[wasm_bindgen]
pub fn flavour() -> String {
    FLAVOUR.to_string()
}

/// The default race's. What an object of settings leaves out is as here; what else it has is not looked at.
#[wasm_bindgen]
pub fn default_settings() -> Result<Ts<Settings>, JsError> {
    Ok(Settings::default().into_ts()?)
}

/// Throws, and says why, where a net cannot be made or trained so.
#[wasm_bindgen]
pub fn check_settings(settings: Ts<Settings>) -> Result<(), JsError> {
    settings.to_rust()?.design()?;
    Ok(())
}

/// The lab's classes.
#[wasm_bindgen]
pub fn labels() -> Vec<String> {
    data::LABELS.map(String::from).to_vec()
}

/// Gradient and signal of an untrained net on one batch.
#[wasm_bindgen]
pub fn gradient_flow(settings: Ts<Settings>) -> Result<Ts<GradientFlow>, JsError> {
    Ok(gradient_flow::at_the_start(&settings.to_rust()?)?.into_ts()?)
}

/// A picture that the net has not learnt from, and what it takes it for.
#[derive(Tsify, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Sample {
    pub side: usize,
    /// Row by row, red, green, blue, opaque: what `ImageData` takes.
    #[serde(with = "serde_wasm_bindgen::preserve")]
    #[tsify(type = "Uint8ClampedArray")]
    pub rgba: Uint8ClampedArray,
    /// What it is.
    pub label: usize,
    /// By class.
    pub probabilities: Vec<f64>,
}

/// A net while it learns.
#[wasm_bindgen]
pub struct Trainer(trainer::Trainer);

#[wasm_bindgen]
impl Trainer {
    #[wasm_bindgen(constructor)]
    pub fn new(settings: Ts<Settings>) -> Result<Trainer, JsError> {
        Ok(Trainer(trainer::Trainer::new(settings.to_rust()?)?))
    }

    /// So many steps, each told. A worker that reports and listens asks for a few at a time.
    pub fn step(&mut self, count: f64) -> Result<Vec<Ts<Progress>>, JsError> {
        (0..whole(count, "the number of steps")?).map(|_| Ok(self.0.step()?.into_ts()?)).collect()
    }

    /// On the test pictures, which are always the same of a seed.
    pub fn evaluate(&self) -> Result<Ts<Evaluation>, JsError> {
        Ok(self.0.evaluate()?.into_ts()?)
    }

    /// Of every convolution's weights in the last step; none before the first.
    pub fn gradient_norms(&self) -> Result<Vec<Ts<LayerNorm>>, JsError> {
        self.0.gradient_norms().iter().map(|layer| Ok(layer.into_ts()?)).collect()
    }

    /// The first test pictures, and what the net takes them for now.
    pub fn samples(&self, count: f64) -> Result<Vec<Ts<Sample>>, JsError> {
        let side = self.0.net().design.side;
        let (batch, probabilities) = self.0.samples(whole(count, "the number of pictures")?)?;
        let sample = |(one, probabilities): (Batch, Vec<f64>)| {
            let label = one.labels[0];
            Ok(Sample { side, rgba: Uint8ClampedArray::from(&*rgba(&one)), label, probabilities }.into_ts()?)
        };
        batch.parts(1).zip(probabilities).map(sample).collect()
    }

    /// A safetensors file that PyTorch loads: torchvision's names. Throws for wirings that are no residual or plain net.
    pub fn checkpoint(&self) -> Result<Uint8Array, JsError> {
        Ok(Uint8Array::from(&*export::checkpoint(self.0.net())?))
    }

    /// Every number of the net as it is now, in one row: another worker restores it from them, whatever its wiring.
    pub fn numbers(&self) -> Result<Float32Array, JsError> {
        Ok(Float32Array::from(&*self.0.net().numbers()?))
    }

    /// A model file (GGUF) that the engine loads, with a card that names it so.
    pub fn model(&self, id: &str, title: &str, accuracy: &str) -> Result<Uint8Array, JsError> {
        Ok(Uint8Array::from(&*export::model(self.0.net(), id, title, accuracy)?))
    }

    /// The net as it is now, to experiment on with the first test pictures: `count`, or all.
    pub fn subject(&self, count: Option<f64>) -> Result<Experiment, JsError> {
        let card = export::card(self.0.net(), "lab", "A net of the lab's", "");
        Ok(Experiment(Subject::of(self.0.net().copy()?, card, self.0.test().first(test_count(count)?))))
    }
}

/// A net that is asked questions, and the pictures it is asked about.
#[wasm_bindgen]
pub struct Experiment(Subject);

#[wasm_bindgen]
impl Experiment {
    /// From a model file of a CIFAR design, with no pictures yet.
    pub fn open(bytes: &[u8]) -> Result<Experiment, JsError> {
        Ok(Experiment(Subject::open(bytes)?))
    }

    /// A net that was trained with these settings, from the trainer's `numbers`, with no pictures yet.
    pub fn restore(numbers: &[f32], settings: Ts<Settings>) -> Result<Experiment, JsError> {
        Ok(Experiment(Subject::restore(numbers, &settings.to_rust()?)?))
    }

    /// Takes a picture in, cut and resized as the model wants it, and returns its class: `label`, or what the intact net takes it for.
    pub fn add_picture(&mut self, image: &ImageData, label: Option<f64>) -> Result<usize, JsError> {
        let label = label.map(|label| whole(label, "a class")).transpose()?;
        let pixels = image.data();
        let picture = Picture::new(&pixels, image.width() as usize, image.height() as usize)?;
        Ok(self.0.add(&picture, label)?)
    }

    /// Forgets the pictures.
    pub fn clear_pictures(&mut self) {
        self.0.forget_pictures();
    }

    /// Takes in the first `count` of the pictures that nets of these settings are tested on, or all. How many there are then.
    pub fn add_test_pictures(&mut self, settings: Ts<Settings>, count: Option<f64>) -> Result<usize, JsError> {
        self.0.add_test_pictures(&settings.to_rust()?, test_count(count)?)?;
        Ok(self.pictures())
    }

    /// The net's classes.
    #[wasm_bindgen(getter)]
    pub fn labels(&self) -> Vec<String> {
        self.0.card().labels.clone()
    }

    /// How many there are.
    #[wasm_bindgen(getter)]
    pub fn pictures(&self) -> usize {
        self.0.pictures().labels.len()
    }

    /// How many residual blocks the net has.
    #[wasm_bindgen(getter)]
    pub fn blocks(&self) -> usize {
        self.0.net().blocks.len()
    }

    /// How many of them can be deleted: all but those with which a stage begins.
    #[wasm_bindgen(getter)]
    pub fn deletable(&self) -> usize {
        self.0.deletable()
    }

    /// How many pairs of them can be swapped.
    #[wasm_bindgen(getter)]
    pub fn swappable(&self) -> usize {
        self.0.swappable()
    }

    /// The gradient of a class (the likeliest where none is given) for a picture, split by the number of residual branches passed.
    pub fn paths(&self, picture: f64, class_index: Option<f64>) -> Result<Ts<Paths>, JsError> {
        let class = class_index.map(|class| whole(class, "a class")).transpose()?;
        Ok(self.0.paths(whole(picture, "a picture")?, class)?.into_ts()?)
    }

    /// One draw of `count` blocks deleted, or pairs swapped, on all pictures. Ask with several seeds for a spread.
    pub fn operate(&self, surgery: Ts<Surgery>, count: f64, seed: f64) -> Result<Ts<Operated>, JsError> {
        let (count, seed) = (whole(count, "a number of blocks")?, whole(seed, "a seed")?);
        Ok(self.0.operate(surgery.to_rust()?, count, seed as u32)?.into_ts()?)
    }

    /// What ReLU throws away in every block, for a picture.
    pub fn relu_loss(&self, picture: f64) -> Result<Vec<Ts<ReluLoss>>, JsError> {
        self.0.relu_loss(whole(picture, "a picture")?)?.iter().map(|block| Ok(block.into_ts()?)).collect()
    }

    /// The loss on all pictures around the net's weights, along two directions that the seed draws.
    pub fn surface(&self, seed: f64) -> Result<LossSurface, JsError> {
        Ok(LossSurface(self.0.surface(whole(seed, "a seed")? as u32)?))
    }
}

/// See [`Experiment::surface`].
#[wasm_bindgen]
pub struct LossSurface(Surface);

#[wasm_bindgen]
impl LossSurface {
    /// One row: at each of `along` on the first direction and `across` on the second, in lengths of the weights themselves.
    pub fn row(&mut self, along: &[f64], across: f64) -> Result<Vec<f64>, JsError> {
        along.iter().map(|&along| Ok(self.0.loss(along, across)?)).collect()
    }
}

fn test_count(count: Option<f64>) -> Result<usize, Error> {
    count.map_or(Ok(TEST_PICTURES), |count| whole(count, "the number of pictures"))
}

/// What a picture was before it was normalised, as far as a screen shows it.
fn rgba(one: &Batch) -> Vec<u8> {
    let byte = |v: f32| ((v * data::DEVIATION + data::MEAN) * 255.0).round().clamp(0.0, 255.0) as u8;
    one.pixels.chunks_exact(3).flat_map(|p| [byte(p[0]), byte(p[1]), byte(p[2]), 255]).collect()
}

/// A count or an index from JavaScript. wasm-bindgen's own conversion makes 0 of NaN, and four billion of -1.
fn whole(value: f64, what: &str) -> Result<usize, Error> {
    match value >= 0.0 && value <= f64::from(u32::MAX) && value.fract() == 0.0 {
        true => Ok(value as usize),
        false => Err(Error::Settings(format!("{what} is not a whole number from 0 on"))),
    }
}
