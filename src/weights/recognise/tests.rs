use super::*;
use crate::arch::{DERIVED, NAMES, Op, PreActivation, Shortcuts, Stem};
use crate::weights::Tensors;

/// Every tensor that the architecture has before its batch norms are folded, by torchvision's names.
fn tensors(architecture: &Architecture) -> Vec<Named> {
    let flow = architecture.flow();
    let mut tensors = Vec::new();
    for step in flow.steps() {
        let shapes = flow.shapes(step);
        let [weight, bias] = &shapes[..] else { continue };
        let mut add = |name: String, shape: &[usize]| tensors.push(Named { name, shape: shape.to_vec() });
        let norm = match &step.op {
            Op::Conv(conv) => conv.norm.as_ref(),
            Op::Norm => Some(&step.name),
            _ => None,
        };
        if step.op != Op::Norm {
            add(format!("{}.weight", step.name), weight);
        }
        if step.op == Op::Linear {
            add(format!("{}.bias", step.name), bias);
        }
        for part in norm.map_or(&[][..], |_| &["weight", "bias", "running_mean", "running_var"]) {
            add(format!("{}.{part}", norm.unwrap()), bias);
        }
    }
    tensors
}

fn named(name: &str) -> Architecture {
    Architecture::named(name).unwrap_or_else(|| panic!("{name}"))
}

fn renamed(architecture: &Architecture, name: impl Fn(&str) -> String) -> Vec<Named> {
    let mut all = tensors(architecture);
    all.iter_mut().for_each(|tensor| tensor.name = name(&tensor.name));
    all
}

#[test]
fn every_design_is_recognised_by_its_own_names() {
    for name in NAMES.into_iter().chain(DERIVED.map(|(name, _)| name)).filter(|name| !name.starts_with("plain")) {
        let architecture = named(name);
        let found = recognise(&tensors(&architecture)).unwrap_or_else(|e| panic!("{name}: {e}"));
        // No other tensors tell of a classic ImageNet net's projections than its own; plain nets have none to tell by.
        assert_eq!(found.architecture, architecture);
    }
}

#[test]
fn what_tensors_cannot_tell_is_said() {
    let assumed = |name| recognise(&tensors(&named(name))).unwrap().assumed;
    assert_eq!(assumed("resnet18"), []);
    assert_eq!(assumed("resnet50"), [Assumed::StrideIn3x3]);
    assert_eq!(assumed("plain20"), [Assumed::OptionA]);
    assert_eq!(recognise(&tensors(&named("plain20"))).unwrap().architecture.name, "resnet20");
}

#[test]
fn any_depth_width_and_number_of_classes() {
    let other = Architecture {
        classes: 7,
        inputs: 1,
        ..named("bottleneck 1-2-1, width 24, inner width 48, groups 12, 3x3 stem, stem width 40, 1 input")
    };
    let found = recognise(&tensors(&other)).unwrap();
    assert_eq!(found.architecture, other);
}

#[test]
fn wide_nets_for_cifar_are_pre_activated() {
    let wide = named("basic 4-4-4, width 32, 3x3 stem, stem width 16, pre-activation");
    let theirs = |name: &str| {
        let block = name.strip_prefix("layer").and_then(|rest| rest.split_once('.'));
        let name = block.map_or(name.to_string(), |(stage, rest)| format!("module.block{stage}.layer.{rest}"));
        name.replace("downsample.0", "convShortcut").replace("norm.", "module.bn1.").replace("linear.", "module.fc.")
    };
    let file = renamed(&wide, |name| match theirs(name) {
        name if name.starts_with("conv1.") => format!("module.{name}"),
        name => name,
    });
    let found = recognise(&file).unwrap();
    assert_eq!(Architecture { classes: 10, ..found.architecture.clone() }, wide);
    assert_eq!(wide.pre_activation, Some(PreActivation { final_norm: true }));
    let renamed = found.source(Tensors::default());
    assert!(renamed.has("norm.running_mean") && renamed.has("linear.bias") && !renamed.has("bn1.weight"));
}

#[test]
fn other_peoples_names() {
    // timm's ResNet v2.
    let v2 = named("resnetv2_50");
    let file = renamed(&v2, |name| {
        let parts: Vec<&str> = name.split('.').collect();
        match parts[..] {
            ["conv1", part] => format!("stem.conv.{part}"),
            ["fc", part] => format!("head.fc.{part}"),
            [stage, block, "downsample", _, part] => {
                let stage: usize = stage[5..].parse().unwrap();
                format!("stages.{}.blocks.{block}.downsample.conv.{part}", stage - 1)
            }
            [stage, block, layer, part] => {
                let stage: usize = stage[5..].parse().unwrap();
                format!("stages.{}.blocks.{block}.{}.{part}", stage - 1, layer.replace("bn", "norm"))
            }
            _ => name.to_string(),
        }
    });
    assert_eq!(recognise(&file).unwrap().architecture, v2);

    // transformers.
    let resnet = named("resnet50");
    let file = renamed(&resnet, |name| {
        let kind = |layer: &str| if layer.starts_with("conv") { "convolution" } else { "normalization" };
        let parts: Vec<&str> = name.split('.').collect();
        match parts[..] {
            ["fc", part] => format!("classifier.1.{part}"),
            [layer, part] => format!("resnet.embedder.embedder.{}.{part}", kind(layer)),
            [stage, block, "downsample", n, part] => {
                let (stage, kind) = (stage[5..].parse::<usize>().unwrap(), ["convolution", "normalization"]);
                let kind = kind[n.parse::<usize>().unwrap()];
                format!("resnet.encoder.stages.{}.layers.{block}.shortcut.{kind}.{part}", stage - 1)
            }
            [stage, block, layer, part] => {
                let (stage, n) =
                    (stage[5..].parse::<usize>().unwrap(), layer[layer.len() - 1..].parse::<usize>().unwrap());
                format!("resnet.encoder.stages.{}.layers.{block}.layer.{}.{}.{part}", stage - 1, n - 1, kind(layer))
            }
            _ => name.to_string(),
        }
    });
    assert_eq!(recognise(&file).unwrap().architecture, resnet);

    // The usual CIFAR code, and a backbone within another module, whose head is outside.
    let small = named("basic 2-2-2-2, width 64, 3x3 stem");
    let file = renamed(&small, |name| name.replace("downsample", "shortcut"));
    assert_eq!(recognise(&file).unwrap().architecture.in_words(), small.in_words());
    let file = renamed(&resnet, |name| match name.strip_prefix("fc.") {
        Some(part) => format!("head.{part}"),
        None => format!("model.backbone.{name}"),
    });
    assert_eq!(recognise(&file).unwrap().architecture, resnet);
}

