//! From an architecture to packed steps with buffers.

use super::buffers::{BufferId, Buffers};
use crate::arch::{Architecture, Flow, Op, ValueId};
use crate::kernels::{self, Algorithm, Conv, Filter, Layout, Norm};
use crate::weights::{Error, Source, fold};

/// What a step runs with.
pub enum Work {
    Conv(Conv),
    Norm(Norm),
    MaxPool,
    AveragePool,
    Subsample,
    Mean,
}

/// The steps of a network, packed.
pub struct Plan {
    pub flow: Flow,
    /// By step.
    work: Vec<Work>,
    /// By value.
    maps: Vec<BufferId>,
}

impl Plan {
    pub fn map(&self, value: ValueId) -> BufferId {
        self.maps[value.index()]
    }

    pub fn conv(&self, step: usize) -> Option<&Conv> {
        if let Work::Conv(conv) = &self.work[step] { Some(conv) } else { None }
    }

    /// Runs a step into `to`. A convolution may add a map of the same layout, and apply ReLU; a batch norm may apply it.
    pub fn run(&self, step: usize, buffers: &mut Buffers, to: BufferId, add: Option<BufferId>, relu: bool) {
        let from = self.map(self.flow.steps()[step].from);
        let (input, output) = (buffers.layout(from), buffers.layout(to));
        let mut out = buffers.take(to);
        match &self.work[step] {
            Work::Conv(conv) => {
                let mut scratch = std::mem::take(&mut buffers.scratch);
                conv.run(buffers.get(from), add.map(|id| buffers.get(id)), relu, &mut out, &mut scratch);
                buffers.scratch = scratch;
            }
            Work::Norm(norm) => norm.run(buffers.get(from), relu, &mut out),
            Work::AveragePool => kernels::average_pool(&input, buffers.get(from), &output, &mut out),
            Work::MaxPool => kernels::max_pool(&input, buffers.get(from), &output, &mut out),
            Work::Subsample => kernels::option_a(&input, buffers.get(from), &output, &mut out),
            Work::Mean => kernels::global_average_pool(&input, buffers.get(from), &output, &mut out),
        }
        buffers.put(to, out);
    }
}

/// A plan in the making. Buffers are planned from the start, and made at the end: they go where weights lay before they were
/// packed.
pub struct Builder {
    architecture: Architecture,
    flow: Flow,
    buffers: Buffers,
    maps: Vec<BufferId>,
    /// Of the steps that are packed.
    work: Vec<Work>,
    scratch: usize,
    /// Whether layers are to be planned with less memory.
    large: bool,
    failed: Option<Error>,
}

/// Weights of a network that is large: more than those of a ResNet-50, fewer than those of a ResNet-101. Planned for speed alone a
/// ResNet-152 takes 595 MiB, and a browser that refuses to set aside 1 GiB gives 512: so it takes 490.
const LARGE: usize = 32 << 20;

impl Builder {
    /// Plans buffers for square images of `side` pixels; no memory for weights is taken yet.
    pub fn new(architecture: &Architecture, side: usize) -> Builder {
        let flow = architecture.flow();
        let (buffers, maps) = place(&flow, side);
        let large = flow.parameters(0..flow.steps().len()) > LARGE;
        let architecture = architecture.clone();
        Builder { architecture, flow, buffers, maps, work: Vec::new(), scratch: 0, large, failed: None }
    }

    /// What is being built.
    pub fn architecture(&self) -> &Architecture {
        &self.architecture
    }

    /// Its steps, in the order in which they are packed.
    pub fn flow(&self) -> &Flow {
        &self.flow
    }

    /// What the names of the tensors that the next step may take begin with; `None` when all are taken.
    pub fn wants(&self) -> Option<Vec<String>> {
        self.flow.steps()[self.work.len()..].iter().map(|step| step.prefixes()).find(|prefixes| !prefixes.is_empty())
    }

    /// Packs the next step, and those without weights before it. After an error every further one gives that error: what the step
    /// has taken is gone.
    pub fn step(&mut self, source: &mut dyn Source) -> Result<(), Error> {
        if let Some(error) = &self.failed {
            return Err(error.clone());
        }
        self.pack(source).inspect_err(|error| self.failed = Some(error.clone()))
    }

