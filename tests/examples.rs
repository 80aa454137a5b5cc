//! The examples, run as their heads say, on models and pictures of this repository.
#![cfg(not(target_arch = "wasm32"))]

use skipscope::image::Picture;
use skipscope::lesion::Lesion;
use skipscope::model::{Model, Prediction};
use skipscope::trace::NoProbe;
use std::path::{Path, PathBuf};
use std::process::Command;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");
const MODEL: &str = "www/public/models/resnet20.gguf";
const CAT: &str = "tests/fixtures/images/chelsea.webp";

/// An example's binary. `cargo test` builds them all before any test runs, `cargo test --test examples` does not: then it is built here.
fn binary(name: &str) -> PathBuf {
    let this = std::env::current_exe().unwrap();
    let profile = this.ancestors().nth(2).unwrap(); // target/debug/deps/examples-...
    let binary = profile.join("examples").join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
    let written = |path: &Path| path.metadata().and_then(|data| data.modified()).ok();
    let sources = [format!("{ROOT}/examples/{name}.rs"), format!("{ROOT}/examples/common/mod.rs")];
    if sources.iter().any(|source| written(source.as_ref()) > written(&binary)) {
        let known = [
            ("default", cfg!(feature = "default")),
            ("cli", cfg!(feature = "cli")),
            ("candle", cfg!(feature = "candle")),
            ("lab", cfg!(feature = "lab")),
            ("threads", cfg!(feature = "threads")),
        ];
        let features: Vec<&str> = known.into_iter().filter(|(_, on)| *on).map(|(feature, _)| feature).collect();
        let folder = profile.file_name().unwrap().to_str().unwrap();
        let mut cargo = Command::new(env!("CARGO"));
        cargo.current_dir(ROOT).args(["build", "--locked", "--no-default-features", "--example", name]);
        cargo.args(["--features", &features.join(","), "--profile", if folder == "debug" { "dev" } else { folder }]);
        assert!(cargo.arg("--target-dir").arg(profile.parent().unwrap()).status().unwrap().success());
    }
    binary
}

/// Exit code, lines of stdout, stderr.
fn run(name: &str, arguments: &[&str]) -> (Option<i32>, Vec<String>, String) {
    let ran = Command::new(binary(name)).current_dir(ROOT).args(arguments).env("RUST_BACKTRACE", "0").output().unwrap();
    let lines = String::from_utf8(ran.stdout).unwrap().lines().map(str::to_string).collect();
    (ran.status.code(), lines, String::from_utf8(ran.stderr).unwrap())
}

/// What a line has before each `%`.
fn percentages(line: &str) -> Vec<f64> {
    let parts: Vec<&str> = line.split('%').collect();
    let before = &parts[..parts.len() - 1];
    before.iter().map(|part| part.split_whitespace().last().unwrap().parse().unwrap()).collect()
}

#[test]
fn classify_names_the_cat() {
    let (code, lines, stderr) = run("classify", &[MODEL, CAT]);
    assert_eq!((code, lines.len()), (Some(0), 5), "{stderr}");
    assert!(lines[0].ends_with("cat (3)"), "{lines:?}");
    let shares: Vec<f64> = lines.iter().flat_map(|line| percentages(line)).collect();
    assert!(shares.len() == 5 && shares.is_sorted_by(|a, b| a >= b) && shares[0] > 50.0, "{shares:?}");
}

#[test]
fn classify_takes_files_from_elsewhere() {
    for file in ["basic.safetensors", "cifar-a.folded.onnx", "wide.nested.pt"] {
        let (code, lines, stderr) = run("classify", &[&format!("tests/fixtures/foreign/{file}"), CAT]);
        assert!(code == Some(0) && lines.len() >= 2, "{file}: {stderr}");
    }
}

#[test]
fn what_cannot_be_used_is_named() {
    for (arguments, why) in [
        (&[][..], "classify MODEL PICTURE"),
        (&[MODEL], "classify MODEL PICTURE"),
        (&["README.md", CAT], "README.md"),
        (&["no-such-file", CAT], "no-such-file"),
        (&[MODEL, "README.md"], "README.md"),
    ] {
        let (code, lines, stderr) = run("classify", arguments);
        assert_eq!((code, &lines[..]), (Some(1), &[][..]), "{arguments:?}");
        assert!(stderr.contains(why) && !stderr.contains("panicked"), "{arguments:?}: {stderr}");
    }
}

