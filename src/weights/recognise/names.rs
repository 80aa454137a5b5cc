//! Torchvision's names for what others call differently.

use super::Named;
use std::collections::BTreeMap;

/// Tensors by torchvision's names.
pub type ByName<'a> = BTreeMap<String, &'a Named>;

/// The tensors of a ResNet; none where there is nothing like a stem and a first block. What has no such name is left out.
pub fn canonical(tensors: &[Named]) -> Option<ByName<'_>> {
    let prefix = tensors.iter().find_map(|tensor| prefix(&tensor.name))?;
    let by_name: ByName =
        tensors.iter().filter_map(|tensor| Some((translated(&tensor.name, prefix)?, tensor))).collect();
    let has = |name: &str| by_name.contains_key(name);
    (has("layer1.0.conv1.weight") && (has("conv1.weight") || has("conv1.0.weight"))).then_some(by_name)
}

/// What stands before the first block's first convolution: `backbone.`, `model.encoder.`, nothing.
fn prefix(name: &str) -> Option<&str> {
    const FIRST: [&str; 4] = [
        "layer1.0.conv1.weight",
        "block1.layer.0.conv1.weight",
        "stages.0.blocks.0.conv1.weight",
        "encoder.stages.0.layers.0.layer.0.convolution.weight",
    ];
    let before = FIRST.into_iter().find_map(|first| name.strip_suffix(first))?;
    (before.is_empty() || before.ends_with('.')).then_some(before)
}

/// Torchvision's name; none where the tensor is no part of a ResNet.
fn translated(name: &str, prefix: &str) -> Option<String> {
    let (layer, part) = name.rsplit_once('.')?;
    let within = layer.strip_prefix(prefix);
    let own = within.and_then(|layer| stem(layer).or_else(|| block(layer)));
    // A classifier may stand outside of what has the prefix.
    let own = own.or_else(|| classifier(within.unwrap_or(layer)).or_else(|| classifier(layer)))?;
    Some(format!("{own}.{part}"))
}

fn classifier(layer: &str) -> Option<String> {
    let known =
        ["fc", "linear", "classifier", "last_linear", "head", "head.fc", "classifier.1", "fc.0", "classification_head"];
    known.contains(&layer).then(|| "fc".to_string())
}

fn stem(layer: &str) -> Option<String> {
    Some(match layer {
        "bn" | "bn_final" => "norm".to_string(),
        "stem.conv" | "embedder.embedder.convolution" => "conv1".to_string(),
        "stem.norm" | "embedder.embedder.normalization" => "bn1".to_string(),
        // With an index, the deep stem: convolutions and batch norms in turn, ReLU between them.
        "conv1" | "bn1" | "norm" | "conv1.0" | "conv1.1" | "conv1.3" | "conv1.4" | "conv1.6" => layer.to_string(),
        _ => return None,
    })
}

fn block(layer: &str) -> Option<String> {
    let parts: Vec<&str> = layer.split('.').collect();
    let number = |text: &str| text.parse::<usize>().ok().filter(|n| n.to_string() == text);
    let after = |part: &str, word: &str| number(part.strip_prefix(word)?);
    let (stage, index, rest) = match parts[..] {
        [stage, "layer", index, ref rest @ ..] => (after(stage, "block")?, index, rest),
        ["stages", stage, "blocks", index, ref rest @ ..]
        | ["encoder", "stages", stage, "layers", index, ref rest @ ..] => (number(stage)? + 1, index, rest),
        [stage, index, ref rest @ ..] => (after(stage, "layer")?, index, rest),
        _ => return None,
    };
    let own = match rest {
        [own] if after(own, "conv").is_some() || after(own, "bn").is_some() => (*own).to_string(),
        [own] if after(own, "norm").is_some() => own.replace("norm", "bn"),
        ["convShortcut"] | ["downsample" | "shortcut", "conv" | "convolution"] => "downsample.0".to_string(),
        ["downsample" | "shortcut", "norm" | "normalization"] => "downsample.1".to_string(),
        ["downsample" | "shortcut", n] if number(n).is_some() => format!("downsample.{n}"),
        ["layer", n, "convolution"] => format!("conv{}", number(n)? + 1),
        ["layer", n, "normalization"] => format!("bn{}", number(n)? + 1),
        _ => return None,
    };
    Some(format!("layer{stage}.{}.{own}", number(index)?))
}
