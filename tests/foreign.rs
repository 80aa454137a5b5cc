//! Files that PyTorch, timm and ONNX' exporters wrote (`fixtures/foreign/make.py`), against what PyTorch computes in float64: logits,
//! and x, F(x) and output of every block. Opened as they are, and as the model files that are made of them.

mod common;

use common::golden::{compare, fill};
use skipscope::arch::{Architecture, Shortcuts, Stem};
use skipscope::lesion::Lesion;
use skipscope::model::Model;
use skipscope::network::Network;
use skipscope::weights::answers::Answers;
use skipscope::weights::foreign::{Error, Foreign};
use skipscope::weights::formats::{Bytes, FileBytes};
use skipscope::weights::{Precision, model_file};
use std::path::{Path, PathBuf};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/foreign")
}

fn beside(name: &str) -> Option<Box<dyn Bytes>> {
    Some(Box::new(FileBytes::open(&folder().join(name)).ok()?))
}

/// `make.py`'s formula.
fn image(channels: usize, side: usize) -> Vec<f32> {
    (0..channels * side * side).map(|i| ((i * 7919 % 257) as f32 - 128.0) / 64.0).collect()
}

/// Whether a file of weights is what it is beside its expected values: all but those and what lies beside an ONNX graph.
fn is_network(path: &Path) -> bool {
    !matches!(path.extension().and_then(|e| e.to_str()), Some("json" | "py" | "data"))
}

/// Opens a file, checks its network against PyTorch, and again that of the model file that is made of it.
fn check(file: &str) -> Architecture {
    let bytes = FileBytes::open(&folder().join(file)).unwrap();
    let foreign = Foreign::open(&bytes, &beside).unwrap_or_else(|e| panic!("{file}: {e}"));
    let family = file.split('.').next().unwrap();
    let json = std::fs::read_to_string(folder().join(format!("{family}.json"))).unwrap();
    let golden: serde_json::Value = serde_json::from_str(&json).unwrap();
    let side = golden["side"].as_u64().unwrap() as usize;
    let answers = Answers { id: "own".into(), input_side: Some(side), ..Answers::default() };
    let card = foreign.card(&answers);
    assert_eq!((card.labels.len(), card.input_side), (6, side), "{file}");
    if file.ends_with(".onnx") {
        assert_eq!(foreign.side(), Some(side), "{file}");
    }

    let architecture = card.architecture().unwrap();
    let mut network = Network::build(&architecture, side, &mut *foreign.source(&answers)).unwrap();
    let image = image(architecture.inputs, side);
    fill(&mut network, &image);
    let worst = compare(&json, &mut network, &Lesion::none());
    println!("{file}: {} {worst:?}", architecture.name);
    worst.check(file);

    let made = model_file::write(&card, Precision::F32, &mut *foreign.source(&answers)).unwrap();
    let mut model = Model::open(&made).unwrap();
    assert_eq!(model.card, card);
    fill(model.network_mut(), &image);
    compare(&json, model.network_mut(), &Lesion::none()).check(&format!("{file} as a model file"));
    architecture
}

#[test]
fn every_file_is_what_pytorch_computes() {
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| is_network(path));
    files.sort();
    let extensions = |end: &str| files.iter().filter(|path| path.to_string_lossy().ends_with(end)).count();
    assert!(
        extensions(".safetensors") >= 5 && extensions(".onnx") >= 10 && extensions(".pth") + extensions(".pt") >= 6
    );
    for path in files {
        check(path.file_name().unwrap().to_str().unwrap());
    }
}

#[test]
fn both_ways_of_telling_a_family_agree() {
    for (names, graph) in [
        ("bottleneck.pth", "bottleneck.exported.onnx"),
        ("wide.nested.pt", "wide.folded.onnx"),
        ("groups.legacy.pth", "groups.exported.onnx"),
        ("deep-stem.safetensors", "deep-stem.folded.onnx"),
        ("grey.bfloat.pth", "grey.folded.onnx"),
        ("v2.safetensors", "v2.unfolded.onnx"),
        ("cifar-a.safetensors", "cifar-a.unfolded.onnx"),
        ("cifar-v2.channels_last.pth", "cifar-v2.folded.onnx"),
        ("cifar-wide.wrapped.pt", "cifar-wide.folded.onnx"),
    ] {
        let architecture = |file: &str| {
            let bytes = FileBytes::open(&folder().join(file)).unwrap();
            Foreign::open(&bytes, &beside).unwrap().architecture().clone()
        };
        let (names, graph) = (architecture(names), architecture(graph));
        assert_eq!(names, graph);
    }
}

#[test]
fn families_are_told_apart() {
    let of = |file: &str| {
        let bytes = FileBytes::open(&folder().join(file)).unwrap();
        Foreign::open(&bytes, &beside).unwrap().architecture().clone()
    };
    assert_eq!(of("wide.folded.onnx").in_words(), "bottleneck 1-2-1-1, width 4, inner width 8, stem width 64");
    assert_eq!(of("groups.legacy.pth").groups, 4);
    assert_eq!(of("deep-stem.safetensors").stem, Stem::Deep([4, 4]));
    assert_eq!(of("deep-stem.folded.onnx").shortcuts, Shortcuts::PooledProjection);
    assert_eq!(of("cifar-a.unfolded.onnx").shortcuts, Shortcuts::OptionA);
    assert!(of("v2.unfolded.onnx").pre_activation.is_some_and(|order| order.final_norm));
    assert!(of("cifar-v2.folded.onnx").pre_activation.is_some_and(|order| !order.final_norm));
    assert_eq!(of("grey.folded.onnx").inputs, 1);
}

#[test]
fn weights_that_lie_in_a_second_file_are_asked_for() {
    let bytes = FileBytes::open(&folder().join("bottleneck.exported.onnx")).unwrap();
    let error = Foreign::open(&bytes, &|_| None).err().unwrap();
    assert!(matches!(&error, Error::Format(_)), "{error}");
    assert!(error.to_string().contains("bottleneck.exported.onnx.data"), "{error}");
}

/// Caffe's order: a network whose first convolution is turned sees blue where the other saw red.
#[test]
fn blue_green_red_is_turned() {
    let bytes = FileBytes::open(&folder().join("basic.safetensors")).unwrap();
    let foreign = Foreign::open(&bytes, &beside).unwrap();
    let caffe = skipscope::weights::answers::PRESETS.into_iter().find(|(name, _)| *name == "caffe").unwrap().1;
    let answers =
        |bgr: bool| Answers { normalisation: bgr.then_some(caffe), input_side: Some(48), ..Answers::default() };
    let logits = |bgr: bool, image: &[f32]| {
        let (answers, architecture) = (answers(bgr), foreign.architecture());
        let mut network = Network::build(architecture, 48, &mut *foreign.source(&answers)).unwrap();
        fill(&mut network, image);
        network.forward(&Lesion::none(), &mut skipscope::trace::NoProbe).to_vec()
    };
    let image = image(3, 48);
    let turned: Vec<f32> = image.chunks_exact(48 * 48).rev().flatten().copied().collect();
    let (ours, theirs) = (logits(true, &turned), logits(false, &image));
    assert!(ours.iter().zip(&theirs).all(|(a, b)| (a - b).abs() < 1e-4), "{ours:?} {theirs:?}");
    assert_ne!(logits(false, &turned), theirs);
}