/// Shape and values of a NumPy file.
fn npy(path: &Path) -> (Vec<u64>, Vec<f32>) {
    let bytes = std::fs::read(path).unwrap();
    let file = npyz::NpyFile::new(&bytes[..]).unwrap();
    (file.shape().to_vec(), file.into_vec().unwrap())
}

#[test]
fn the_traced_branches_add_up_to_the_output() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("trace_block");
    let _ = std::fs::remove_dir_all(&folder); // of an earlier run
    let of = |model: &str| folder.join(model).to_str().unwrap().to_string();
    let (code, lines, stderr) = run("trace_block", &[MODEL, CAT, "layer2.0", &of("resnet20")]);
    assert_eq!((code, lines.len()), (Some(0), 3), "{stderr}");
    let [identity, residual, output] =
        ["identity", "residual", "output"].map(|name| npy(&folder.join("resnet20").join(format!("{name}.npy"))));
    assert_eq!([&identity.0, &residual.0, &output.0], [&[32, 16, 16]; 3]);
    for ((x, f), out) in identity.1.iter().zip(&residual.1).zip(&output.1) {
        assert!(((x + f).max(0.0) - out).abs() < 1e-5, "{x} + {f} = {out}");
    }
    // Option A: 16 channels between 8 and 8 that are zero. So the files are channel by channel.
    let zero = |channels: std::ops::Range<usize>| {
        identity.1[channels.start * 256..channels.end * 256].iter().all(|v| *v == 0.0)
    };
    assert!(zero(0..8) && zero(24..32) && !zero(8..24));

    let (code, lines, stderr) =
        run("trace_block", &["www/public/models/plain20.gguf", CAT, "layer1.1", &of("plain20")]);
    assert_eq!((code, lines.len()), (Some(0), 2), "{stderr}");
    assert!(!folder.join("plain20/identity.npy").exists());

    let (code, _, stderr) = run("trace_block", &[MODEL, CAT, "layer4.0", &of("none")]);
    assert!(code == Some(1) && stderr.contains("'layer4.0'") && stderr.contains("layer3.2"), "{stderr}");
    assert!(!folder.join("none").exists());
}

/// The sweep resumes a run at each block; here every run begins at the image.
#[test]
fn the_sweep_is_what_single_runs_give() {
    let (code, lines, stderr) = run("lesion_sweep", &[MODEL, CAT]);
    assert_eq!((code, lines.len()), (Some(0), 2 + 9), "{stderr}");

    let mut model = Model::open(&std::fs::read(format!("{ROOT}/{MODEL}")).unwrap()).unwrap();
    let decoded = image::open(format!("{ROOT}/{CAT}")).unwrap().into_rgba8();
    let picture = Picture::new(&decoded, decoded.width() as usize, decoded.height() as usize).unwrap();
    let square = picture.seen_by(&model.card).unwrap();
    let mut by_class = |lesion: &Lesion| {
        let mut classes = model.run(&square, lesion, &mut NoProbe).unwrap();
        let first = classes[0].label.clone();
        classes.sort_by_key(|class| class.index);
        (first, classes)
    };
    let (cat, intact) = by_class(&Lesion::none());
    assert_eq!(cat, "cat");
    let mut most = 0.0f64;
    for (block, line) in lines[2..].iter().enumerate() {
        assert!(line.starts_with(&format!("layer{}.{} ", block / 3 + 1, block % 3)), "{line}");
        let (first, cut) = by_class(&Lesion::without_residual([block]));
        let apart = |(a, b): (&Prediction, &Prediction)| (a.probability - b.probability).abs();
        let moved = 100.0 * intact.iter().zip(&cut).map(apart).sum::<f64>() / 2.0;
        let shares = percentages(line);
        assert!((shares[0] - moved).abs() < 0.06 && (shares[1] - 100.0 * cut[3].probability).abs() < 0.06, "{line}");
        assert!(line.ends_with(&first), "{line}: {first}");
        most = most.max(moved);
    }
    assert!(most > 50.0, "cutting a block that the class rests on moves it: {most}");
}
