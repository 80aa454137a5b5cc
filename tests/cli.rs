//! The command line, on the models in this repository.
#![cfg(not(target_arch = "wasm32"))]

use candle_core::{Device, Tensor};
use image::{DynamicImage, ImageFormat};
use serde_json::Value;
use skipscope::arch::Architecture;
use skipscope::weights::layers;
use std::io::{Cursor, Write};
use std::path::{Path, PathBuf};
use std::process::Command;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

struct Ran {
    code: Option<i32>,
    out: String,
    err: String,
}

fn skipscope<S: AsRef<std::ffi::OsStr>>(arguments: impl IntoIterator<Item = S>) -> Ran {
    let output = Command::new(env!("CARGO_BIN_EXE_skipscope")).args(arguments).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Ran { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
}

fn model(id: &str) -> String {
    format!("{ROOT}/www/public/models/{id}.gguf")
}

fn fixture(name: &str) -> String {
    format!("{ROOT}/tests/fixtures/images/{name}.webp")
}

/// An empty folder of that test's own.
fn folder(test: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(test);
    let _ = std::fs::remove_dir_all(&path);
    std::fs::create_dir_all(&path).unwrap();
    path
}

fn encode(image: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    image.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

/// Runs `classify --json` and returns its lines.
fn classify(files: &[&str], more: &[&str]) -> (Ran, Vec<Value>) {
    let model = model("resnet20");
    let ran = skipscope(["classify", "--json", "--model", &model].iter().chain(more).chain(files));
    let lines = ran.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    (ran, lines)
}

fn probabilities(line: &Value) -> Vec<f64> {
    let mut by_index = [f64::NAN; 10];
    for p in line["top"].as_array().unwrap_or_else(|| panic!("{line}")) {
        by_index[p["index"].as_u64().unwrap() as usize] = p["probability"].as_f64().unwrap();
    }
    by_index.to_vec()
}

#[test]
fn a_cat_is_a_cat() {
    let (ran, lines) = classify(&[&fixture("chelsea"), &fixture("coffee")], &["--top", "10"]);
    assert_eq!((ran.code, lines.len()), (Some(0), 2), "{}", ran.err);
    assert_eq!(lines[0]["file"], fixture("chelsea"));
    assert_eq!(lines[0]["top"][0]["label"], "cat");
    assert_eq!(lines[0]["top"][0]["index"], 3);
    assert!(lines[0]["milliseconds"].as_f64().unwrap() > 0.0);
    for line in &lines {
        let top: Vec<f64> =
            line["top"].as_array().unwrap().iter().map(|p| p["probability"].as_f64().unwrap()).collect();
        assert!(top.is_sorted_by(|a, b| a >= b));
        assert!((top.iter().sum::<f64>() - 1.0).abs() < 1e-9);
    }
    let text = skipscope(["classify", "--model", &model("resnet20"), "--top", "1", &fixture("chelsea")]);
    assert!(text.out.contains("%  cat (3)") && text.out.lines().count() == 2, "{}", text.out);
}

#[test]
fn a_bad_picture_does_not_stop_the_others() {
    let here = folder("bad_picture");
    let text = here.join("text.jpg");
    std::fs::write(&text, "not a picture").unwrap();
    let cut = here.join("cut.png");
    std::fs::write(&cut, &encode(&image::open(fixture("small")).unwrap(), ImageFormat::Png)[..3000]).unwrap();
    let (text, cut, missing) = (text.to_str().unwrap(), cut.to_str().unwrap(), "nowhere/at all.png");
    let (ran, lines) = classify(&[text, &fixture("chelsea"), cut, missing, &fixture("coffee")], &[]);
    assert_eq!((ran.code, lines.len()), (Some(1), 5));
    for (index, file) in [(0, text), (2, cut), (3, missing)] {
        assert_eq!(lines[index]["file"], file);
        assert!(!lines[index]["error"].as_str().unwrap().is_empty());
        assert!(ran.err.contains(file), "{}", ran.err);
    }
    assert_eq!(lines[1]["top"].as_array().unwrap().len(), 5);
    assert!(lines[4]["error"].is_null());

    let plain = skipscope(["classify", "--model", &model("resnet20"), missing, &fixture("chelsea")]);
    assert_eq!(plain.code, Some(1));
    assert!(plain.err.starts_with("error: nowhere/at all.png: ") && plain.out.contains("cat"), "{}", plain.err);
}

/// The same picture in other clothes is the same to the network.
#[test]
fn orientation_alpha_grey_and_depth() {
    let here = folder("clothes");
    let upright = image::open(fixture("chelsea")).unwrap();
    let write = |name: &str, bytes: &[u8]| {
        std::fs::write(here.join(name), bytes).unwrap();
        here.join(name).to_str().unwrap().to_string()
    };
    let with_exif = |orientation: u8| {
        // Lying on its left side; EXIF says to turn it by a quarter clockwise (6), or nothing (1).
        let jpeg = encode(&DynamicImage::from(upright.rotate270().into_rgb8()), ImageFormat::Jpeg);
        let mut exif = b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0".to_vec();
        exif.extend([orientation, 0, 0, 0, 0, 0, 0, 0]);
        let length = (exif.len() as u16 + 2).to_be_bytes();
        [&jpeg[..2], &[0xff, 0xe1], &length, &exif, &jpeg[2..]].concat()
    };
    let mut alpha = upright.to_rgba8();
    alpha.enumerate_pixels_mut().filter(|(x, ..)| *x < 200).for_each(|(_, _, p)| p[3] = 0);
    let mut white = upright.to_rgba8();
    white.enumerate_pixels_mut().filter(|(x, ..)| *x < 200).for_each(|(_, _, p)| *p = image::Rgba([255; 4]));
    let grey = DynamicImage::from(upright.to_luma8());
    let files = [
        write("upright.jpg", &encode(&DynamicImage::from(upright.to_rgb8()), ImageFormat::Jpeg)),
        write("turned.jpg", &with_exif(6)),
        write("lying.jpg", &with_exif(1)),
        write("alpha.png", &encode(&alpha.into(), ImageFormat::Png)),
        write("white.png", &encode(&white.into(), ImageFormat::Png)),
        write("grey.jpg", &encode(&grey, ImageFormat::Jpeg)),
        write("grey-as-rgb.jpg", &encode(&DynamicImage::from(grey.to_rgb8()), ImageFormat::Jpeg)),
        write("16.png", &encode(&DynamicImage::from(upright.to_rgb16()), ImageFormat::Png)),
        write("8.png", &encode(&upright, ImageFormat::Png)),
        write("1x1.png", &encode(&upright.crop_imm(0, 0, 1, 1), ImageFormat::Png)),
        write(
            "thin.gif",
            &encode(&upright.crop_imm(0, 0, 451, 1).resize_exact(5000, 1, image::imageops::Nearest), ImageFormat::Gif),
        ),
    ];
    let (ran, lines) = classify(&files.each_ref().map(String::as_str), &["--top", "10"]);
    assert_eq!((ran.code, lines.len()), (Some(0), files.len()), "{}", ran.err);
    let seen: Vec<_> = lines.iter().map(probabilities).collect();
    let apart = |a: usize, b: usize| seen[a].iter().zip(&seen[b]).fold(0f64, |m, (a, b)| m.max((a - b).abs()));
    assert!(apart(0, 1) < 0.05, "turned upright: {}", apart(0, 1));
    assert!(apart(0, 2) > 0.1, "lying: {}", apart(0, 2));
    assert!(apart(3, 4) < 1e-9, "transparent is white: {}", apart(3, 4));
    assert!(apart(5, 6) < 0.02, "grey: {}", apart(5, 6));
    assert!(apart(7, 8) < 1e-9, "16 bits: {}", apart(7, 8));
}

#[test]
fn models_that_do_not_load_are_named() {
    let here = folder("models");
    let (whole, cut) = (std::fs::read(model("resnet20")).unwrap(), here.join("cut.gguf"));
    std::fs::write(&cut, &whole[..whole.len() / 2]).unwrap();
    let not_a_number = here.join("nan.gguf");
    let mut bytes = whole;
    let at = bytes.len() - 10_000;
    bytes[at..at + 64].fill(0xff);
    std::fs::write(&not_a_number, bytes).unwrap();
    for (file, expected) in [
        (cut.to_str().unwrap(), "cut off"),
        (not_a_number.to_str().unwrap(), "not a finite number"),
        ("nowhere.gguf", "No such file"),
        (&fixture("chelsea"), "does not start with 'GGUF'"),
    ] {
        let ran = skipscope(["classify", "--model", file, &fixture("chelsea")]);
        assert_eq!((ran.code, ran.out.as_str()), (Some(1), ""));
        assert!(ran.err.contains(file) && ran.err.contains(expected), "{}", ran.err);
    }
}

#[test]
fn accuracy_of_folders_and_zips() {
    let here = folder("accuracy");
    let cat = encode(&image::open(fixture("chelsea")).unwrap(), ImageFormat::Png);
    let eval = |set: &Path| skipscope(["eval", "--json", "--model", &model("resnet20"), set.to_str().unwrap()]);
    let put = |name: &str| {
        let path = here.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, &cat).unwrap();
    };
    // By label, by index, by the number a file's name ends in; what is not a picture does not count.
    for name in ["folders/cat/1.png", "folders/3/2.png", "folders/Ship/3.png"] {
        put(name);
    }
    std::fs::write(here.join("folders/README.txt"), "about").unwrap();
    for name in ["files/imagenet_00_3.png", "files/07_8.png", "files/x-3.png"] {
        put(name);
    }
    for set in ["folders", "files"] {
        let ran = eval(&here.join(set));
        let score: Value = serde_json::from_str(&ran.out).unwrap();
        assert_eq!((ran.code, &score["images"], &score["top1"]), (Some(0), &3.into(), &2.into()), "{}", ran.err);
    }
    let zipped = here.join("set.zip");
    let mut zip = zip::ZipWriter::new(std::fs::File::create(&zipped).unwrap());
    let stored = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for (name, bytes) in [("cat/1.png", &cat[..]), ("dog/1.png", &cat), ("cat/bad.png", b"no picture")] {
        zip.start_file(name, stored).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap();
    let ran = eval(&zipped);
    let score: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!((ran.code, &score["images"], &score["top1"]), (Some(1), &2.into(), &1.into()));
    assert!(ran.err.contains("cat/bad.png"), "{}", ran.err);

    put("strange/sofa/1.png");
    put("beyond/1_10.png");
    std::fs::create_dir(here.join("empty")).unwrap();
    for (set, expected) in
        [("strange", "sofa/1.png"), ("beyond", "1_10.png"), ("empty", "no pictures"), ("nowhere", "nowhere")]
    {
        let ran = eval(&here.join(set));
        assert!(ran.code == Some(1) && ran.err.contains(expected), "{set}: {}", ran.err);
    }
}

/// An untrained ResNet-20 as a PyTorch checkpoint.
fn checkpoint(without: &str) -> Vec<u8> {
    let architecture = Architecture::named("resnet20").unwrap();
    let mut tensors = Vec::new();
    let mut add = |name: String, shape: &[usize], value: f32| {
        if name != without {
            tensors.push((name, Tensor::full(value, shape, &Device::Cpu).unwrap()));
        }
    };
    for spec in layers(&architecture) {
        add(format!("{}.weight", spec.name), &spec.shape(), 0.01);
        for (part, value) in [("weight", 1.0), ("bias", 0.0), ("running_mean", 0.1), ("running_var", 1.0)] {
            add(format!("{}.{part}", spec.norm), &[spec.outputs], value);
        }
    }
    add("linear.weight".into(), &[10, 64], 0.1);
    add("linear.bias".into(), &[10], 0.0);
    safetensors::serialize(tensors, None).unwrap()
}

#[test]
fn checkpoints_become_model_files() {
    let here = folder("convert");
    let path = |name: &str| here.join(name).to_str().unwrap().to_string();
    let card = format!("{ROOT}/pkg-scripts/cards/resnet20.json");
    std::fs::write(path("net.safetensors"), checkpoint("")).unwrap();
    let labels: Vec<String> = (0..10).map(|i| format!("class_{i}")).collect();
    std::fs::write(path("labels.txt"), labels.join("\n")).unwrap();
    let convert = |input: &str, out: &str, card: &str, more: &[&str]| {
        skipscope(["convert", &path(input), "--out", &path(out), "--card", card].iter().chain(more))
    };
    let mut sizes = Vec::new();
    for precision in ["f32", "f16", "q8_0"] {
        for out in ["a.gguf", "b.gguf"] {
            let more = ["--precision", precision, "--labels", &path("labels.txt")];
            let ran = convert("net.safetensors", out, &card, &more);
            assert_eq!(ran.code, Some(0), "{}", ran.err);
        }
        let bytes = std::fs::read(path("a.gguf")).unwrap();
        assert_eq!(bytes, std::fs::read(path("b.gguf")).unwrap(), "the same each time");
        sizes.push(bytes.len());
        let seen: Value = serde_json::from_str(&skipscope(["inspect", "--json", &path("a.gguf")]).out).unwrap();
        assert_eq!(seen["card"]["labels"][9], "class 9");
        assert_eq!(seen["blocks"].as_array().unwrap().len(), 9);
    }
    assert!(sizes.is_sorted_by(|a, b| a > b), "{sizes:?}");

    std::fs::write(path("holes.safetensors"), checkpoint("layer2.1.bn2.running_mean")).unwrap();
    std::fs::write(path("shapes.safetensors"), checkpoint("")).unwrap();
    std::fs::write(path("typo.json"), std::fs::read_to_string(&card).unwrap().replace("\"mean\"", "\"means\""))
        .unwrap();
    let deeper = format!("{ROOT}/pkg-scripts/cards/resnet56.json");
    std::fs::write(path("model.json"), r#"{"weightsManifest": [{"paths": ["../x"], "weights": []}]}"#).unwrap();
    for (input, card, expected) in [
        ("holes.safetensors", &card, "layer2.1.conv2.bias"), // no batch norm there: then a bias
        ("net.safetensors", &deeper, "layer1.3.conv1.weight"),
        ("net.safetensors", &path("typo.json"), "means"),
        ("labels.txt", &card, "neither .safetensors nor a model.json"),
        ("model.json", &card, "shard '../x'"),
        ("missing.safetensors", &card, "missing.safetensors"),
    ] {
        let ran = convert(input, "never.gguf", card, &[]);
        assert!(ran.code == Some(1) && ran.err.contains(expected), "{input}: {}", ran.err);
        assert!(!here.join("never.gguf").exists());
    }
}

#[test]
fn inspect_shows_the_net() {
    let residual = skipscope(["inspect", &model("resnet20")]);
    assert_eq!(residual.code, Some(0), "{}", residual.err);
    for expected in ["269,034", "40,551,040", "CIFAR-10", "85.2 %", "layer3.2", "option A", "MIT"] {
        assert!(residual.out.contains(expected), "{expected} in:\n{}", residual.out);
    }
    let plain = skipscope(["inspect", &model("plain20")]);
    assert!(plain.out.contains("none") && !plain.out.contains("option A"), "a plain net has no identity branch");
}

#[test]
fn the_registry_is_what_the_model_files_say() {
    let models = format!("{ROOT}/www/public/models");
    let ran = skipscope(["registry", "--check", &models]);
    assert_eq!(ran.code, Some(0), "{}", ran.err);

    // Made anew, from two of the files: a listed model that is not there stays, what is there is corrected.
    let here = folder("registry");
    for id in ["resnet20", "plain20"] {
        std::fs::copy(model(id), here.join(format!("{id}.gguf"))).unwrap();
    }
    let registry = here.join("registry.json");
    let committed = std::fs::read_to_string(format!("{models}/registry.json")).unwrap();
    let folder = here.to_str().unwrap();
    std::fs::write(&registry, committed.replacen("sha256\": \"", "sha256\": \"0", 1)).unwrap();
    assert_eq!(skipscope(["registry", "--check", folder]).code, Some(1));
    assert_eq!(skipscope(["registry", folder]).code, Some(0));
    assert_eq!(std::fs::read_to_string(&registry).unwrap(), committed);
    std::fs::remove_file(&registry).unwrap();
    assert_eq!(skipscope(["registry", folder]).code, Some(0));
    let fresh: Value = serde_json::from_str(&std::fs::read_to_string(&registry).unwrap()).unwrap();
    assert_eq!(fresh["models"].as_array().unwrap().len(), 2);
}
