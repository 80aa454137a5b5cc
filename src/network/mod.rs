//! An [`Architecture`] and its weights, compiled: packed layers, planned buffers, `forward` with a probe.

mod buffers;
mod plan;

use crate::arch::{Architecture, Flow};
use crate::kernels::{self, Algorithm, Layout};
use crate::lesion::{Lesion, Scales};
use crate::trace::{Branches, Map, Probe};
use crate::weights::{Error, Source};
use buffers::Buffers;
use plan::Plan;
pub use plan::{Builder, map_bytes};

/// A network ready to run on square images of one side.
pub struct Network {
    architecture: Architecture,
    plan: Plan,
    buffers: Buffers,
    /// Every block's x in the run that is remembered, halo and all; empty where none is. ResNet-50: 23 MB.
    remembered: Vec<Vec<f32>>,
}

impl Network {
    /// Takes every tensor out of `source`, packs it, and plans all buffers for images of `side` x `side` pixels.
    pub fn build(architecture: &Architecture, side: usize, source: &mut dyn Source) -> Result<Network, Error> {
        let mut builder = Builder::new(architecture, side);
        while builder.wants().is_some() {
            builder.step(source)?;
        }
        Self::finish(builder)
    }

    /// From a builder that has made its last step; an error where it has not.
    pub fn finish(builder: Builder) -> Result<Network, Error> {
        let (architecture, plan, buffers) = builder.finish()?;
        Ok(Network { architecture, plan, buffers, remembered: Vec::new() })
    }

    /// What it was built of.
    pub fn architecture(&self) -> &Architecture {
        &self.architecture
    }

    /// What runs, in the order in which it runs.
    pub fn flow(&self) -> &Flow {
        &self.plan.flow
    }

    /// How the input lies: write the normalised image through [`input`](Self::input).
    pub fn input_layout(&self) -> Layout {
        self.buffers.layout(self.plan.map(Flow::IMAGE))
    }

    /// The input buffer, as [`input_layout`](Self::input_layout) describes it; the halo must stay zero.
    pub fn input(&mut self) -> &mut [f32] {
        self.buffers.get_mut(self.plan.map(Flow::IMAGE))
    }

    /// Runs the network on what the input buffer holds and returns the logits. `probe` sees the blocks it wants.
    pub fn forward(&mut self, lesion: &Lesion, probe: &mut impl Probe) -> &[f32] {
        self.run(Start::Image { remember: false }, lesion, probe)
    }

    /// As [`forward`](Self::forward), and remembers every block's x, so that other runs resume in the middle of this one.
    pub fn forward_remembered(&mut self, lesion: &Lesion, probe: &mut impl Probe) -> &[f32] {
        self.run(Start::Image { remember: true }, lesion, probe)
    }

    /// Runs the blocks from `block` on, on the x it had in the remembered run, whatever the input holds by now. What comes out is, to
    /// the bit, what a run from the image on gives if both are probed alike and the lesion changes no block before. None where no run
    /// is remembered, or where there is no such block.
    pub fn resume(&mut self, block: usize, lesion: &Lesion, probe: &mut impl Probe) -> Option<&[f32]> {
        (block < self.remembered.len()).then(|| self.run(Start::Block(block), lesion, probe))
    }

    /// Whether there is a run to [`resume`](Self::resume).
    pub fn remembers(&self) -> bool {
        !self.remembered.is_empty()
    }

    /// Gives the remembered run's memory back.
    pub fn forget(&mut self) {
        self.remembered = Vec::new();
    }

    fn run(&mut self, start: Start, lesion: &Lesion, probe: &mut dyn Probe) -> &[f32] {
        let Network { plan, buffers, remembered, .. } = self;
        kernels::with_team(|| run(plan, buffers, remembered, start, lesion, probe));
        let logits = plan.map(plan.flow.logits());
        let layout = buffers.layout(logits);
        &buffers.get(logits)[layout.at(0, 0)..][..layout.channels()]
    }

