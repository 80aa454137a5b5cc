//! What a traced run hands to the page.

use super::{BranchName, floats, objects, whole};
use crate::arch::{ConvSpec, Flow};
use crate::model::Prediction;
use crate::trace::{BlockStatistics, Branch, Branches, Map, Probe, Recorder};
use js_sys::{Float32Array, Float64Array, Uint8ClampedArray};
use serde::Serialize;
use tsify::{Ts, Tsify};
use wasm_bindgen::prelude::*;
use web_sys::ImageData;
use web_time::Instant;

/// Records a run, and copies one block out of it straight into JavaScript's memory: a browser never takes back what wasm's
/// has grown by, and a block of a ResNet-50 is up to 13 MB.
pub struct Taker {
    keep: Option<usize>,
    recorder: Recorder,
    /// Identity, residual, output.
    kept: [Option<Tensor>; 3],
    steps: Vec<Tensor>,
}

impl Taker {
    /// `recorder`: keeps no block itself.
    pub fn new(keep: Option<usize>, recorder: Recorder) -> Taker {
        Taker { keep, recorder, kept: [const { None }; 3], steps: Vec::new() }
    }

    pub fn recorder(&self) -> &Recorder {
        &self.recorder
    }

    /// The trace of the run that is over, of that network.
    pub fn finish(self, flow: &Flow, top: Vec<Prediction>, probabilities: Vec<f64>) -> Result<Trace, JsError> {
        let step = |(conv, tensor): (&ConvSpec, Tensor)| {
            let name = conv.name.rsplit('.').next().unwrap_or_default().to_string();
            Ok(Step { name, kernel: conv.kernel, stride: conv.stride, tensor }.into_ts()?)
        };
        let kept = self.keep.and_then(|keep| flow.blocks().get(keep));
        let convs = kept.into_iter().flat_map(|block| flow.inner(block));
        let steps = convs.zip(self.steps).map(step).collect::<Result<_, JsError>>()?;
        let [identity, residual, output] = self.kept.map(|tensor| tensor.map(|tensor| tensor.into_ts()).transpose());
        Ok(Trace { top, probabilities, recorder: self.recorder, kept: [identity?, residual?, output?], steps })
    }
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

/// A map of channels, channel by channel, each row-major: CHW.
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
        let (height, width, channels) = map.layout.shape();
        let places = (height * width) as u32;
        let data = Float32Array::new_with_length(channels as u32 * places);
        map.planes(|channel, plane| {
            let at = channel as u32 * places;
            data.subarray(at, at + places).copy_from(plane);
        });
        Tensor { channels, height, width, data }
    }
}

/// One of F's convolutions but the last, which is F(x) itself: conv1 in a basic block, conv1 and conv2 in a bottleneck.
#[derive(Tsify, Serialize)]
pub struct Step {
    /// torchvision's, within the block: `conv1`.
    pub name: String,
    pub kernel: usize,
    pub stride: usize,
    /// Before the ReLU that follows.
    pub tensor: Tensor,
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

    /// The mean over a block's channels, row-major; undefined where the block did not run or has no such branch. `block` counts
    /// from the network's first block.
    pub fn mean_map(&self, block: f64, branch: BranchName) -> Result<Option<Float32Array>, JsError> {
        let (block, branch) = (whole(block, "a block")?, named(&branch)?);
        Ok(self.recorder.block(block).and_then(|block| block.mean_map(branch)).map(Float32Array::from))
    }

    /// All of a block's channels as one picture: their three leading components, as colours that mean the same in all four
    /// branches, and in the runs on one picture, lesions included. Grey is zero. Undefined where the block did not run or has no
    /// such branch.
    pub fn colours(&self, block: f64, branch: BranchName) -> Result<Option<ImageData>, JsError> {
        let (block, branch) = (whole(block, "a block")?, named(&branch)?);
        let Some(colours) = self.recorder.block(block).map(|block| &block.colours) else { return Ok(None) };
        let Some(rgba) = colours.of(branch) else { return Ok(None) };
        // A copy: ImageData takes no view of memory that threads share.
        let (pixels, width, height) = (Uint8ClampedArray::from(rgba), colours.width as u32, colours.height as u32);
        let image = ImageData::new_with_js_u8_clamped_array_and_sh(&pixels, width, height);
        image.map(Some).map_err(|_| JsError::new("a picture could not be made"))
    }

    /// A branch of the kept block with all its channels; undefined where none was kept, for the identity of a plain net, and for
    /// the sum, which follows from the others.
    pub fn tensor(&self, branch: BranchName) -> Result<Option<Ts<Tensor>>, JsError> {
        Ok(match named(&branch)? {
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

fn named(branch: &BranchName) -> Result<Branch, JsError> {
    let branch = branch.as_string().and_then(|name| Branch::ALL.into_iter().find(|branch| branch.name() == name));
    branch.ok_or_else(|| JsError::new("there is no such branch"))
}
