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
use skipscope::weights::kept::Kept;
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

fn logits(file: &[u8]) -> Vec<f32> {
    let mut model = Model::open(file).unwrap();
    let (channels, side) = (model.network().architecture().inputs, model.card.input_side);
    fill(model.network_mut(), &image(channels, side));
    model.network_mut().forward(&Lesion::none(), &mut skipscope::trace::NoProbe).to_vec()
}

fn made_of(file: &str, answers: &Answers, precision: Precision) -> Vec<u8> {
    let bytes = FileBytes::open(&folder().join(file)).unwrap();
    let foreign = Foreign::open(&bytes, &beside).unwrap();
    model_file::write(&foreign.card(answers), precision, &mut *foreign.source(answers)).unwrap()
}

fn told(file: &[u8], answers: &Answers) -> Vec<u8> {
    let kept = Kept::open(&file).unwrap();
    model_file::write(&kept.card(answers), kept.precision(), &mut *kept.source(answers)).unwrap()
}

fn preset(name: &str) -> Option<skipscope::weights::answers::Normalisation> {
    skipscope::weights::answers::PRESETS.into_iter().find(|(known, _)| *known == name).map(|(_, preset)| preset)
}

/// Whatever was answered first: told otherwise, the model file is the one that those answers make of the checkpoint itself.
#[test]
fn a_model_file_told_otherwise_is_what_the_checkpoint_would_have_made() {
    let first = Answers { id: "own".into(), title: "first".into(), input_side: Some(48), ..Answers::default() };
    let labels: Vec<String> = ["ash", "birch", "cedar", "elm", "fir", "oak"].map(String::from).to_vec();
    let other = Answers {
        title: "other".into(),
        labels: Some(labels),
        input_side: Some(40),
        resize_side: Some(44),
        licence: "MIT".into(),
        note: "of my own".into(),
        ..first.clone()
    };
    for (file, change) in [
        ("basic.safetensors", Answers { normalisation: preset("half"), ..other.clone() }),
        ("basic.safetensors", Answers { normalisation: preset("caffe"), ..other.clone() }), // the first convolution is turned
        ("bottleneck.pth", Answers { stride_in_1x1: true, normalisation: preset("none"), ..other.clone() }),
        ("cifar-a.safetensors", Answers { plain: true, normalisation: preset("bytes"), ..other.clone() }),
        ("v2.safetensors", Answers { normalisation: preset("cifar"), ..other }),
    ] {
        for precision in [Precision::F32, Precision::F16, Precision::Q8_0] {
            let before = made_of(file, &first, precision);
            let after = told(&before, &change);
            assert_eq!(after, made_of(file, &change, precision), "{file} {precision:?}");
            assert_ne!(logits(&after), logits(&before), "{file} {precision:?}"); // of another side, at least
            // And back again: nothing was lost.
            let back = Answers {
                normalisation: preset(if file.starts_with("cifar") { "cifar" } else { "imagenet" }),
                ..first.clone()
            };
            let numbered = Some((0..6).map(|class| format!("class {class}")).collect());
            let resize = Kept::open(&before).unwrap().stated().resize_side;
            let back = Answers { labels: numbered, resize_side: Some(resize), ..back };
            assert_eq!(told(&after, &back), before, "{file} {precision:?}");
        }
    }
}

#[test]
fn what_is_not_answered_anew_stays() {
    let first = Answers { id: "own".into(), title: "first".into(), input_side: Some(48), ..Answers::default() };
    let caffe = Answers { normalisation: preset("caffe"), licence: "MIT".into(), ..first };
    let file = made_of("bottleneck.pth", &caffe, Precision::F16);
    let kept = Kept::open(&file).unwrap();
    let renamed = Answers { title: "second".into(), ..Answers::default() };
    let card =
        skipscope::weights::Card { title: "second".into(), licence: "not stated".into(), ..kept.stated().clone() };
    assert_eq!(kept.card(&renamed), card);
    assert_eq!(logits(&told(&file, &renamed)), logits(&file));
}

/// What a file leaves open is asked again; what its shapes tell is not.
#[test]
fn what_a_model_file_leaves_open() {
    use skipscope::weights::recognise::Assumed;
    let of = |file: &str| {
        let made = made_of(file, &Answers { input_side: Some(48), ..Answers::default() }, Precision::F32);
        let kept = Kept::open(&made).unwrap();
        kept.assumed()
    };
    assert_eq!(of("basic.safetensors"), []);
    assert_eq!(of("bottleneck.pth"), [Assumed::StrideIn3x3]);
    assert_eq!(of("cifar-a.safetensors"), [Assumed::OptionA]);
    assert_eq!(of("cifar-b.pth"), []);
}

#[test]
fn what_is_no_whole_model_file_is_refused() {
    let made = made_of("cifar-b.pth", &Answers::default(), Precision::F32);
    for len in [0, 4, 100, 10_000, made.len() - 100] {
        let cut = &made[..len];
        let error = Kept::open(&cut).err().unwrap_or_else(|| panic!("{len} bytes are taken for a model file"));
        assert!(error.to_string().contains("cut off") || len == 0, "{len}: {error}");
    }
    let other = b"GGUF\x03\0\0\0 and nothing that makes sense behind it".to_vec();
    assert!(Kept::open(&other).is_err());
    let mut long = made.clone();
    long.resize(200_000.max(made.len()), 0); // surplus bytes, and more of them than are read at first
    assert_eq!(Kept::open(&long).unwrap().stated(), Kept::open(&made).unwrap().stated());
}
