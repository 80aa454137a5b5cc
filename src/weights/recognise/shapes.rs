//! An architecture from the shapes of tensors that torchvision would call so.

use super::names::ByName;
use super::{Assumed, Error};
use crate::arch::{Architecture, BlockKind, Op, PreActivation, Shortcuts, Stem};
use std::collections::HashSet;

/// What those tensors are the weights of. [`check`] tells whether all of them are.
pub fn architecture(by_name: &ByName<'_>) -> Result<(Architecture, Vec<Assumed>), Error> {
    let shape = |name: &str| by_name.get(name).map(|tensor| &tensor.shape[..]);
    let conv = |name: &str| -> Result<[usize; 4], Error> {
        let tensor = by_name.get(name).ok_or_else(|| Error::Missing(name.to_string()))?;
        let shape = <[usize; 4]>::try_from(&tensor.shape[..]).ok().filter(|shape| !shape.contains(&0));
        shape.ok_or_else(|| {
            Error::Design(format!(
                "the tensor '{}' has shape {:?}, which no convolution has",
                tensor.name, tensor.shape
            ))
        })
    };
    let (stem, first) = match shape("conv1.0.weight") {
        Some(_) => {
            let (first, second) = (conv("conv1.0.weight")?, conv("conv1.3.weight")?);
            (Stem::Deep([first[0], second[0]]), first)
        }
        None => match conv("conv1.weight")? {
            first @ [_, _, 7, 7] => (Stem::ImageNet, first),
            first @ [_, _, 3, 3] => (Stem::Cifar, first),
            [.., height, width] => {
                return Err(Error::Design(format!(
                    "its first convolution is {height} x {width}; 7 x 7 and 3 x 3 are known"
                )));
            }
        },
    };
    let stem_width = conv(if matches!(stem, Stem::Deep(_)) { "conv1.6.weight" } else { "conv1.weight" })?[0];

    let stages = stages(by_name)?;
    let conv1 = conv("layer1.0.conv1.weight")?;
    let (kind, width, inner, groups) = match shape("layer1.0.conv3.weight") {
        Some(_) => {
            let outputs = conv("layer1.0.conv3.weight")?[0];
            let share = conv("layer1.0.conv2.weight")?[1];
            let expansion = BlockKind::Bottleneck.expansion();
            if !outputs.is_multiple_of(expansion) || !conv1[0].is_multiple_of(share) {
                return Err(Error::Design(format!(
                    "its first bottleneck makes {outputs} channels through {} in shares of {share}: {expansion} times the width is known",
                    conv1[0]
                )));
            }
            (BlockKind::Bottleneck, outputs / expansion, conv1[0], conv1[0] / share)
        }
        None => (BlockKind::Basic, conv1[0], conv1[0], 1),
    };

    let anywhere = |index: usize| {
        by_name
            .iter()
            .any(|(name, tensor)| name.ends_with(&format!(".downsample.{index}.weight")) && tensor.shape.len() == 4)
    };
    let shortcuts = match (anywhere(0), anywhere(1)) {
        (true, _) => Shortcuts::Projection,
        (false, true) => Shortcuts::PooledProjection,
        (false, false) => Shortcuts::OptionA,
    };
    let mut assumed = Vec::new();
    if shortcuts == Shortcuts::OptionA && stages.len() > 1 {
        assumed.push(Assumed::OptionA);
    }
    if kind == BlockKind::Bottleneck && stages.len() > 1 {
        assumed.push(Assumed::StrideIn3x3);
    }
    let head = by_name.get("fc.weight").ok_or_else(|| Error::Missing("fc.weight".into()))?;
    let classes = *head.shape.first().unwrap_or(&0);
    if classes == 0 {
        return Err(Error::Design(format!("the tensor '{}' has shape {:?}: no classes", head.name, head.shape)));
    }
    let architecture = Architecture {
        name: String::new(),
        inputs: first[1],
        stem,
        stem_width,
        kind,
        stages,
        width,
        inner,
        groups,
        shortcuts,
        stride_in_1x1: false,
        pre_activation: is_pre_activation(by_name)
            .then(|| PreActivation { final_norm: has_norm(by_name, "norm") || has_norm(by_name, "bn1") }),
        classes,
    };
    if ![1, 3].contains(&first[1]) {
        return Err(Error::Design(format!("it takes images of {} channels; 1 and 3 are known", first[1])));
    }
    if !architecture.is_sound() {
        return Err(Error::Design(format!("its blocks are none of a ResNet's: {}", architecture.in_words())));
    }
    Ok((architecture.with_its_name(), assumed))
}

