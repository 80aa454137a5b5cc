//! Model files and checkpoints: what is written comes back, and what is broken is told, not suffered.
#![cfg(not(target_arch = "wasm32"))]

mod common;

use candle_core::quantized::gguf_file::Content;
use candle_core::{DType, Device, Tensor};
use common::gguf::{self, File, Value};
use skipscope::arch::Architecture;
use skipscope::network::{Builder, Network};
use skipscope::weights::formats::tfjs::LayersModel;
use skipscope::weights::{
    Card, Error, ModelFile, Precision, Source, TensorType, Tensors, fold, formats, layers, model_file,
};
use std::io::Cursor;

fn card(architecture: &str) -> Card {
    Card {
        id: "test".into(),
        title: "Test net".into(),
        architecture: architecture.into(),
        stride_in_1x1: false,
        mean: [0.1, 0.2, 0.3],
        std: [0.4, 0.5, 0.6],
        resize_side: 40,
        input_side: 32,
        dataset: "none".into(),
        licence: "MIT".into(),
        source: "a formula".into(),
        accuracy: "chance".into(),
        note: String::new(),
        labels: ["eins", "zwei", "drei – 3"].map(String::from).to_vec(),
    }
}

/// Any values in -1..1, the same each time.
fn values(seed: usize, len: usize) -> Vec<f32> {
    let mut state = (seed as u32).wrapping_mul(2_654_435_761) + 1;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as f32 / (1 << 23) as f32 - 1.0
    };
    (0..len).map(|_| next()).collect()
}

/// A checkpoint with batch norm.
fn checkpoint(architecture: &Architecture) -> Tensors {
    let mut tensors = Tensors::default();
    let mut add = |name: String, shape: &[usize], values: Vec<f32>| {
        tensors.tensors.insert(name, (shape.to_vec(), values));
    };
    for (i, spec) in layers(architecture).enumerate() {
        let (len, outputs) = (spec.shape().iter().product(), spec.outputs);
        add(format!("{}.weight", spec.name), &spec.shape(), values(i, len));
        for (j, part) in ["weight", "bias", "running_mean", "running_var"].iter().enumerate() {
            let positive = |v: f32| if *part == "running_var" { v.abs() + 0.5 } else { v };
            let values = values(100 * i + j, outputs).into_iter().map(positive).collect();
            add(format!("{}.{part}", spec.norm.as_deref().unwrap_or_default()), &[outputs], values);
        }
    }
    let shape = [architecture.classes, architecture.features()];
    add("linear.weight".into(), &shape, values(7, shape[0] * shape[1]));
    add("linear.bias".into(), &shape[..1], values(8, shape[0]));
    tensors
}

fn file(precision: Precision) -> Vec<u8> {
    let card = card("resnet20");
    model_file::write(&card, precision, &mut checkpoint(&card.architecture().unwrap())).unwrap()
}

#[test]
fn model_files_come_back_in_every_precision() {
    let card = card("resnet20");
    let architecture = card.architecture().unwrap();
    for (precision, tolerance) in [(Precision::F32, 0.0), (Precision::F16, 4.9e-4), (Precision::Q8_0, 4.2e-3)] {
        let bytes = file(precision);
        assert_eq!(bytes, file(precision), "{precision:?}: the same each time");
        let read = ModelFile::open(&bytes).unwrap();
        assert_eq!(read.card, card);
        assert_eq!(*read.architecture(), architecture);
        assert!(bytes.len() - read.len() < 32, "nothing but padding after the last tensor");
        let mut stored = read.tensors(&bytes);
        let mut source = checkpoint(&architecture);
        for spec in layers(&architecture) {
            let (weight, bias) = fold::conv(&mut source, &spec).unwrap();
            let (w, b) = fold::conv(&mut stored, &spec).unwrap();
            assert_eq!(b, bias, "{precision:?}: biases are exact");
            let largest = weight.iter().fold(0f32, |m, v| m.max(v.abs()));
            let worst = weight.iter().zip(&w).fold(0f32, |m, (a, b)| m.max((a - b).abs()));
            assert!(worst <= tolerance * largest, "{precision:?} {}: {}", spec.name, worst / largest);
        }
        let shape = [3, 64];
        assert_eq!(stored.take("linear.weight", &shape).unwrap().len(), 192);
    }
}

