//! What a run shows of itself: the branches of each block, and numbers about them.

mod colours;
mod oklab;
mod recorder;
mod statistics;

pub use colours::{Bases, Basis, BlockColours};
pub use recorder::{BlockTrace, Branch, Kept, Recorder};
pub use statistics::{BlockStatistics, Statistics};

use crate::kernels::Layout;
use crate::lesion::Scales;

/// One NHWC map as the network holds it.
#[derive(Clone, Copy, Debug)]
pub struct Map<'a> {
    /// How `data` lies, halo and all.
    pub layout: Layout,
    /// The whole buffer: [`pixels`](Self::pixels) leaves out the halo.
    pub data: &'a [f32],
}

impl Map<'_> {
    /// One slice of all channels per pixel, row by row.
    pub fn pixels(&self) -> impl Iterator<Item = &[f32]> {
        self.layout.pixels(self.data)
    }

    /// Channel by channel, each row-major, a few channels at a time: one pass over the map for all of them.
    pub fn planes(&self, mut take: impl FnMut(usize, &[f32])) {
        const TOGETHER: usize = 16; // floats of a cache line
        let (height, width, channels) = self.layout.shape();
        let places = height * width;
        let mut planes = vec![0.0; TOGETHER * places];
        for first in (0..channels).step_by(TOGETHER) {
            let count = TOGETHER.min(channels - first);
            for (place, pixel) in self.pixels().enumerate() {
                for (c, &value) in pixel[first..first + count].iter().enumerate() {
                    planes[c * places + place] = value;
                }
            }
            planes.chunks_exact(places).take(count).enumerate().for_each(|(c, plane)| take(first + c, plane));
        }
    }

    /// A copy without halo.
    pub fn to_activation(&self) -> Activation {
        let (height, width, channels) = self.layout.shape();
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
    /// Whether the output is the ReLU of the sum; else (pre-activation) it is the sum.
    pub relu: bool,
    /// What the next block reads.
    pub output: Map<'a>,
}

/// Looks into a running network.
pub trait Probe {
    /// Whether [`see`](Self::see) is to be called for that block. Where not, F(x) is never written out: its last convolution
    /// adds x, and applies ReLU where the block has one, in one pass.
    fn wants(&self, block: usize) -> bool;

    /// One block of the run, its output made; the maps are borrowed from the network until the next step runs.
    fn see(&mut self, block: usize, branches: Branches<'_>);

    /// Called when a block begins.
    fn enter(&mut self, _block: usize) {}

    /// Whether [`step`](Self::step) is to be called for that block.
    fn wants_steps(&self, _block: usize) -> bool {
        false
    }

    /// One of F's convolutions but the last, in order, before its ReLU.
    fn step(&mut self, _block: usize, _map: Map<'_>) {}

    /// Called after every layer in turn: the stem, its pooling, of every block the batch norm that it may begin with, the shortcut
    /// unless it is x and the convolutions, the average, the classifier.
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
    /// Values of a pixel.
    pub channels: usize,
    /// Rows.
    pub height: usize,
    /// Columns.
    pub width: usize,
    /// `height * width * channels` values: one slice of all channels per pixel, row by row.
    pub data: Vec<f32>,
}

impl Activation {
    /// The map of one channel, row-major.
    pub fn channel(&self, channel: usize) -> Vec<f32> {
        self.data.iter().skip(channel).step_by(self.channels).copied().collect()
    }

    /// As a candle tensor of shape `[1, channels, height, width]`.
    #[cfg(feature = "candle")]
    pub fn to_tensor(&self) -> candle_core::Result<candle_core::Tensor> {
        let shape = (1, self.height, self.width, self.channels);
        candle_core::Tensor::from_slice(&self.data, shape, &candle_core::Device::Cpu)?
            .permute((0, 3, 1, 2))?
            .contiguous()
    }
}
