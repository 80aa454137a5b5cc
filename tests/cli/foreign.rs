//! Every command takes a ResNet of any format, and says in one line what does not fit.

use super::*;

fn foreign(name: &str) -> String {
    format!("{ROOT}/tests/fixtures/foreign/{name}")
}

/// A NumPy file of version 1.
fn npy(path: &Path, kind: &str, shape: &[usize], data: &[u8]) -> String {
    let shape: Vec<String> = shape.iter().map(|n| format!("{n},")).collect();
    let mut header = format!("{{'descr': '{kind}', 'fortran_order': False, 'shape': ({}), }}", shape.join(" "));
    while (10 + header.len() + 1) % 64 != 0 {
        header.push(' ');
    }
    header.push('\n');
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    bytes.extend((header.len() as u16).to_le_bytes());
    bytes.extend(header.bytes());
    bytes.extend(data);
    std::fs::write(path, bytes).unwrap();
    path.to_str().unwrap().to_string()
}

/// The image that the fixtures' expected values are for.
fn image(channels: usize, side: usize) -> Vec<f32> {
    (0..channels * side * side).map(|i| ((i * 7919 % 257) as f32 - 128.0) / 64.0).collect()
}

fn f32s(values: &[f32]) -> Vec<u8> {
    values.iter().flat_map(|v| v.to_le_bytes()).collect()
}

fn run(file: &str, tensor: &str) -> Value {
    let ran = skipscope(["run", "--model", file, "--tensor", tensor, "--json"]);
    assert_eq!(ran.code, Some(0), "{file}: {}", ran.err);
    serde_json::from_str(&ran.out).unwrap()
}

fn close(found: &Value, expected: &Value, scale: f64) -> bool {
    (found.as_f64().unwrap() - expected.as_f64().unwrap()).abs() < 1e-3 * scale
}

#[test]
fn run_prints_logits_and_blocks_of_any_format() {
    let here = folder("foreign_run");
    for file in
        ["bottleneck.exported.onnx", "groups.legacy.pth", "v2.safetensors", "grey.folded.onnx", "cifar-wide.wrapped.pt"]
    {
        let family = file.split('.').next().unwrap();
        let golden: Value =
            serde_json::from_slice(&std::fs::read(foreign(&format!("{family}.json"))).unwrap()).unwrap();
        let (side, channels) = (golden["side"].as_u64().unwrap() as usize, if family == "grey" { 1 } else { 3 });
        let values = image(channels, side);
        let tensor = npy(&here.join(format!("{family}.npy")), "<f4", &[1, channels, side, side], &f32s(&values));
        let found = run(&foreign(file), &tensor);
        let (logits, expected) = (found["logits"].as_array().unwrap(), golden["logits"].as_array().unwrap());
        assert_eq!(logits.len(), expected.len());
        assert!(logits.iter().zip(expected).all(|(a, b)| close(a, b, 1.0)), "{file}: {logits:?} {expected:?}");
        let (blocks, expected) = (found["blocks"].as_array().unwrap(), golden["blocks"].as_array().unwrap());
        assert_eq!(blocks.len(), expected.len(), "{file}");
        for (found, expected) in blocks.iter().zip(expected) {
            for part in ["identity", "residual", "output"] {
                let rms = expected[part]["rms"].as_f64().unwrap();
                for what in ["mean", "rms"] {
                    assert!(close(&found[part][what], &expected[part][what], rms), "{file} {found} {part} {what}");
                }
            }
        }
        assert_eq!(blocks[0]["name"], "layer1.0");
    }
    // Without its first dimension, in f64, and for people.
    let values: Vec<u8> = image(3, 32).iter().flat_map(|&v| f64::from(v).to_le_bytes()).collect();
    let tensor = npy(&here.join("f64.npy"), "<f8", &[3, 32, 32], &values);
    let found = run(&model("plain20"), &tensor);
    assert_eq!((found["logits"].as_array().unwrap().len(), found["blocks"].as_array().unwrap().len()), (10, 9));
    assert!(found["blocks"].as_array().unwrap().iter().all(|block| block["identity"].is_null()));
    let text = skipscope(["run", "--model", &model("resnet20"), "--tensor", &tensor]);
    assert!(text.out.contains("layer3.2") && text.out.contains("cat"), "{}", text.out);
}