fn has_norm(by_name: &ByName<'_>, norm: &str) -> bool {
    by_name.contains_key(&format!("{norm}.running_mean"))
}

/// Blocks of each stage, which are numbered without a gap.
fn stages(by_name: &ByName<'_>) -> Result<Vec<usize>, Error> {
    let has = |stage: usize, block: usize| by_name.contains_key(&format!("layer{stage}.{block}.conv1.weight"));
    let stages: Vec<usize> = (1..)
        .map(|stage| (0..).take_while(|&block| has(stage, block)).count())
        .take_while(|&count| count > 0)
        .collect();
    Ok(stages)
}

/// What an architecture calls otherwise than torchvision: the CIFAR nets' classifier, and the batch norm after the last block, which
/// some call as torchvision calls the stem's.
pub fn rename<'a>(architecture: &Architecture, by_name: ByName<'a>) -> ByName<'a> {
    let final_norm = architecture.pre_activation.is_some() && !has_norm(&by_name, "norm");
    let own = |name: String| match name.split_once('.') {
        Some(("fc", part)) => format!("{}.{part}", architecture.classifier()),
        Some(("bn1", part)) if final_norm => format!("norm.{part}"),
        _ => name,
    };
    by_name.into_iter().map(|(name, tensor)| (own(name), tensor)).collect()
}

/// A batch norm before a convolution has as many channels as the convolution reads. Blocks that read as many as they make do not tell.
fn is_pre_activation(by_name: &ByName<'_>) -> bool {
    by_name.iter().any(|(name, conv)| {
        let Some(block) = name.strip_suffix(".conv1.weight") else { return false };
        let norm = by_name.get(&format!("{block}.bn1.weight")).map(|norm| &norm.shape[..]);
        matches!((&conv.shape[..], norm), ([outputs, inputs, ..], Some([channels])) if outputs != inputs && channels == inputs)
    })
}

/// Whether a tensor of one shape can stand for one of the other: a 1x1 convolution is a linear layer.
pub fn same(stored: &[usize], wanted: &[usize]) -> bool {
    let (head, tail) = stored.split_at(wanted.len().min(stored.len()));
    head == wanted && tail.iter().all(|&n| n == 1)
}

/// The file's names of all tensors of that architecture, which are there and have their shapes; the first that does not, else.
pub fn check<'a>(architecture: &Architecture, by_name: &ByName<'a>) -> Result<HashSet<&'a str>, Error> {
    let flow = architecture.flow();
    let mut used = HashSet::new();
    let mut take = |name: String, shape: &[usize], needed: bool| match by_name.get(&name) {
        Some(tensor) if same(&tensor.shape, shape) => {
            used.insert(tensor.name.as_str());
            Ok(true)
        }
        Some(tensor) => {
            let (name, found) = (tensor.name.clone(), tensor.shape.clone());
            Err(Error::Shape { name, expected: shape.to_vec(), found })
        }
        None if needed => Err(Error::Missing(name)),
        None => Ok(false),
    };
    for step in flow.steps() {
        let shapes = flow.shapes(step);
        let [weight, bias] = &shapes[..] else { continue };
        let (name, norm) = match &step.op {
            Op::Conv(conv) => (&step.name, conv.norm.as_ref()),
            Op::Norm => (&step.name, Some(&step.name)),
            _ => (&step.name, None),
        };
        if !matches!(step.op, Op::Norm) {
            take(format!("{name}.weight"), weight, true)?;
        }
        let Some(norm) = norm else {
            take(format!("{name}.bias"), bias, step.op == Op::Linear)?;
            continue;
        };
        // Folded batch norm has left a bias, and is gone.
        let folded = step.conv().is_some() && !by_name.contains_key(&format!("{norm}.running_mean"));
        if take(format!("{name}.bias"), bias, false)? && folded && !by_name.contains_key(&format!("{norm}.weight")) {
            continue;
        }
        for (part, needed) in [("running_mean", true), ("running_var", true), ("weight", false), ("bias", false)] {
            take(format!("{norm}.{part}"), bias, needed)?;
        }
    }
    Ok(used)
}