#[test]
fn folded_batch_norm_has_left_a_bias() {
    let resnet = named("resnet18");
    let flow = resnet.flow();
    let mut file = Vec::new();
    for step in flow.steps() {
        for (shape, part) in flow.shapes(step).into_iter().zip(["weight", "bias"]) {
            file.push(Named { name: format!("{}.{part}", step.name), shape });
        }
    }
    assert_eq!(recognise(&file).unwrap().architecture, resnet);
}

#[test]
fn a_classifier_may_be_a_convolution() {
    let resnet = named("resnet18");
    let mut file = tensors(&resnet);
    let fc = file.iter_mut().find(|tensor| tensor.name == "fc.weight").unwrap();
    fc.shape.extend([1, 1]);
    let found = recognise(&file).unwrap();
    let mut held = Tensors::default();
    held.tensors.insert("fc.weight".into(), (vec![1000, 512, 1, 1], vec![0.5; 512_000]));
    assert_eq!(found.source(held).take("fc.weight", &[1000, 512]).unwrap().len(), 512_000);
}

#[test]
fn the_first_thing_that_is_wrong_is_named() {
    let why = |change: &dyn Fn(&mut Vec<Named>)| {
        let mut file = tensors(&named("resnet50"));
        change(&mut file);
        recognise(&file).unwrap_err().to_string()
    };
    let without = |name: &'static str| why(&|file| file.retain(|tensor| tensor.name != name));
    assert_eq!(without("layer2.1.conv2.weight"), "the tensor 'layer2.1.conv2.weight' is missing");
    assert_eq!(without("layer3.0.bn2.running_var"), "the tensor 'layer3.0.bn2.running_var' is missing");
    assert_eq!(without("fc.weight"), "the tensor 'fc.weight' is missing");
    let reshaped = why(&|file| file[31].shape[0] = 3);
    assert!(reshaped.contains(" has shape [3") && reshaped.contains(" where [64"), "{reshaped}");
    let surplus = |name: &str| why(&|file| file.push(Named { name: name.to_string(), shape: vec![16, 64, 1, 1] }));
    assert_eq!(
        surplus("layer1.0.se.fc1.weight"),
        "the tensor 'layer1.0.se.fc1.weight' is surplus: squeeze-and-excitation and attention are not computed here"
    );
    assert!(surplus("decoder.weight").contains("no ResNet of this design has it"));
    let stem = why(&|file| file[0].shape = vec![64, 3, 5, 5]);
    assert!(stem.contains("5 x 5"), "{stem}");
    assert!(why(&|file| file[0].shape = vec![64, 4, 7, 7]).contains("4 channels"));
    let flat = why(&|file| file[0].shape = vec![64]);
    assert!(flat.contains("no convolution has"), "{flat}");
    for shape in [vec![usize::MAX, 3, 7, 7], vec![0, 3, 7, 7], vec![1 << 60, 1 << 60, 7, 7]] {
        why(&|file| file[0].shape = shape.clone());
    }
    for lie in [0, 1, 3, usize::MAX, 1 << 60] {
        for at in 0..4 {
            why(&|file| {
                file.iter_mut().filter(|tensor| tensor.shape.len() == 4).for_each(|tensor| tensor.shape[at] = lie);
            });
        }
    }
}

#[test]
fn what_is_no_resnet_is_called_by_its_name() {
    let of = |names: &[&str]| {
        let file: Vec<Named> = names.iter().map(|name| Named { name: (*name).to_string(), shape: vec![8] }).collect();
        recognise(&file).unwrap_err()
    };
    assert_eq!(of(&["cls_token", "patch_embed.proj.weight"]), Error::LooksLike("a vision transformer (ViT)"));
    assert_eq!(of(&["features.0.weight", "features.28.weight", "classifier.0.weight"]), Error::LooksLike("a VGG"));
    assert_eq!(of(&["features.0.0.weight", "features.1.conv.0.0.weight"]), Error::LooksLike("a MobileNet"));
    let unknown = of(&["a.weight", "b.weight"]).to_string();
    assert!(unknown.ends_with("and begins with 'a.weight', 'b.weight'"), "{unknown}");
    assert!(of(&[&"x".repeat(10_000)]).to_string().len() < 300);
    assert!(of(&[]).to_string().contains("nothing"));
}

#[test]
fn deep_stems_and_pooled_projections_are_told_by_their_tensors() {
    let found = recognise(&tensors(&named("resnet50d"))).unwrap().architecture;
    assert_eq!((found.stem, found.shortcuts), (Stem::Deep([32, 32]), Shortcuts::PooledProjection));
}
