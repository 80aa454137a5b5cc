//! What the page calls. Thin: what crosses the boundary are objects with TypeScript types, typed arrays, and errors as
//! JavaScript's own.

#[cfg(feature = "threads")]
mod pool;
mod trace;

use crate::arch::{Architecture, BlockInfo, Flow};
use crate::image::{Crop, Picture};
use crate::kernels::FLAVOUR;
use crate::lesion::Lesion;
use crate::loader;
use crate::model::rank;
use crate::trace::NoProbe;
use crate::viewer::Viewer;
use crate::weights::Card;
use js_sys::{Float32Array, Uint8ClampedArray};
use serde::Serialize;
use trace::{Taker, Tensor, Trace};
use tsify::{Ts, Tsify};
use wasm_bindgen::prelude::*;
use web_sys::ImageData;

// What the page hands over is read by name: serde's way of it, with all it can say about what is wrong, is 10 KiB of wasm.
#[wasm_bindgen]
extern "C" {
    /// A number that is absent comes as NaN.
    #[wasm_bindgen(typescript_type = "Crop")]
    pub type CropObject;

    #[wasm_bindgen(method, getter)]
    fn left(this: &CropObject) -> f64;

    #[wasm_bindgen(method, getter)]
    fn top(this: &CropObject) -> f64;

    #[wasm_bindgen(method, getter)]
    fn side(this: &CropObject) -> f64;

    /// A string.
    #[wasm_bindgen(typescript_type = "Branch")]
    pub type BranchName;
}

/// Which of the flavours this binary is, by what it was compiled with.
#[wasm_bindgen]
pub fn flavour() -> String {
    FLAVOUR.to_string()
}

/// Builds a model while its file arrives.
#[wasm_bindgen]
#[derive(Default)]
pub struct Loader(loader::Loader);

#[wasm_bindgen]
impl Loader {
    #[wasm_bindgen(constructor)]
    pub fn new() -> Loader {
        Loader::default()
    }

    /// The file's next bytes. What is wrong with them is for `finish` to say.
    pub fn push(&mut self, bytes: &[u8]) {
        self.0.push(bytes);
    }

    /// The model, when the whole file has been pushed; uses the loader up. Throws where the bytes are no model.
    pub fn finish(self) -> Result<Network, JsError> {
        Ok(Network(Viewer::new(self.0.finish()?)))
    }
}

/// A model ready to run, and the picture it looks at.
#[wasm_bindgen]
pub struct Network(Viewer);

#[wasm_bindgen]
impl Network {
    /// What the model file says about itself.
    #[wasm_bindgen(getter)]
    pub fn card(&self) -> Result<Ts<Card>, JsError> {
        Ok(self.0.model().card.into_ts()?)
    }

    /// Every block, in the order they run.
    #[wasm_bindgen(getter)]
    pub fn blocks(&self) -> Result<Vec<Ts<BlockInfo>>, JsError> {
        objects(&self.flow().block_infos(self.side()))
    }

    #[wasm_bindgen(getter)]
    pub fn parameters(&self) -> usize {
        self.architecture().parameters()
    }

    /// Multiply-accumulates of one image.
    #[wasm_bindgen(getter)]
    pub fn macs(&self) -> f64 {
        self.architecture().macs(self.side()) as f64
    }

    /// Takes a picture in, or a square of it; what runs next runs on it. Without a crop, the centre as torchvision cuts it.
    /// Throws where the image has no pixels.
    pub fn look(&mut self, image: &ImageData, crop: Option<CropObject>) -> Result<(), JsError> {
        let pixels = image.data();
        let picture = Picture::new(&pixels, image.width() as usize, image.height() as usize)?;
        let crop = crop.map(|crop| Crop { left: crop.left(), top: crop.top(), side: crop.side() });
        Ok(self.0.look(&picture, crop)?)
    }

    /// The picture as the network sees it: resized and cropped, not yet normalised.
    #[wasm_bindgen(getter)]
    pub fn input(&self) -> Result<ImageData, JsValue> {
        // A copy: ImageData takes no view of memory that threads share.
        let pixels = Uint8ClampedArray::from(self.0.square());
        let side = self.side() as u32;
        ImageData::new_with_js_u8_clamped_array_and_sh(&pixels, side, side)
    }