#[test]
fn candle_reads_what_is_written() {
    for precision in [Precision::F32, Precision::F16, Precision::Q8_0] {
        let bytes = file(precision);
        let content = Content::read(&mut Cursor::new(&bytes)).unwrap();
        assert_eq!(content.metadata["skipscope.id"].to_string().unwrap(), "test");
        let tensor = content.tensor(&mut Cursor::new(&bytes), "layer3.0.conv1.weight", &Device::Cpu).unwrap();
        let theirs: Vec<f32> = tensor.dequantize(&Device::Cpu).unwrap().flatten_all().unwrap().to_vec1().unwrap();
        let ours = ModelFile::open(&bytes).unwrap().tensors(&bytes).take("layer3.0.conv1.weight", &[64, 32, 3, 3]);
        assert_eq!(ours.unwrap(), theirs);
    }
}

/// To the bit, also bf16, which candle does not write.
#[test]
fn every_type_is_decoded_as_candle_does() {
    let architecture = Architecture::named("plain20").unwrap();
    let labels = ["a", "b"].map(String::from);
    for kind in [TensorType::F32, TensorType::F16, TensorType::BF16, TensorType::Q8_0] {
        let file = File::of(&architecture, 32, &labels, kind, |name, len| values(name.len(), len));
        let bytes = file.bytes();
        let content = Content::read(&mut Cursor::new(&bytes)).unwrap();
        let read = ModelFile::open(&bytes).unwrap();
        for info in read.infos() {
            let tensor = content.tensor(&mut Cursor::new(&bytes), &info.name, &Device::Cpu).unwrap();
            let theirs: Vec<f32> = tensor.dequantize(&Device::Cpu).unwrap().flatten_all().unwrap().to_vec1().unwrap();
            let mut ours = Vec::new();
            info.decode(&bytes[info.range.clone()], &mut ours).unwrap();
            assert_eq!(ours, theirs, "{} as {kind:?}", info.name);
        }
    }
}

/// Zeros of any shape, and the order in which they were asked for.
#[derive(Default)]
struct Recorder(Vec<String>);

impl Source for Recorder {
    fn has(&self, _: &str) -> bool {
        false
    }

    fn take(&mut self, name: &str, shape: &[usize]) -> Result<Vec<f32>, Error> {
        self.0.push(name.to_string());
        Ok(vec![0.0; shape.iter().product()])
    }
}

#[test]
fn tensors_lie_in_the_order_a_network_takes_them() {
    let mut card = card("resnet18"); // with projections
    card.labels.truncate(1);
    let architecture = card.architecture().unwrap();
    let (mut taken, mut written) = (Recorder::default(), Recorder::default());
    Network::build(&architecture, 32, &mut taken).unwrap();
    let bytes = model_file::write(&card, Precision::Q8_0, &mut written).unwrap();
    let file = ModelFile::open(&bytes).unwrap();
    let stored: Vec<_> = file.infos().iter().map(|info| info.name.clone()).collect();
    assert_eq!(stored, taken.0);
    assert!(file.infos().windows(2).all(|w| w[0].range.end <= w[1].range.start));
}

/// A page may build the network while the file arrives.
#[test]
fn a_header_is_readable_as_soon_as_it_is_there() {
    let bytes = file(Precision::F16);
    let start = ModelFile::open(&bytes).unwrap().infos()[0].range.start;
    for len in 0..start - 32 {
        assert!(ModelFile::read_header(&bytes[..len]).unwrap().is_none(), "{len} of {start}");
    }
    let header = ModelFile::read_header(&bytes[..start]).unwrap().unwrap();
    assert_eq!(header.len().next_multiple_of(32), bytes.len());
    let mut asked = Vec::new();
    let mut source = header.tensors_from(|range| {
        asked.push(range.start);
        Ok(bytes[range].to_vec().into())
    });
    Network::build(header.architecture(), 32, &mut source).unwrap();
    drop(source);
    assert!(asked.is_sorted() && asked.len() == 40);
}

