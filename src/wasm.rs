//! What the page calls. Thin: what crosses the boundary are objects with TypeScript types, typed arrays, and errors as
//! JavaScript's own.

use crate::arch::{Architecture, BlockInfo, ConvSpec};
use crate::image::{Crop, Picture};
use crate::kernels::Layout;
use crate::lesion::Lesion;
use crate::loader;
use crate::model::{Prediction, rank};
use crate::session::Session;
use crate::trace::{BlockStatistics, Branch, Branches, Map, NoProbe, Probe, Recorder};
use crate::weights::Card;
use js_sys::{Float32Array, Float64Array, Uint8ClampedArray};
use serde::Serialize;
use tsify::{Ts, Tsify};
use wasm_bindgen::prelude::*;
use web_sys::ImageData;
use web_time::Instant;

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
        Ok(Network(Session::new(self.0.finish()?)))
    }
}

/// A model ready to run, and the picture it looks at.
#[wasm_bindgen]
pub struct Network(Session);

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
        objects(&self.architecture().block_infos(self.side()))
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
    pub fn look(&mut self, image: &ImageData, crop: Option<Ts<Crop>>) -> Result<(), JsError> {
        let pixels = image.data();
        let picture = Picture::new(&pixels, image.width() as usize, image.height() as usize)?;
        let crop = crop.map(|crop| crop.to_rust()).transpose()?;
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
        top_k: usize,
        keep: Option<usize>,
        remember: bool,
    ) -> Result<Trace, JsError> {
        let lesion = scales.map_or(Ok(Lesion::none()), |scales| self.lesion(&scales))?;
        if keep.is_some_and(|keep| keep >= self.architecture().blocks().len()) {
            return Err(JsError::new("there is no such block"));
        }
        let mut taker = Taker { keep, recorder: Recorder::new(None), kept: [const { None }; 3], steps: Vec::new() };
        let probabilities = match remember && lesion.first().is_none() {
            true => self.0.remember(&mut taker),
            false => self.0.run(&lesion, keep, &mut taker),
        };
        let mut top = rank(&probabilities, &self.0.model().card.labels);
        top.truncate(top_k);
        let Taker { recorder, kept, steps, .. } = taker;
        let steps = keep.map_or(Ok(Vec::new()), |keep| self.steps(keep, steps))?;
        let kept = kept.map(|tensor| tensor.map(|tensor| tensor.into_ts()).transpose());
        let [identity, residual, output] = kept;
        Ok(Trace { top, probabilities, recorder, kept: [identity?, residual?, output?], steps })
    }

    /// Probabilities by class, with nothing recorded.
    pub fn probabilities(&mut self, scales: &[f32]) -> Result<Float32Array, JsError> {
        let lesion = self.lesion(scales)?;
        Ok(floats(&self.0.run(&lesion, None, &mut NoProbe)))
    }

    /// Where the last run saw evidence for a class: one channel, whose mean plus the class's bias is its logit.
    pub fn cam(&self, class_index: usize) -> Result<Ts<Tensor>, JsError> {
        let evidence = self.0.cam(class_index).ok_or_else(|| JsError::new("no such class, or nothing has run"))?;
        let data = Float32Array::from(evidence.values.as_slice());
        Ok(Tensor { channels: 1, height: evidence.height, width: evidence.width, data }.into_ts()?)
    }

    /// The classifier's weights of one class, one per channel of the last stage.
    pub fn class_weights(&self, class_index: usize) -> Result<Float32Array, JsError> {
        let weights = self.0.model().network().class_weights(class_index);
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

    fn lesion(&self, scales: &[f32]) -> Result<Lesion, JsError> {
        if scales.len() != 2 * self.architecture().blocks().len() {
            return Err(JsError::new("a lesion has two scales per block"));
        }
        if !scales.iter().all(|scale| scale.is_finite()) {
            return Err(JsError::new("a branch is scaled with a number"));
        }
        Ok(Lesion::from_scales(scales))
    }

    fn steps(&self, block: usize, tensors: Vec<Tensor>) -> Result<Vec<Ts<Step>>, JsError> {
        let spec = &self.architecture().blocks()[block];
        let step = |(conv, tensor): (&ConvSpec, Tensor)| {
            let name = conv.name.rsplit('.').next().unwrap_or_default().to_string();
            Ok(Step { name, kernel: conv.kernel, stride: conv.stride, tensor }.into_ts()?)
        };
        spec.residual.iter().zip(tensors).map(step).collect()
    }
}

/// Records a run, and copies one block out of it straight into JavaScript's memory: a browser never takes back what wasm's
/// has grown by, and a block of a ResNet-50 is up to 13 MB.
struct Taker {
    keep: Option<usize>,
    recorder: Recorder,
    /// Identity, residual, output.
    kept: [Option<Tensor>; 3],
    steps: Vec<Tensor>,
}