    /// The square of the picture that the network sees.
    #[wasm_bindgen(getter)]
    pub fn crop(&self) -> Result<Ts<Crop>, JsError> {
        Ok(self.0.crop().into_ts()?)
    }

    /// Runs with every block looked into. `scales`: of identity and residual, block by block; none for the intact net.
    /// `keep`: the block whose branches are kept whole. `remember`: an intact run that later lesions resume from.
    pub fn trace(
        &mut self,
        scales: Option<Vec<f32>>,
        top_k: f64,
        keep: Option<f64>,
        remember: bool,
    ) -> Result<Trace, JsError> {
        let lesion = scales.map_or(Ok(Lesion::none()), |scales| self.lesion(&scales))?;
        let top_k = whole(top_k, "the number of top classes")?;
        let keep = keep.map(|keep| whole(keep, "a block")).transpose()?;
        if keep.is_some_and(|keep| keep >= self.flow().blocks().len()) {
            return Err(JsError::new("there is no such block"));
        }
        let mut taker = Taker::new(keep, self.0.recorder(None));
        let probabilities = match remember && lesion.first().is_none() {
            true => self.0.remember(&mut taker),
            false => self.0.run(&lesion, keep, &mut taker),
        }?;
        self.0.learn_colours(&lesion, taker.recorder());
        let mut top = rank(&probabilities, &self.0.model().card.labels);
        top.truncate(top_k);
        taker.finish(self.flow(), top, probabilities)
    }

    /// Whether colours mean the same from picture to picture, the frames of a video say, and not only in the runs on one.
    pub fn hold_colours(&mut self, hold: bool) {
        self.0.hold_colours(hold);
    }

    /// Probabilities by class, with nothing recorded.
    pub fn probabilities(&mut self, scales: &[f32]) -> Result<Float32Array, JsError> {
        let lesion = self.lesion(scales)?;
        Ok(floats(&self.0.run(&lesion, None, &mut NoProbe)?))
    }

    /// Where the last run saw evidence for a class: one channel, whose mean plus the class's bias is its logit.
    pub fn cam(&self, class_index: f64) -> Result<Ts<Tensor>, JsError> {
        let evidence = self
            .0
            .cam(whole(class_index, "a class")?)
            .ok_or_else(|| JsError::new("no such class, or nothing has run"))?;
        let data = Float32Array::from(evidence.values.as_slice());
        Ok(Tensor { channels: 1, height: evidence.height, width: evidence.width, data }.into_ts()?)
    }

    /// The classifier's weights of one class, one per channel of the last stage.
    pub fn class_weights(&self, class_index: f64) -> Result<Float32Array, JsError> {
        let weights = self.0.model().network().class_weights(whole(class_index, "a class")?);
        weights.map(|w| Float32Array::from(w.as_slice())).ok_or_else(|| JsError::new("there is no such class"))
    }
}

impl Network {
    fn architecture(&self) -> &Architecture {
        self.0.model().network().architecture()
    }

    fn side(&self) -> usize {
        self.0.model().card.input_side
    }

    fn flow(&self) -> &Flow {
        self.0.model().network().flow()
    }

    fn lesion(&self, scales: &[f32]) -> Result<Lesion, JsError> {
        Ok(Lesion::from_scales(scales, self.flow().blocks().len())?)
    }
}

/// A count or an index from JavaScript. wasm-bindgen's own conversion makes 0 of NaN, and four billion of -1.
fn whole(value: f64, what: &str) -> Result<usize, JsError> {
    match value >= 0.0 && value <= f64::from(u32::MAX) && value.fract() == 0.0 {
        true => Ok(value as usize),
        false => Err(JsError::new(&format!("{what} is not a whole number from 0 on"))),
    }
}

fn floats(values: &[f64]) -> Float32Array {
    Float32Array::from(values.iter().map(|&v| v as f32).collect::<Vec<_>>().as_slice())
}

fn objects<T: Tsify + Serialize>(values: &[T]) -> Result<Vec<Ts<T>>, JsError> {
    values.iter().map(|value| Ok(value.into_ts()?)).collect()
}
