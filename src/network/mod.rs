//! An [`Architecture`] and its weights, compiled: packed layers, planned buffers, `forward` with a probe.

mod buffers;
mod plan;

use crate::arch::Architecture;
use crate::kernels::{self, Algorithm, Layout};
use crate::lesion::{Lesion, Scales};
use crate::trace::{Branches, Map, Probe};
use crate::weights::{Error, Source};
use buffers::Buffers;
pub use plan::Builder;
use plan::{Block, Layer, Plan, Shortcut};

/// A network ready to run on square images of one side.
pub struct Network {
    architecture: Architecture,
    plan: Plan,
    buffers: Buffers,
}

impl Network {
    /// Takes every tensor out of `source`, packs it, and plans all buffers for images of `side` x `side` pixels.
    pub fn build(architecture: &Architecture, side: usize, source: &mut dyn Source) -> Result<Network, Error> {
        let mut builder = Builder::new(architecture, side);
        while builder.wants().is_some() {
            builder.step(source)?;
        }
        Ok(Self::finish(builder))
    }

    /// From a builder that has made its last step.
    pub fn finish(builder: Builder) -> Network {
        let architecture = builder.architecture().clone();
        let (plan, buffers) = builder.finish();
        Network { architecture, plan, buffers }
    }

    pub fn architecture(&self) -> &Architecture {
        &self.architecture
    }

    /// How the input lies: write the normalised image through [`input`](Self::input).
    pub fn input_layout(&self) -> Layout {
        self.plan.image
    }

    /// The input buffer, as [`input_layout`](Self::input_layout) describes it; the halo must stay zero.
    pub fn input(&mut self) -> &mut [f32] {
        self.buffers.get_mut(self.plan.image_buffer)
    }

    /// Runs the network on what the input buffer holds and returns the logits. `probe` sees the blocks it wants.
    pub fn forward(&mut self, lesion: &Lesion, probe: &mut impl Probe) -> &[f32] {
        self.run(Start::Image { remember: None }, lesion, probe)
    }

    /// As [`forward`](Self::forward), and remembers every block's x, so that other runs resume in the middle of this one.
    pub fn forward_remembered(
        &mut self,
        lesion: &Lesion,
        probe: &mut impl Probe,
        checkpoints: &mut Checkpoints,
    ) -> &[f32] {
        checkpoints.0.clear();
        self.run(Start::Image { remember: Some(checkpoints) }, lesion, probe)
    }

    /// Runs the blocks from `block` on, on the x it had in the remembered run. What comes out is, to the bit, what a run from the
    /// image on gives if both are probed alike and the lesion changes no block before.
    pub fn resume(
        &mut self,
        checkpoints: &Checkpoints,
        block: usize,
        lesion: &Lesion,
        probe: &mut impl Probe,
    ) -> &[f32] {
        self.run(Start::Block(block, checkpoints), lesion, probe)
    }

    fn run(&mut self, start: Start<'_>, lesion: &Lesion, probe: &mut impl Probe) -> &[f32] {
        let Network { plan, buffers, .. } = self;
        kernels::with_team(|| run(plan, buffers, start, lesion, probe));
        let layout = buffers.layout(plan.logits);
        &buffers.get(plan.logits)[layout.at(0, 0)..][..layout.channels]
    }

    /// How every convolution is computed, the classifier with them, in the order in which they run.
    pub fn algorithms(&self) -> Vec<Algorithm> {
        let Plan { stem, blocks, classifier, .. } = &self.plan;
        let projection = |block: &'_ Block| match &block.shortcut {
            Shortcut::Projection(conv) => Some(conv.algorithm()),
            _ => None,
        };
        let block = |block: &'_ Block| {
            projection(block).into_iter().chain(block.residual.iter().map(Layer::algorithm)).collect::<Vec<_>>()
        };
        [stem.algorithm()].into_iter().chain(blocks.iter().flat_map(block)).chain([classifier.algorithm()]).collect()
    }

    /// The last block's output in the last run, which the classifier averaged over its places; none before the first run.
    pub fn features(&self) -> Option<Map<'_>> {
        let layout = self.buffers.layout(self.plan.features);
        self.buffers.written(self.plan.features).map(|data| Map { layout, data })
    }

    /// The classifier's weights of one class, one per channel of the features.
    pub fn class_weights(&self, class: usize) -> Option<Vec<f32>> {
        (class < self.architecture.classes).then(|| self.plan.classifier.weights(class))
    }
}