/// Opens a broken file and decodes all of it if that works: whatever comes, it must come as a result.
fn survive(bytes: &[u8], decode: bool) -> Result<(), Error> {
    let file = ModelFile::open(bytes)?;
    if decode {
        Network::build(file.architecture(), file.card.input_side, &mut file.tensors(bytes))?;
    }
    Ok(())
}

#[test]
fn every_truncation_is_an_error() {
    let bytes = file(Precision::Q8_0);
    let body = ModelFile::open(&bytes).unwrap().infos()[0].range.start;
    let used = ModelFile::open(&bytes).unwrap().len();
    for len in (0..body + 64).chain((body + 64..used).step_by(1009)).chain([used - 1]) {
        let error = survive(&bytes[..len], false).unwrap_err().to_string();
        assert!(error.contains("cut off"), "{len}: {error}");
    }
    assert!(survive(&bytes[..used], true).is_ok());
}

#[test]
fn no_flipped_bit_is_fatal() {
    let bytes = file(Precision::Q8_0);
    let body = ModelFile::open(&bytes).unwrap().infos()[0].range.start;
    let mut broken = bytes.clone();
    let (mut errors, mut flips) = (0, 0);
    for at in 0..body {
        for bit in 0..8 {
            broken[at] ^= 1 << bit;
            flips += 1;
            errors += usize::from(survive(&broken, flips % 211 == 0).is_err());
            broken[at] ^= 1 << bit;
        }
    }
    assert!(errors > flips / 4, "{errors} of {flips} noticed"); // the rest are other labels, texts, numbers
    // Lengths, counts, offsets and dimensions as large as they can be, and nearly so.
    for pattern in [[0xff; 8], [0, 0, 0, 0, 0, 0, 0, 0x80], [0xff, 0xff, 0xff, 0x7f, 0, 0, 0, 0], [0; 8]] {
        for at in 0..body - 8 {
            broken[at..at + 8].copy_from_slice(&pattern);
            let _ = survive(&broken, at % 97 == 0);
            broken[at..at + 8].copy_from_slice(&bytes[at..at + 8]);
        }
    }
}

/// A tensor's bits may all be wrong: then it is a wrong picture, or a value that is no number.
#[test]
fn garbage_in_tensors_is_no_panic() {
    for precision in [Precision::F32, Precision::F16, Precision::Q8_0] {
        let mut bytes = file(precision);
        let body = ModelFile::open(&bytes).unwrap().infos()[0].range.start;
        bytes[body..].fill(0xff);
        assert!(matches!(survive(&bytes, true), Err(Error::NotFinite(name)) if name == "conv1.weight"));
    }
}

#[test]
fn other_files_are_told_apart() {
    let error = |bytes: &[u8]| survive(bytes, false).unwrap_err().to_string();
    assert!(error(b"PK\x03\x04 a zip archive").contains("does not start with 'GGUF'"));
    assert!(error(&[]).contains("cut off"));
    let mut other = Cursor::new(Vec::new());
    candle_core::quantized::gguf_file::write(&mut other, &[], &[]).unwrap();
    assert!(error(other.get_ref()).contains("not one that `skipscope convert` made"));
}

