//! What a run shows of itself: the branches of each block, and numbers about them.

mod recorder;
mod statistics;

pub use recorder::{BlockTrace, Branch, Recorder};
pub use statistics::{BlockStatistics, Statistics};

use crate::kernels::Layout;
use crate::lesion::Scales;

/// One NHWC map as the network holds it.
#[derive(Clone, Copy, Debug)]
pub struct Map<'a> {
    pub layout: Layout,
    pub data: &'a [f32],
}

impl Map<'_> {
    /// One slice of all channels per pixel, row by row.
    pub fn pixels(&self) -> impl Iterator<Item = &[f32]> {
        self.layout.pixels(self.data)
    }

    /// A copy without halo.
    #[must_use]
    pub fn to_activation(&self) -> Activation {
        let Layout { channels, height, width, .. } = self.layout;
        let mut data = Vec::with_capacity(channels * height * width);
        self.pixels().for_each(|pixel| data.extend_from_slice(pixel));
        Activation { channels, height, width, data }
    }
}

/// The branches of one block in one run, before any lesion is applied to them.
#[derive(Clone, Copy, Debug)]
pub struct Branches<'a> {
    /// x, after any projection; a plain net has none.
    pub identity: Option<Map<'a>>,
    /// F(x), before the sum.
    pub residual: Map<'a>,
    /// What the two are multiplied with in the sum; 1 and 1 without a lesion.
    pub scales: Scales,
    /// ReLU of the sum.
    pub output: Map<'a>,
}

/// Looks into a running network.
pub trait Probe {
    /// Whether [`see`](Self::see) is to be called for that block. Where not, F(x) is never written out: its last convolution
    /// adds x and applies ReLU in one pass.
    fn wants(&self, block: usize) -> bool;

    fn see(&mut self, block: usize, branches: Branches<'_>);

    /// Called when a block begins.
    fn enter(&mut self, _block: usize) {}

    /// Whether [`step`](Self::step) is to be called for that block.
    fn wants_steps(&self, _block: usize) -> bool {
        false
    }

    /// One of F's convolutions but the last, in order, before its ReLU.
    fn step(&mut self, _block: usize, _map: Map<'_>) {}

    /// Called after every layer in turn: the stem, its pooling, of every block the shortcut unless it is x and the
    /// convolutions, the average, the classifier.
    fn ran(&mut self) {}
}

/// Sees nothing: a plain inference.
pub struct NoProbe;

impl Probe for NoProbe {
    fn wants(&self, _block: usize) -> bool {
        false
    }

    fn see(&mut self, _block: usize, _branches: Branches<'_>) {}
}

/// A map copied out, HWC.
#[derive(Clone, Debug, PartialEq)]
pub struct Activation {
    pub channels: usize,
    pub height: usize,
    pub width: usize,
    pub data: Vec<f32>,
}

impl Activation {
    /// The map of one channel, row-major.
    pub fn channel(&self, channel: usize) -> Vec<f32> {
        self.data.iter().skip(channel).step_by(self.channels).copied().collect()
    }

    /// All channels one after the other: CHW.
    pub fn to_chw(&self) -> Vec<f32> {
        let places = self.height * self.width;
        let mut planes = vec![0.0; self.data.len()];
        // A few pixels at a time: of every plane a cache line is written whole.
        for (first, pixels) in self.data.chunks(16 * self.channels).enumerate() {
            let count = pixels.len() / self.channels;
            for (c, plane) in planes.chunks_exact_mut(places).enumerate() {
                let run = &mut plane[16 * first..][..count];
                run.iter_mut().zip(pixels[c..].iter().step_by(self.channels)).for_each(|(to, &from)| *to = from);
            }
        }
        planes
    }

    /// As a candle tensor of shape `[1, channels, height, width]`.
    pub fn to_tensor(&self) -> candle_core::Result<candle_core::Tensor> {
        let shape = (1, self.height, self.width, self.channels);
        candle_core::Tensor::from_slice(&self.data, shape, &candle_core::Device::Cpu)?
            .permute((0, 3, 1, 2))?
            .contiguous()
    }
}
