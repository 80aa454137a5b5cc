//! The probe behind the page: numbers, mean maps, colours and the time of every block, all channels of one.

use super::colours::{Bases, BlockColours, Painter};
use super::statistics::{BlockStatistics, gather};
use super::{Activation, Branches, Map, Probe};
use crate::lesion::Scales;
use serde::Deserialize;
use web_time::Instant;

/// One of the four maps of a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "lowercase")]
pub enum Branch {
    /// x, after any projection.
    Identity,
    /// F(x).
    Residual,
    /// The two added, each scaled as the lesion has it, before any ReLU.
    Sum,
    /// What the next block reads.
    Output,
}

impl Branch {
    /// In the order in which the page shows them.
    pub const ALL: [Branch; 4] = [Branch::Identity, Branch::Residual, Branch::Sum, Branch::Output];

    /// As serde has it.
    pub fn name(self) -> &'static str {
        match self {
            Branch::Identity => "identity",
            Branch::Residual => "residual",
            Branch::Sum => "sum",
            Branch::Output => "output",
        }
    }
}

/// What is recorded of every block.
#[derive(Clone, Debug)]
pub struct BlockTrace {
    /// Means, extremes and the like of its maps.
    pub statistics: BlockStatistics,
    /// From the block's begin until its output was there; NaN where nobody said when it began.
    pub milliseconds: f64,
    /// Its maps as pictures.
    pub colours: BlockColours,
    means: [Option<Vec<f32>>; 4],
}

impl BlockTrace {
    /// The mean over channels, row-major; none for the identity of a plain net.
    pub fn mean_map(&self, branch: Branch) -> Option<&[f32]> {
        self.means[branch as usize].as_deref()
    }
}

/// The branches of one block, copied out whole.
pub struct Kept {
    /// x, after any projection; a plain net has none.
    pub identity: Option<Activation>,
    /// F(x), before the sum.
    pub residual: Activation,
    /// What the next block reads.
    pub output: Activation,
    /// What the two are multiplied with in the sum; 1 and 1 without a lesion.
    pub scales: Scales,
}

/// Records a run.
#[derive(Default)]
pub struct Recorder {
    keep: Option<usize>,
    blocks: Vec<BlockTrace>,
    kept: Option<Kept>,
    steps: Vec<Activation>,
    /// When the running block began.
    began: Option<Instant>,
    /// What looking into it took meanwhile.
    looking: f64,
    from: usize,
    painter: Painter,
}

impl Recorder {
    /// `keep`: the block whose branches are copied out, channel by channel.
    pub fn new(keep: Option<usize>) -> Recorder {
        Recorder { keep, ..Recorder::default() }
    }

    /// Paints blocks on these bases, where there is one: colours can then be compared with those of the run they are from.
    pub fn painting_on(mut self, bases: Bases) -> Recorder {
        self.painter.bases = bases;
        self
    }

    /// What the blocks were painted on, for other runs; those that were given and not needed too.
    pub fn bases(&self) -> &Bases {
        &self.painter.bases
    }

    /// Every block that ran, in order, the first of them being [`from`](Self::from).
    pub fn blocks(&self) -> &[BlockTrace] {
        &self.blocks
    }

    /// The first block that ran.
    pub fn from(&self) -> usize {
        self.from
    }

    /// One block of the network; none where it did not run.
    pub fn block(&self, block: usize) -> Option<&BlockTrace> {
        self.blocks.get(block.checked_sub(self.from)?)
    }

    /// Takes what has passed since then off the running block's time.
    pub fn leave_out(&mut self, since: Instant) {
        self.looking += milliseconds(since);
    }

    /// The kept block's branches, whole.
    pub fn kept(&self) -> Option<&Kept> {
        self.kept.as_ref()
    }

    /// The kept block's inner steps: each convolution of F but the last, before its ReLU.
    pub fn steps(&self) -> &[Activation] {
        &self.steps
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

    fn wants_steps(&self, block: usize) -> bool {
        self.keep == Some(block)
    }

    fn enter(&mut self, block: usize) {
        if self.blocks.is_empty() {
            self.from = block;
        }
        self.began = Some(Instant::now());
        self.looking = 0.0;
    }

    fn step(&mut self, _block: usize, map: Map<'_>) {
        let began = Instant::now();
        self.steps.push(map.to_activation());
        self.leave_out(began);
    }

    fn see(&mut self, block: usize, branches: Branches<'_>) {
        let milliseconds = self.began.map_or(f64::NAN, milliseconds) - self.looking;
        let (statistics, means) = gather(&branches);
        let colours = self.painter.paint(block, &branches);
        self.blocks.push(BlockTrace { statistics, milliseconds, colours, means });
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

fn milliseconds(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1e3
}
