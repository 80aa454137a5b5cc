//! `convert`, `inspect` and `registry`: model files made, read and listed.

use super::*;
use candle_core::{Device, Tensor};
use skipscope::arch::Architecture;
use skipscope::weights::layers;

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
            add(format!("{}.{part}", spec.norm.as_deref().unwrap_or_default()), &[spec.outputs], value);
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
        ("labels.txt", &card, "begins as no format of weights does"),
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
