//! The probe behind the page: numbers and mean maps of every block, all channels of one.

use super::statistics::{BlockStatistics, gather};
use super::{Activation, Branches, Probe};
use crate::lesion::Scales;
use serde::Deserialize;

/// One of the four maps of a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "lowercase")]
pub enum Branch {
    Identity,
    Residual,
    Sum,
    Output,
}

impl Branch {
    pub const ALL: [Branch; 4] = [Branch::Identity, Branch::Residual, Branch::Sum, Branch::Output];
}

/// What is recorded of every block.
#[derive(Clone, Debug)]
pub struct BlockTrace {
    pub statistics: BlockStatistics,
    means: [Option<Vec<f32>>; 4],
}

impl BlockTrace {
    /// The mean over channels, row-major; none for the identity of a plain net.
    pub fn mean_map(&self, branch: Branch) -> Option<&[f32]> {
        self.means[branch as usize].as_deref()
    }
}

/// The branches of one block, copied out whole.
struct Kept {
    identity: Option<Activation>,
    residual: Activation,
    output: Activation,
    scales: Scales,
}

/// Records a run.
#[derive(Default)]
pub struct Recorder {
    keep: Option<usize>,
    blocks: Vec<BlockTrace>,
    kept: Option<Kept>,
}

impl Recorder {
    /// `keep`: the block whose branches are copied out, channel by channel.
    pub fn new(keep: Option<usize>) -> Recorder {
        Recorder { keep, ..Recorder::default() }
    }

    /// Every block, in the order they ran.
    pub fn blocks(&self) -> &[BlockTrace] {
        &self.blocks
    }

    /// One channel of the kept block, row-major; none where no block was kept, or where there is no such branch or channel.
    pub fn map(&self, branch: Branch, channel: usize) -> Option<Vec<f32>> {
        let kept = self.kept.as_ref().filter(|kept| channel < kept.residual.channels)?;
        let identity = || kept.identity.as_ref().map(|identity| identity.channel(channel));
        let residual = || kept.residual.channel(channel);
        match branch {
            Branch::Identity => identity(),
            Branch::Residual => Some(residual()),
            Branch::Output => Some(kept.output.channel(channel)),
            Branch::Sum => {
                let Scales { identity: a, residual: b } = kept.scales;
                let mut sum = residual();
                match identity() {
                    Some(identity) => sum.iter_mut().zip(identity).for_each(|(s, i)| *s = a * i + b * *s),
                    None => sum.iter_mut().for_each(|s| *s *= b),
                }
                Some(sum)
            }
        }
    }

    /// Root mean square of F(x) per channel of the kept block; empty where none was kept.
    pub fn channel_energy(&self) -> Vec<f32> {
        let Some(Kept { residual, .. }) = &self.kept else { return Vec::new() };
        let mut squares = vec![0.0; residual.channels];
        for pixel in residual.data.chunks_exact(residual.channels) {
            squares.iter_mut().zip(pixel).for_each(|(s, v)| *s += v * v);
        }
        let pixels = (residual.height * residual.width) as f32;
        squares.into_iter().map(|s: f32| (s / pixels).sqrt()).collect()
    }
}

impl Probe for Recorder {
    fn wants(&self, _block: usize) -> bool {
        true
    }

    fn see(&mut self, block: usize, branches: Branches<'_>) {
        let (statistics, means) = gather(&branches);
        self.blocks.push(BlockTrace { statistics, means });
        if self.keep == Some(block) {
            self.kept = Some(Kept {
                identity: branches.identity.map(|map| map.to_activation()),
                residual: branches.residual.to_activation(),
                output: branches.output.to_activation(),
                scales: branches.scales,
            });
        }
    }
}