/// What a header may state that no file can mean.
#[test]
fn headers_that_lie_are_told() {
    type Change = fn(&mut File);
    let changes: [(&str, Change); 31] = [
        ("GGUF version 1", |f| f.version = 1),
        ("18446744073709551615 tensors", |f| f.tensor_count = Some(u64::MAX)),
        ("1025 tensors; 1024 are the most", |f| f.tensor_count = Some(1025)),
        ("18446744073709551615 metadata keys", |f| f.value_count = Some(u64::MAX)),
        ("two tensors are called 'conv1.weight'", |f| f.tensors[4].name = "conv1.weight".into()),
        ("'conv1.bias' does not begin where the one before it ends", |f| f.tensors[1].offset = Some(0)),
        ("'conv1.weight' does not begin", |f| f.tensors[0].offset = Some(32)),
        ("'linear.bias' does not begin", |f| f.tensor("linear.bias").offset = Some(1 << 40)),
        ("'conv1.bias' has shape", |f| f.tensors[1].offset = Some(u64::MAX)),
        ("'conv1.bias' is out of reach", |f| f.tensors[1].offset = Some(u64::MAX - 200)),
        ("'conv1.weight' has shape [1152921504606846976, 16]", |f| f.tensors[0].shape = vec![1 << 60, 16]),
        ("'conv1.weight' has shape [16, 0]", |f| f.tensors[0].shape = vec![16, 0]),
        ("'conv1.weight' has 0 dimensions", |f| f.tensors[0].shape = vec![]),
        ("'conv1.weight' has 5 dimensions", |f| f.tensors[0].shape = vec![1; 5]),
        ("'conv1.bias' has shape [16]", |f| f.tensors[1].kind = 8), // no whole blocks
        ("'conv1.bias' is of type 2", |f| f.tensors[1].kind = 2),
        ("key 'skipscope.id' occurs twice", |f| f.metadata.push(f.metadata[3].clone())),
        ("a length of 9223372036854775808 bytes", |f| {
            f.set("skipscope.id", Value(8, (1u64 << 63).to_le_bytes().into()));
        }),
        ("text that is not UTF-8", |f| f.set("skipscope.id", Value(8, gguf::counted(&[0xFF])))),
        ("nested arrays", |f| f.set("skipscope.id", gguf::array(9, 1, vec![]))),
        ("metadata of unknown type 13", |f| f.set("skipscope.id", Value(13, vec![]))),
        ("bytes in its header", |f| f.set("skipscope.id", gguf::array(10, u64::MAX, vec![]))),
        ("'skipscope.id' is of the wrong type", |f| f.set("skipscope.id", gguf::u32(1))),
        ("'skipscope.labels' is of the wrong type", |f| f.set("skipscope.labels", gguf::floats(&[1.0]))),
        ("'skipscope.mean' is 2 values instead of 3", |f| f.set("skipscope.mean", gguf::floats(&[1.0; 2]))),
        ("does not state 'skipscope.note'", |f| f.metadata.retain(|(key, _)| key != "skipscope.note")),
        ("format 2, this is made for 1", |f| f.set("skipscope.format", gguf::u32(2))),
        ("power of two", |f| f.metadata.push(("general.alignment".into(), gguf::u32(3)))),
        ("32769; 32768 are the most", |f| f.set("skipscope.labels", gguf::texts(&["x"; 32_769]))),
        ("class 1 is longer", |f| f.set("skipscope.labels", gguf::texts(&["x", &"x".repeat(1001)]))),
        ("cannot cut 513", |f| f.set("skipscope.input_side", gguf::u32(513))),
    ];
    let architecture = Architecture::named("resnet20").unwrap();
    let labels = ["a", "b"].map(String::from);
    let good = File::of(&architecture, 32, &labels, TensorType::F32, |name, len| values(name.len(), len));
    survive(&good.bytes(), true).unwrap();
    for (expected, change) in changes {
        let mut file = good.clone();
        change(&mut file);
        let error = survive(&file.bytes(), true).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}, where '{expected}' is expected");
    }
}

/// A wrong shape, a value that is no number, a tensor that is absent: each is told by the tensor's name.
#[test]
fn tensors_that_do_not_fit_are_told() {
    let architecture = Architecture::named("resnet20").unwrap();
    let labels = ["a", "b"].map(String::from);
    let name = "layer2.1.conv1.weight";
    for kind in [TensorType::F32, TensorType::F16, TensorType::BF16, TensorType::Q8_0] {
        let good = File::of(&architecture, 32, &labels, kind, |name, len| values(name.len(), len));
        let broken = |change: fn(&mut gguf::Tensor)| {
            let mut file = good.clone();
            change(file.tensor("layer2.1.conv1.weight"));
            survive(&file.bytes(), true).unwrap_err()
        };
        assert_eq!(broken(|t| t.bytes[..4].fill(0xFF)), Error::NotFinite(name.into()));
        assert!(matches!(broken(|t| t.shape = vec![9, 1024]), Error::Shape { name: n, .. } if n == name));
        assert_eq!(broken(|t| t.name = "x".into()), Error::Missing(name.into()));
    }
}