    /// How each step of [`flow`](Self::flow) is computed; none where it has no weights.
    pub fn algorithms(&self) -> impl Iterator<Item = Option<Algorithm>> + '_ {
        (0..self.plan.flow.steps().len()).map(|step| self.plan.conv(step).map(|conv| conv.algorithm()))
    }

    /// The last block's output in the last run, which the classifier averaged over its places; none before the first run.
    pub fn features(&self) -> Option<Map<'_>> {
        let features = self.plan.map(self.plan.flow.features());
        self.buffers.written(features).map(|data| Map { layout: self.buffers.layout(features), data })
    }

    /// The classifier's weights of one class, one per channel of the features.
    pub fn class_weights(&self, class: usize) -> Option<Vec<f32>> {
        let classifier = self.plan.conv(self.plan.flow.steps().len().checked_sub(1)?)?;
        (class < self.architecture.classes).then(|| classifier.weights(class))
    }
}

enum Start {
    Image { remember: bool },
    Block(usize),
}

fn run(
    plan: &Plan,
    buffers: &mut Buffers,
    remembered: &mut Vec<Vec<f32>>,
    start: Start,
    lesion: &Lesion,
    probe: &mut dyn Probe,
) {
    let (steps, blocks) = (plan.flow.steps(), plan.flow.blocks());
    let (first, remember) = match start {
        Start::Image { remember } => (0, remember),
        Start::Block(block) => {
            let x = plan.map(blocks[block].x);
            let mut data = buffers.take(x);
            data.copy_from_slice(&remembered[block]);
            buffers.put(x, data);
            (blocks[block].steps().start, false)
        }
    };
    if remember {
        remembered.clear();
    }
    for (index, step) in steps.iter().enumerate().skip(first) {
        if let Some(block) = step.block.filter(|&block| blocks[block].steps().start == index) {
            if remember {
                remembered.push(buffers.get(plan.map(blocks[block].x)).to_vec());
            }
            probe.enter(block);
        }
        if plan.flow.closes(index).is_some() {
            close_block(plan, index, buffers, lesion, probe);
            continue;
        }
        let to = plan.map(step.to);
        // Of F: what a pre-activation block's first batch norm makes is x yet.
        let inner = |&block: &usize| step.relu && blocks[block].residual_steps.contains(&index);
        match step.block.filter(|block| inner(block) && probe.wants_steps(*block)) {
            Some(block) => {
                plan.run(index, buffers, to, None, false);
                let layout = buffers.layout(to);
                probe.step(block, Map { layout, data: buffers.get(to) });
                kernels::relu(&layout, buffers.get_mut(to));
            }
            None => plan.run(index, buffers, to, None, step.relu),
        }
        probe.ran();
    }
}

/// The step that makes F(x), and the block's sum.
fn close_block(plan: &Plan, step: usize, buffers: &mut Buffers, lesion: &Lesion, probe: &mut dyn Probe) {
    let (Some(index), Some(block)) = (plan.flow.steps()[step].block, plan.flow.closes(step)) else { return };
    let (residual, output) = (plan.map(block.residual), plan.map(block.output));
    let identity = block.identity.map(|value| plan.map(value));
    let (scales, wanted) = (lesion.scales(index), probe.wants(index));
    if !wanted && scales == Scales::INTACT {
        plan.run(step, buffers, output, identity, block.relu); // the usual case: sum and ReLU inside the convolution
        probe.ran();
        return;
    }
    // F(x) written out for itself, then the sum.
    plan.run(step, buffers, residual, None, false);
    let mut out = buffers.take(output);
    let layout = buffers.layout(output);
    kernels::sum(
        &layout,
        identity.map(|id| (buffers.get(id), scales.identity)),
        Some((buffers.get(residual), scales.residual)),
        block.relu,
        &mut out,
    );
    buffers.put(output, out);
    probe.ran();
    if wanted {
        let map = |id| Map { layout, data: buffers.get(id) };
        let identity = identity.map(map);
        let branches = Branches { identity, residual: map(residual), scales, relu: block.relu, output: map(output) };
        probe.see(index, branches);
    }
}