#[test]
fn what_does_not_fit_is_one_line_and_exit_code_1() {
    let here = folder("foreign_wrong");
    let tensor =
        |name: &str, kind: &str, shape: &[usize], bytes: usize| npy(&here.join(name), kind, shape, &vec![0; bytes]);
    let good = tensor("good.npy", "<f4", &[3, 32, 32], 4 * 3 * 32 * 32);
    let model = model("resnet20");
    let text = here.join("text.pth");
    std::fs::write(&text, "no weights").unwrap();
    for (file, tensor, why) in [
        (&model, tensor("wide.npy", "<f4", &[3, 16, 32], 4 * 3 * 16 * 32), "square"),
        (&model, tensor("flat.npy", "<f4", &[32, 32], 4 * 32 * 32), "[3, H, W]"),
        (&model, tensor("grey.npy", "<f4", &[1, 32, 32], 4 * 32 * 32), "channels"),
        (&model, tensor("bytes.npy", "|u1", &[3, 32, 32], 3 * 32 * 32), "f32"),
        (&model, tensor("lies.npy", "<f4", &[3, 1 << 30, 1 << 30], 12), "claims"),
        (&model, tensor("cut.npy", "<f4", &[3, 32, 32], 100), "cut.npy"),
        (&model, tensor("tiny.npy", "<f4", &[3, 2, 2], 48), "2"),
        (&model, text.to_str().unwrap().to_string(), "text.pth"),
        (&text.to_str().unwrap().to_string(), good.clone(), "text.pth"),
        (&foreign("make.py"), good.clone(), "make.py"),
        (&"nowhere.onnx".to_string(), good.clone(), "nowhere.onnx"),
    ] {
        let ran = skipscope(["run", "--model", file, "--tensor", &tensor, "--json"]);
        assert_eq!((ran.code, ran.err.lines().count(), &*ran.out), (Some(1), 1, ""), "{}", ran.err);
        assert!(ran.err.contains(why), "{why}: {}", ran.err);
    }
    // Weights that lie in a second file, which is not there.
    let alone = here.join("alone.onnx");
    std::fs::copy(foreign("bottleneck.exported.onnx"), &alone).unwrap();
    let ran = skipscope(["inspect", alone.to_str().unwrap()]);
    assert_eq!((ran.code, ran.err.lines().count()), (Some(1), 1), "{}", ran.err);
    assert!(ran.err.contains("bottleneck.exported.onnx.data"), "{}", ran.err);
}

#[test]
fn the_other_commands_take_any_format_too() {
    let here = folder("foreign_commands");
    let labels = here.join("labels.txt");
    std::fs::write(&labels, "one\ntwo\nthree\nfour\nfive\nsix\n").unwrap();
    let labels = labels.to_str().unwrap();
    let file = foreign("cifar-b.pth");
    let lacks = ["--preset", "half", "--labels", labels, "--side", "40"];

    let ran = skipscope(["inspect", "--json", "--model", &file].iter().chain(&lacks));
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    let facts: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(facts["card"]["labels"][5], "six");
    assert_eq!((&facts["card"]["input_side"], &facts["card"]["mean"][0]), (&Value::from(40), &Value::from(0.5)));
    assert_eq!((&facts["card"]["licence"], facts["blocks"].as_array().unwrap().len()), (&Value::from("not stated"), 4));

    let classified = |model: &str, more: &[&str]| {
        let ran = skipscope(["classify", "--json", "--model", model, &fixture("chelsea")].iter().chain(more));
        assert_eq!(ran.code, Some(0), "{}", ran.err);
        let line: Value = serde_json::from_str(ran.out.trim()).unwrap();
        line["top"].clone()
    };
    let own = classified(&file, &lacks);
    let out = here.join("own.gguf");
    let out = out.to_str().unwrap();
    let ran = skipscope(["convert", &file, "--out", out, "--precision", "f32"].iter().chain(&lacks));
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    assert_eq!(classified(out, &[]), own, "what was answered stays with the model");
    assert_ne!(classified(&file, &["--labels", labels]), own);

    let set = here.join("six");
    std::fs::create_dir(&set).unwrap();
    std::fs::copy(fixture("chelsea"), set.join("a.webp")).unwrap();
    let here = here.to_str().unwrap();
    let ran = skipscope(["eval", "--json", "--jobs", "1", "--model", &file, here].iter().chain(&lacks));
    assert!(ran.out.contains("\"images\":1"), "{} {}", ran.out, ran.err);
}

#[test]
fn answers_that_do_not_fit_are_refused() {
    let file = foreign("basic.safetensors");
    let labels = folder("foreign_answers").join("two.txt");
    std::fs::write(&labels, "one\ntwo\n").unwrap();
    for (more, why) in [
        (["--side", "4"], "4"),
        (["--side", "100000"], "100000"),
        (["--labels", labels.to_str().unwrap()], "2"),
        (["--labels", "nowhere.txt"], "nowhere.txt"),
    ] {
        let ran = skipscope(["classify", "--model", &file, &fixture("chelsea")].iter().chain(&more));
        assert_eq!((ran.code, ran.err.lines().count()), (Some(1), 1), "{more:?}: {}", ran.err);
        assert!(ran.err.contains(why), "{}", ran.err);
    }
    let ran = skipscope(["classify", "--model", &file, "--preset", "jpeg", &fixture("chelsea")]);
    assert_eq!(ran.code, Some(2), "{}", ran.err);
}