impl Probe for Taker {
    fn wants(&self, block: usize) -> bool {
        self.recorder.wants(block)
    }

    fn enter(&mut self, block: usize) {
        self.recorder.enter(block);
    }

    fn wants_steps(&self, block: usize) -> bool {
        self.keep == Some(block)
    }

    fn step(&mut self, _block: usize, map: Map<'_>) {
        let began = Instant::now();
        self.steps.push(Tensor::from(map));
        self.recorder.leave_out(began);
    }

    fn see(&mut self, block: usize, branches: Branches<'_>) {
        self.recorder.see(block, branches);
        if self.keep == Some(block) {
            let Branches { identity, residual, output, .. } = branches;
            self.kept = [identity, Some(residual), Some(output)].map(|map| map.map(Tensor::from));
        }
    }
}

/// A map of channels, CHW.
#[derive(Tsify, Serialize)]
pub struct Tensor {
    pub channels: usize,
    pub height: usize,
    pub width: usize,
    #[serde(with = "serde_wasm_bindgen::preserve")]
    #[tsify(type = "Float32Array")]
    pub data: Float32Array,
}

impl From<Map<'_>> for Tensor {
    fn from(map: Map<'_>) -> Tensor {
        let Layout { channels, height, width, .. } = map.layout;
        let places = (height * width) as u32;
        let data = Float32Array::new_with_length(channels as u32 * places);
        map.planes(|channel, plane| {
            let at = channel as u32 * places;
            data.subarray(at, at + places).copy_from(plane);
        });
        Tensor { channels, height, width, data }
    }
}

/// One of F's convolutions but the last.
#[derive(Tsify, Serialize)]
pub struct Step {
    /// Within the block: `conv1`.
    pub name: String,
    pub kernel: usize,
    pub stride: usize,
    /// Before the ReLU that follows.
    pub tensor: Tensor,
}

fn floats(values: &[f64]) -> Float32Array {
    Float32Array::from(values.iter().map(|&v| v as f32).collect::<Vec<_>>().as_slice())
}

fn objects<T: Tsify + Serialize>(values: &[T]) -> Result<Vec<Ts<T>>, JsError> {
    values.iter().map(|value| Ok(value.into_ts()?)).collect()
}

/// What a traced run recorded.
#[wasm_bindgen]
pub struct Trace {
    top: Vec<Prediction>,
    probabilities: Vec<f64>,
    recorder: Recorder,
    /// Identity, residual, output.
    kept: [Option<Ts<Tensor>>; 3],
    steps: Vec<Ts<Step>>,
}

#[wasm_bindgen]
impl Trace {
    /// The first block that ran: a lesion's run resumes.
    #[wasm_bindgen(getter)]
    pub fn from(&self) -> usize {
        self.recorder.from()
    }

    /// The most probable classes, best first.
    #[wasm_bindgen(getter)]
    pub fn top(&self) -> Result<Vec<Ts<Prediction>>, JsError> {
        objects(&self.top)
    }

    /// By class.
    #[wasm_bindgen(getter)]
    pub fn probabilities(&self) -> Float32Array {
        floats(&self.probabilities)
    }

    /// Of every block that ran, in order.
    #[wasm_bindgen(getter)]
    pub fn statistics(&self) -> Result<Vec<Ts<BlockStatistics>>, JsError> {
        self.recorder.blocks().iter().map(|block| Ok(block.statistics.into_ts()?)).collect()
    }

    /// Of every block that ran: without what looking into it took.
    #[wasm_bindgen(getter)]
    pub fn milliseconds(&self) -> Float64Array {
        Float64Array::from(self.recorder.blocks().iter().map(|block| block.milliseconds).collect::<Vec<_>>().as_slice())
    }

    /// The mean over a block's channels, row-major; undefined where the block did not run or has no such branch.
    pub fn mean_map(&self, block: usize, branch: Ts<Branch>) -> Result<Option<Float32Array>, JsError> {
        let branch = branch.to_rust()?;
        Ok(self.recorder.block(block).and_then(|block| block.mean_map(branch)).map(Float32Array::from))
    }

    /// A branch of the kept block with all its channels; undefined where none was kept, for the identity of a plain net, and for
    /// the sum, which follows from the others.
    pub fn tensor(&self, branch: Ts<Branch>) -> Result<Option<Ts<Tensor>>, JsError> {
        Ok(match branch.to_rust()? {
            Branch::Identity => self.kept[0].clone(),
            Branch::Residual => self.kept[1].clone(),
            Branch::Output => self.kept[2].clone(),
            Branch::Sum => None,
        })
    }

    /// The kept block's inner steps.
    #[wasm_bindgen(getter)]
    pub fn steps(&self) -> Vec<Ts<Step>> {
        self.steps.clone()
    }
}