/// What a step has taken is gone: going on would leave a hole in the network.
#[test]
fn a_builder_that_failed_stays_failed() {
    let architecture = Architecture::named("plain20").unwrap();
    let mut source = checkpoint(&architecture);
    let (missing, tensor) = source.tensors.remove_entry("layer1.1.conv2.weight").unwrap();
    let mut builder = Builder::new(&architecture, 32);
    let error = loop {
        if let Err(error) = builder.step(&mut source) {
            break error;
        }
    };
    assert_eq!(error, Error::Missing(missing.clone()));
    source.tensors.insert(missing, tensor);
    for _ in 0..100 {
        assert_eq!(builder.step(&mut source), Err(error.clone()));
    }
    assert!(builder.wants().is_some());
    assert_eq!(Network::finish(builder).err(), Some(error));
    // One that is not done yet is no network either.
    let mut builder = Builder::new(&architecture, 32);
    builder.step(&mut checkpoint(&architecture)).unwrap();
    let error = Network::finish(builder).err().expect("an error").to_string();
    assert!(error.contains("layer1.0.conv1"), "{error}");
}

#[test]
fn unusable_cards_are_errors() {
    type Change = fn(&mut Card);
    let changes: [(&str, Change); 7] = [
        ("no architecture", |c| c.architecture = "vgg16".into()),
        ("no labels", |c| c.labels.clear()),
        ("cannot cut", |c| c.resize_side = 31),
        ("cannot cut", |c| c.input_side = 0),
        ("cannot cut", |c| c.resize_side = 1 << 20),
        ("standard deviation", |c| c.std[1] = 0.0),
        ("mean", |c| c.mean[2] = f32::NAN),
    ];
    for (expected, change) in changes {
        let mut card = card("resnet20");
        change(&mut card);
        let error = card.architecture().unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }
}

#[test]
fn values_beyond_f16_are_not_written() {
    let card = card("resnet20");
    let mut source = checkpoint(&card.architecture().unwrap());
    source.tensors.get_mut("linear.weight").unwrap().1[5] = 70_000.0;
    let error = model_file::write(&card, Precision::F16, &mut source).unwrap_err();
    assert!(matches!(error, Error::NotFinite(name) if name == "linear.weight"));
}

#[test]
fn checkpoints_in_half_precision() {
    let tensor = Tensor::from_vec(vec![1.0f32, -2.5, 0.15625, 384.0], (2, 2), &Device::Cpu).unwrap();
    for dtype in [DType::F32, DType::F16, DType::BF16, DType::F64] {
        let bytes = safetensors::serialize([("w", tensor.to_dtype(dtype).unwrap())], None).unwrap();
        let stored = formats::safetensors::read(&bytes).unwrap();
        let mut checkpoint = stored.source(&bytes);
        assert!(checkpoint.has("w") && !checkpoint.has("v"));
        assert_eq!(checkpoint.take("w", &[2, 2]).unwrap(), [1.0, -2.5, 0.15625, 384.0]);
        assert!(matches!(checkpoint.take("w", &[4]), Err(Error::Shape { .. })));
        assert!(matches!(checkpoint.take("v", &[4]), Err(Error::Missing(_))));
        for len in 0..bytes.len() {
            assert!(formats::safetensors::read(&&bytes[..len]).is_err());
        }
    }
    let bytes = safetensors::serialize([("w", tensor.to_dtype(DType::U8).unwrap())], None).unwrap();
    let error = formats::safetensors::read(&bytes).unwrap().source(&bytes).take("w", &[2, 2]).unwrap_err();
    assert!(error.to_string().contains("not floats"));
}