    fn pack(&mut self, source: &mut dyn Source) -> Result<(), Error> {
        while let Some(step) = self.flow.steps().get(self.work.len()) {
            let work = match &step.op {
                Op::MaxPool => Work::MaxPool,
                Op::AveragePool => Work::AveragePool,
                Op::Subsample => Work::Subsample,
                Op::Mean => Work::Mean,
                Op::Conv(_) | Op::Linear | Op::Norm => {
                    let Some((weight, bias)) = fold::step(source, &self.flow, step)? else { return Ok(()) };
                    let layout = |value: ValueId| self.buffers.layout(self.maps[value.index()]);
                    let work = match &step.op {
                        Op::Norm => Work::Norm(Norm::plan(layout(step.to), &weight, &bias)),
                        op => {
                            let (from, to, filter) = (layout(step.from), layout(step.to), filter(op));
                            let fastest = Algorithm::choose(&from, &to, filter);
                            let algorithm = if self.large { fastest.leaner(&to) } else { fastest };
                            let conv = Conv::plan_with(algorithm, from, to, filter, &weight, &bias);
                            self.scratch = self.scratch.max(conv.scratch_len());
                            Work::Conv(conv)
                        }
                    };
                    source.give_back(weight);
                    self.work.push(work);
                    return Ok(());
                }
            };
            self.work.push(work);
        }
        Ok(())
    }

    /// After the last step.
    pub fn finish(mut self) -> Result<(Architecture, Plan, Buffers), Error> {
        if let Some(error) = self.failed {
            return Err(error);
        }
        if let Some(prefixes) = self.flow.steps().get(self.work.len()).map(|step| step.prefixes()) {
            return Err(Error::Missing(prefixes.concat()));
        }
        self.buffers.allocate(self.scratch, self.maps[Flow::IMAGE.index()]);
        Ok((self.architecture, Plan { flow: self.flow, work: self.work, maps: self.maps }, self.buffers))
    }
}

/// Bytes of the maps that a network of that design runs in, as they are planned: halos are with them, a convolution's scratch is not.
pub fn map_bytes(architecture: &Architecture, side: usize) -> usize {
    place(&architecture.flow(), side).0.bytes()
}

/// What a step's filters look at. A linear layer is a 1x1 convolution of one pixel.
fn filter(op: &Op) -> Filter {
    match op {
        Op::Conv(conv) => Filter::new(conv.kernel, conv.stride).grouped(conv.groups),
        _ => Filter::new(1, 1),
    }
}

/// A buffer for every value, which is its own from the step that makes the value to the last that reads it. The image, the
/// features and the logits are looked at between runs, and stay.
fn place(flow: &Flow, side: usize) -> (Buffers, Vec<BufferId>) {
    let sides = flow.sides(side);
    let layout = |value: ValueId| Layout::map(sides[value.index()], sides[value.index()], flow.channels(value));
    let mut last_read = vec![usize::MAX; flow.values()];
    for (index, step) in flow.steps().iter().enumerate() {
        let closed =
            flow.closes(index).into_iter().flat_map(|block| block.identity.into_iter().chain([block.residual]));
        [step.from].into_iter().chain(closed).for_each(|value| last_read[value.index()] = index);
    }
    for kept in [Flow::IMAGE, flow.features(), flow.logits()] {
        last_read[kept.index()] = usize::MAX;
    }
    let mut buffers = Buffers::default();
    let stem = flow.steps().first().and_then(|step| step.conv()).map_or(1, |conv| conv.kernel);
    let image = buffers.reserve(Layout::image(side, side, flow.channels(Flow::IMAGE), stem));
    let mut maps = vec![image; flow.values()];
    for (index, step) in flow.steps().iter().enumerate() {
        for value in flow.closes(index).map(|block| block.output).into_iter().chain([step.to]) {
            maps[value.index()] = buffers.reserve(layout(value));
        }
        for (value, _) in last_read.iter().enumerate().filter(|(_, last)| **last == index) {
            buffers.release(maps[value]);
        }
    }
    (buffers, maps)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::weights::synthetic::Synthetic;

    #[test]
    fn a_networks_maps_take_what_was_planned() {
        let architecture = Architecture::named("resnet20").unwrap();
        let mut builder = Builder::new(&architecture, 32);
        while builder.wants().is_some() {
            builder.step(&mut Synthetic::folded(&architecture)).unwrap();
        }
        let (_, _, buffers) = builder.finish().unwrap();
        assert_eq!(map_bytes(&architecture, 32), buffers.bytes());
        let flow = architecture.flow();
        let sides = flow.sides(32);
        let all: usize =
            flow.steps().iter().map(|step| flow.channels(step.to) * sides[step.to.index()].pow(2) * 4).sum();
        assert!(buffers.bytes() < all / 2, "{} of {all}", buffers.bytes());
    }
}
