//! An architecture that has the parts which were found, and the proof that it has.

use super::Error;
use super::parts::{Block, Identity, Stem, Tail, Unit};
use super::walk::Walk;
use crate::arch::{self, Architecture, BlockKind, ConvSpec, Op, PreActivation, Shortcuts};
use std::collections::HashMap;

/// The architecture, and its convolutions and lone batch norms by torchvision's names.
pub fn design(
    walk: &Walk<'_>,
    stem: Stem,
    blocks: Vec<Block>,
    tail: &Tail,
) -> Result<(Architecture, HashMap<String, Unit>), Error> {
    let architecture = read(walk, &stem, &blocks, tail)?;
    if !architecture.is_sound() {
        return Err(Error::Design(format!("its blocks are none of a ResNet's: {}", architecture.in_words())));
    }
    let units = matched(walk, &architecture, stem, blocks, tail)?;
    Ok((architecture.with_its_name(), units))
}

fn shape(walk: &Walk<'_>, unit: &Unit) -> Result<[usize; 4], Error> {
    let shape = unit.conv.as_ref().and_then(|conv| walk.shape(&conv.weight));
    let shape = shape.and_then(|shape| <[usize; 4]>::try_from(shape).ok()).filter(|shape| !shape.contains(&0));
    shape.ok_or_else(|| walk.not_understood(unit.node, "its filter is not of four dimensions"))
}

/// What the first block, the first that strides, and the ends say; whether all others agree is for [`matched`] to tell.
fn read(walk: &Walk<'_>, stem: &Stem, blocks: &[Block], tail: &Tail) -> Result<Architecture, Error> {
    let none = || Error::Design("it has no block whose branches are added".into());
    let first = blocks.first().ok_or_else(none)?;
    let kind = match first.residual.len() {
        2 => BlockKind::Basic,
        3 => BlockKind::Bottleneck,
        n => {
            let why = format!("its residual branch has {n} convolutions; a basic block has 2, a bottleneck 3");
            return Err(walk.not_understood(first.sum, &why));
        }
    };
    let shapes: Vec<[usize; 4]> = first.residual.iter().map(|unit| shape(walk, unit)).collect::<Result<_, _>>()?;
    let outputs = shapes[shapes.len() - 1][0];
    let inner = &first.residual[1];
    let groups = inner.conv.as_ref().map_or(1, |conv| conv.groups);

    let strides =
        |block: &Block| block.residual.iter().filter_map(|unit| unit.conv.as_ref()).any(|conv| conv.stride != 1);
    let mut stages = vec![0];
    for (index, block) in blocks.iter().enumerate() {
        if index > 0 && strides(block) {
            stages.push(0);
        }
        *stages.last_mut().ok_or_else(none)? += 1;
    }
    let strided = blocks.iter().skip(1).find(|block| strides(block));
    let stride_in_1x1 = kind == BlockKind::Bottleneck
        && strided.and_then(|block| block.residual[0].conv.as_ref()).is_some_and(|conv| conv.stride != 1);

    let pooled = blocks.iter().any(|block| matches!(block.identity, Identity::Projection { pooled: true, .. }));
    let option_a = blocks.iter().any(|block| matches!(block.identity, Identity::OptionA));
    let shortcuts = match (pooled, option_a) {
        (true, _) => Shortcuts::PooledProjection,
        (_, true) => Shortcuts::OptionA,
        _ => Shortcuts::Projection,
    };
    let convs: Vec<[usize; 4]> = stem.convs.iter().map(|unit| shape(walk, unit)).collect::<Result<_, _>>()?;
    let (kind_of_stem, stem_width) = match (&convs[..], stem.pooled) {
        ([[outputs, _, 7, 7]], true) => (arch::Stem::ImageNet, *outputs),
        ([[outputs, _, 3, 3]], false) => (arch::Stem::Cifar, *outputs),
        ([[first, _, 3, 3], [second, _, 3, 3], [outputs, _, 3, 3]], true) => {
            (arch::Stem::Deep([*first, *second]), *outputs)
        }
        _ => {
            let why = "known stems: 7 x 7 or three 3 x 3 convolutions with max pooling, or one 3 x 3 without";
            return Err(walk.not_understood(stem.node, why));
        }
    };
    let inputs = convs[0][1];
    if ![1, 3].contains(&inputs) {
        return Err(Error::Design(format!("it takes images of {inputs} channels; 1 and 3 are known")));
    }
    let weight = walk.shape(&tail.linear.weight).unwrap_or_default();
    let classes = *weight.get(usize::from(tail.linear.transposed)).unwrap_or(&0);
    if classes == 0 {
        return Err(Error::Design(format!("its classifier has shape {weight:?}")));
    }
    Ok(Architecture {
        name: String::new(),
        inputs,
        stem: kind_of_stem,
        stem_width,
        kind,
        stages,
        width: outputs / kind.expansion(),
        inner: shapes[0][0],
        groups,
        shortcuts,
        stride_in_1x1,
        pre_activation: (!first.relu).then_some(PreActivation { final_norm: tail.norm.is_some() }),
        classes,
    })
}