/// A layers-model of a few tensors in three shards, cut where no tensor ends.
struct Keras {
    json: String,
    shards: Vec<Vec<u8>>,
}

impl Keras {
    const TENSORS: [(&str, &[usize]); 5] = [
        ("bn_conv1/gamma", &[2]),
        ("conv1/kernel", &[2, 2, 3, 2]),
        ("conv1/bias", &[2]),
        ("fc1000/kernel", &[4, 2]),
        ("fc1000/bias", &[2]),
    ];

    fn new() -> Keras {
        let weights = Self::TENSORS.map(|(name, shape)| {
            serde_json::json!({ "name": name, "shape": shape, "dtype": "float32" }) //
        });
        let norm = serde_json::json!({ "class_name": "BatchNormalization", "config": { "epsilon": 0.002 } });
        let json = serde_json::json!({
            "modelTopology": { "model_config": { "config": { "layers": [{ "class_name": "Add" }, norm] } } },
            "weightsManifest": [{ "paths": ["a.bin", "b.bin", "c.bin"], "weights": weights }],
        });
        // 38 values, each its own place.
        let bytes: Vec<u8> = (0..38).flat_map(|i| (i as f32).to_le_bytes()).collect();
        Keras { json: json.to_string(), shards: bytes.chunks(61).map(<[u8]>::to_vec).collect() }
    }

    fn read(&self, bgr: bool) -> Result<LayersModel, Error> {
        LayersModel::read(self.json.as_bytes(), bgr, |path| {
            let index = ["a.bin", "b.bin", "c.bin"].iter().position(|p| *p == path).unwrap();
            self.shards.get(index).cloned().ok_or_else(|| std::io::ErrorKind::NotFound.into())
        })
    }
}

#[test]
fn keras_kernels_are_turned() {
    for bgr in [false, true] {
        let mut model = Keras::new().read(bgr).unwrap();
        assert_eq!(model.batch_norm_epsilon(), 0.002);
        assert_eq!(model.take("bn1.weight", &[2]).unwrap(), [0.0, 1.0]);
        let kernel = model.take("conv1.weight", &[2, 3, 2, 2]).unwrap();
        for (o, i, tap) in [(0, 0, 0), (1, 0, 0), (0, 1, 2), (1, 2, 3)] {
            let channel = if bgr { 2 - i } else { i };
            assert_eq!(kernel[(o * 3 + i) * 4 + tap], (2 + (tap * 3 + channel) * 2 + o) as f32, "{o} {i} {tap} {bgr}");
        }
        assert_eq!(model.take("conv1.bias", &[2]).unwrap(), [26.0, 27.0]);
        let linear = [28.0, 30.0, 32.0, 34.0, 29.0, 31.0, 33.0, 35.0];
        assert_eq!(model.take("fc.weight", &[2, 4]).unwrap(), linear);
        assert!(matches!(model.take("fc.bias", &[3]), Err(Error::Shape { .. })));
        let error = model.take("layer1.0.conv1.weight", &[1, 1, 1, 1]).unwrap_err().to_string();
        assert!(error.contains("res2a_branch2a/kernel"), "{error}");
    }
}

#[test]
fn broken_shards_are_named() {
    type Change = fn(&mut Keras);
    let changes: [(&str, Change); 6] = [
        ("shard 'c.bin': entity not found", |k| k.shards.truncate(2)),
        ("shard 'b.bin': the shards hold 151 bytes where model.json states 152", |k| k.shards[1].truncate(60)),
        ("shard 'c.bin': the shards hold 122", |k| k.shards[2].clear()),
        ("'conv1/bias' is not plain float32", |k| {
            k.json = k.json.replace(r#""float32","name":"conv1/bias""#, r#""uint8","name":"conv1/bias""#);
        }),
        ("has shape", |k| k.json = k.json.replace("[4,2]", "[4611686018427387904,16]")),
        ("not the model.json", |k| k.json.truncate(100)),
    ];
    for (expected, change) in changes {
        let mut keras = Keras::new();
        change(&mut keras);
        let error = keras.read(true).map(|_| ()).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }
}