/// Every block's x in one run, halo and all. ResNet-50: 23 MB.
#[derive(Default)]
pub struct Checkpoints(Vec<Vec<f32>>);

impl Checkpoints {
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn clear(&mut self) {
        self.0 = Vec::new();
    }
}

enum Start<'a> {
    Image { remember: Option<&'a mut Checkpoints> },
    Block(usize, &'a Checkpoints),
}

fn run(plan: &Plan, buffers: &mut Buffers, start: Start<'_>, lesion: &Lesion, probe: &mut impl Probe) {
    let (first, mut remember) = match start {
        Start::Image { remember } => {
            stem(plan, buffers, probe);
            (0, remember)
        }
        Start::Block(block, checkpoints) => {
            let x = plan.blocks[block].x;
            let mut data = buffers.take(x);
            data.copy_from_slice(&checkpoints.0[block]);
            buffers.put(x, data);
            (block, None)
        }
    };
    for (index, block) in plan.blocks.iter().enumerate().skip(first) {
        if let Some(Checkpoints(xs)) = &mut remember {
            xs.push(buffers.get(block.x).to_vec());
        }
        probe.enter(index);
        run_block(block, index, buffers, lesion.scales(index), probe);
    }
    let mut out = buffers.take(plan.pooled);
    let features = plan.features;
    kernels::global_average_pool(
        &buffers.layout(features),
        buffers.get(features),
        &buffers.layout(plan.pooled),
        &mut out,
    );
    buffers.put(plan.pooled, out);
    probe.ran();
    plan.classifier.run(buffers, None, false);
    probe.ran();
}

fn stem(plan: &Plan, buffers: &mut Buffers, probe: &mut impl Probe) {
    plan.stem.run(buffers, None, true);
    probe.ran();
    if let Some((from, to)) = plan.max_pool {
        let mut out = buffers.take(to);
        kernels::max_pool(&buffers.layout(from), buffers.get(from), &buffers.layout(to), &mut out);
        buffers.put(to, out);
        probe.ran();
    }
}

fn run_block(block: &Block, index: usize, buffers: &mut Buffers, scales: Scales, probe: &mut impl Probe) {
    match &block.shortcut {
        Shortcut::Projection(conv) => conv.run(buffers, None, false),
        Shortcut::OptionA { to } => {
            let mut out = buffers.take(*to);
            kernels::option_a(&buffers.layout(block.x), buffers.get(block.x), &buffers.layout(*to), &mut out);
            buffers.put(*to, out);
        }
        Shortcut::Identity | Shortcut::None => {}
    }
    if matches!(block.shortcut, Shortcut::Projection(_) | Shortcut::OptionA { .. }) {
        probe.ran();
    }
    let (last, inner) = block.residual.split_last().expect("a block has convolutions");
    if probe.wants_steps(index) {
        for conv in inner {
            conv.run(buffers, None, false);
            let layout = buffers.layout(conv.to);
            probe.step(index, Map { layout, data: buffers.get(conv.to) });
            kernels::relu(&layout, buffers.get_mut(conv.to));
            probe.ran();
        }
    } else {
        for conv in inner {
            conv.run(buffers, None, true);
            probe.ran();
        }
    }

    let wanted = probe.wants(index);
    if !wanted && scales == Scales::INTACT {
        last.run(buffers, block.identity, true); // the usual case: sum and ReLU inside the convolution
        probe.ran();
        return;
    }
    // F(x) written out for itself, then the sum.
    let residual = block.f;
    last.run_into(buffers, residual, None, false);
    let mut out = buffers.take(last.to);
    let layout = buffers.layout(last.to);
    kernels::sum_relu(
        &layout,
        block.identity.map(|i| (buffers.get(i), scales.identity)),
        Some((buffers.get(residual), scales.residual)),
        &mut out,
    );
    buffers.put(last.to, out);
    probe.ran();
    if wanted {
        let map = |id| Map { layout, data: buffers.get(id) };
        probe.see(
            index,
            Branches { identity: block.identity.map(map), residual: map(residual), scales, output: map(last.to) },
        );
    }
}