/// Every part at the architecture's own place. The first that is another than the architecture has is an error.
fn matched(
    walk: &Walk<'_>,
    architecture: &Architecture,
    stem: Stem,
    blocks: Vec<Block>,
    tail: &Tail,
) -> Result<HashMap<String, Unit>, Error> {
    let flow = architecture.flow();
    let mut units = HashMap::new();
    let mut put = |step: &arch::Step, unit: Unit| -> Result<(), Error> {
        fits(walk, architecture, step, &unit)?;
        units.insert(step.name.clone(), unit);
        Ok(())
    };
    let outside = flow.steps().iter().filter(|step| step.block.is_none());
    for (step, unit) in outside.filter(|step| step.conv().is_some()).zip(stem.convs) {
        put(step, unit)?;
    }
    if let Some(norm) = &tail.norm {
        match flow.steps().iter().find(|step| step.block.is_none() && step.op == Op::Norm) {
            Some(step) => put(step, norm.clone())?,
            None => {
                return Err(
                    walk.not_understood(norm.node, "a batch norm after the last sum is known of pre-activation nets")
                );
            }
        }
    }
    for (planned, block) in flow.blocks().iter().zip(blocks) {
        let of = |range: std::ops::Range<usize>| flow.steps()[range].iter();
        let wrong = |why: &str| Err(walk.not_understood(block.sum, &format!("{}: {why}", planned.name)));
        if planned.relu != block.relu {
            return wrong("some sums are followed by ReLU, and some are not");
        }
        match (of(planned.shared_steps.clone()).next(), block.before) {
            (Some(step), Some(unit)) => put(step, unit)?,
            (None, None) => {}
            _ => return wrong("its batch norm and ReLU are not where those of the first block are"),
        }
        match (planned.shortcut, block.identity) {
            (arch::Shortcut::Identity, Identity::X) | (arch::Shortcut::OptionA, Identity::OptionA) => {}
            (arch::Shortcut::Projection, Identity::Projection { pooled, unit }) => {
                let pools = of(planned.identity_steps.clone()).any(|step| step.op == Op::AveragePool);
                let Some(step) = of(planned.identity_steps.clone()).find(|step| step.conv().is_some()) else {
                    continue;
                };
                if pools != pooled {
                    return wrong("some projections follow average pooling, and some do not");
                }
                put(step, unit)?;
            }
            _ => return wrong("its identity branch is another than where a ResNet changes the shape"),
        }
        if block.residual.len() != planned.residual_steps.len() {
            return wrong("its residual branch has another number of convolutions than the first block's");
        }
        for (step, unit) in of(planned.residual_steps.clone()).zip(block.residual) {
            put(step, unit)?;
        }
    }
    let found: Vec<usize> = walk.shape(&tail.linear.weight).unwrap_or_default().to_vec();
    let mut expected = vec![architecture.classes, architecture.features()];
    if tail.linear.transposed {
        expected.reverse();
    }
    match super::super::shapes::same(&found, &expected) {
        true => Ok(units),
        false => Err(Error::Shape { name: tail.linear.weight.clone(), expected, found }),
    }
}

fn fits(walk: &Walk<'_>, architecture: &Architecture, step: &arch::Step, unit: &Unit) -> Result<(), Error> {
    let wrong = |found: String, expected: String| {
        let why = format!("as {} of {} it would be {expected}, not {found}", step.name, architecture.in_words());
        Err(walk.not_understood(unit.node, &why))
    };
    if step.relu != unit.relu {
        let relu = |there| if there { "followed by ReLU" } else { "without a ReLU" };
        return wrong(relu(unit.relu).into(), relu(step.relu).into());
    }
    let (Some(spec), Some(conv)) = (step.conv(), &unit.conv) else {
        return match step.conv().is_some() == unit.conv.is_some() {
            true => Ok(()),
            false => wrong("what it is".into(), "another operator".into()),
        };
    };
    let shape = shape(walk, unit)?;
    let words = |[outputs, inputs, kernel, _]: [usize; 4], stride: usize, groups: usize| {
        let groups = if groups == 1 { String::new() } else { format!(" in {groups} groups") };
        format!("{kernel} x {kernel} from {inputs} to {outputs} channels{groups} with stride {stride}")
    };
    let ConvSpec { stride, groups, .. } = *spec;
    match shape == spec.shape() && stride == conv.stride && groups == conv.groups {
        true => Ok(()),
        false => wrong(words(shape, conv.stride, conv.groups), words(spec.shape(), stride, groups)),
    }
}
