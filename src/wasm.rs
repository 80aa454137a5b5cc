//! What the page calls. Thin: what crosses the boundary are objects with TypeScript types, typed arrays, and errors as
//! JavaScript's own.

use crate::arch::BlockInfo;
use crate::image::Picture;
use crate::lesion::Lesion;
use crate::loader;
use crate::model::{Model, Prediction};
use crate::trace::{BlockStatistics, Branch, Recorder};
use crate::weights::Card;
use js_sys::{Float32Array, Uint8ClampedArray};
use tsify::{Ts, Tsify};
use wasm_bindgen::prelude::*;
use web_sys::ImageData;

/// Starts the pool: once, before the first network is built.
#[cfg(feature = "threads")]
pub use wasm_bindgen_rayon::init_thread_pool;

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
        Ok(Network(self.0.finish()?))
    }
}

/// A model ready to run.
#[wasm_bindgen]
pub struct Network(Model);

#[wasm_bindgen]
impl Network {
    /// What the model file says about itself.
    #[wasm_bindgen(getter)]
    pub fn card(&self) -> Result<Ts<Card>, JsError> {
        Ok(self.0.card.into_ts()?)
    }

    /// Every block, in the order they run.
    #[wasm_bindgen(getter)]
    pub fn blocks(&self) -> Result<Vec<Ts<BlockInfo>>, JsError> {
        objects(&self.0.network().architecture().block_infos(self.0.card.input_side))
    }

    #[wasm_bindgen(getter)]
    pub fn parameters(&self) -> usize {
        self.0.network().architecture().parameters()
    }

    /// Multiply-accumulates of one image.
    #[wasm_bindgen(getter)]
    pub fn macs(&self) -> f64 {
        self.0.network().architecture().macs(self.0.card.input_side) as f64
    }

    /// The most probable classes, best first. Throws where the image has no pixels.
    pub fn classify(&mut self, image: &ImageData, top_k: usize) -> Result<Vec<Ts<Prediction>>, JsError> {
        let pixels = image.data();
        let mut ranked = self.0.classify(&picture(&pixels, image)?)?;
        ranked.truncate(top_k);
        objects(&ranked)
    }

    /// As `classify`, with every block looked into. `keep`: the block whose branches are kept whole.
    pub fn trace(&mut self, image: &ImageData, top_k: usize, keep: Option<usize>) -> Result<Trace, JsError> {
        let pixels = image.data();
        let square = picture(&pixels, image)?.seen_by(&self.0.card)?;
        let mut recorder = Recorder::new(keep);
        let mut top = self.0.run(&square, &Lesion::none(), &mut recorder);
        top.truncate(top_k);
        Ok(Trace { top, square, recorder })
    }
}

fn picture<'a>(pixels: &'a [u8], image: &ImageData) -> Result<Picture<'a>, JsError> {
    Ok(Picture::new(pixels, image.width() as usize, image.height() as usize)?)
}

fn objects<T: Tsify + serde::Serialize>(values: &[T]) -> Result<Vec<Ts<T>>, JsError> {
    values.iter().map(|value| Ok(value.into_ts()?)).collect()
}

/// What a traced run recorded.
#[wasm_bindgen]
pub struct Trace {
    top: Vec<Prediction>,
    square: Vec<u8>,
    recorder: Recorder,
}

#[wasm_bindgen]
impl Trace {
    /// The most probable classes, best first.
    #[wasm_bindgen(getter)]
    pub fn top(&self) -> Result<Vec<Ts<Prediction>>, JsError> {
        objects(&self.top)
    }

    /// Every block's, in the order they ran.
    #[wasm_bindgen(getter)]
    pub fn statistics(&self) -> Result<Vec<Ts<BlockStatistics>>, JsError> {
        self.recorder.blocks().iter().map(|block| Ok(block.statistics.into_ts()?)).collect()
    }

    /// The picture as the network saw it: resized and cropped, not yet normalised.
    #[wasm_bindgen(getter)]
    pub fn input(&self) -> Result<ImageData, JsValue> {
        let side = (self.square.len() / 4).isqrt() as u32;
        // A copy: ImageData takes no view of memory that threads share.
        let pixels = Uint8ClampedArray::from(self.square.as_slice());
        ImageData::new_with_js_u8_clamped_array_and_sh(&pixels, side, side)
    }

    /// The mean over a block's channels, row-major; undefined where there is no such block or branch.
    pub fn mean_map(&self, block: usize, branch: Ts<Branch>) -> Result<Option<Float32Array>, JsError> {
        let branch = branch.to_rust()?;
        let map = self.recorder.blocks().get(block).and_then(|block| block.mean_map(branch));
        Ok(map.map(Float32Array::from))
    }

    /// Root mean square of F(x) per channel of the kept block; empty where none was kept.
    #[wasm_bindgen(getter)]
    pub fn channel_energy(&self) -> Float32Array {
        Float32Array::from(self.recorder.channel_energy().as_slice())
    }

    /// One channel of the kept block, row-major; undefined where there is no such branch or channel.
    pub fn map(&self, branch: Ts<Branch>, channel: usize) -> Result<Option<Float32Array>, JsError> {
        let map = self.recorder.map(branch.to_rust()?, channel);
        Ok(map.map(|map| Float32Array::from(map.as_slice())))
    }
}
