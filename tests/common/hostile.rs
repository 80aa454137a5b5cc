//! Model files made to break the loader, or the network behind it. Case `n` is the same file on every machine.

use super::gguf::{self, File, Tensor, Value};
use super::random::Random;
use skipscope::arch::Architecture;
use skipscope::lesion::Lesion;
use skipscope::loader::Loader;
use skipscope::model::NotFinite;
use skipscope::trace::NoProbe;
use skipscope::viewer::Viewer;
use skipscope::weights::TensorType;

/// What became of the files.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tally {
    /// The loader said what is wrong.
    pub refused: usize,
    /// Loaded, and its first run gave probabilities.
    pub ran: usize,
    /// Loaded, and its first run left the range of f32.
    pub overflowed: usize,
}

/// Loads a file in pieces and runs it once. Panics, or what wasm has instead, where the loader or the network does.
pub fn survive(bytes: &[u8], random: &mut Random, tally: &mut Tally) {
    let mut loader = Loader::new();
    let mut rest = bytes;
    let longest = random.pick(&[100, 5_000, 100_000, 1_000_000]);
    while !rest.is_empty() {
        let (piece, after) = rest.split_at(random.between(1, longest).min(rest.len()));
        loader.push(piece);
        rest = after;
    }
    let model = match loader.finish() {
        Ok(model) => model,
        Err(error) => {
            assert!(!error.to_string().is_empty());
            tally.refused += 1;
            return;
        }
    };
    let mut viewer = Viewer::new(model);
    match viewer.run(&Lesion::none(), None, &mut NoProbe) {
        Ok(probabilities) => {
            assert_eq!(probabilities.len(), viewer.model().card.labels.len());
            assert!((probabilities.iter().sum::<f64>() - 1.0).abs() < 1e-9);
            tally.ran += 1;
        }
        Err(NotFinite) => tally.overflowed += 1,
    }
}

/// Case after case, for where a panic is the end: the last that was named is the one to look into, natively.
#[cfg(target_arch = "wasm32")]
pub fn all_survive(count: u64, make: fn(u64) -> (Vec<u8>, Random), say: impl Fn(String)) {
    let times = option_env!("SKIPSCOPE_HOSTILE").map_or(1, |times| times.parse().expect("a number of times"));
    let bytes_held = || core::arch::wasm32::memory_size(0) << 16;
    let (mut tally, before) = (Tally::default(), bytes_held());
    for case in 0..count * times {
        if case % 50 == 0 {
            say(format!("case {case}"));
        }
        let (bytes, mut random) = make(case);
        survive(&bytes, &mut random, &mut tally);
        let grown = bytes_held() - before;
        assert!(grown < 400 << 20, "case {case}: the instance has grown by {grown} bytes");
    }
    say(format!("{tally:?}"));
    assert!(tally.refused > 0 && tally.ran > 0);
}

/// A good file with a few bytes changed, most of them in its header.
pub fn mutated(case: u64) -> (Vec<u8>, Random) {
    let good = include_bytes!("../../www/public/models/resnet20.gguf");
    let mut random = Random::new(case);
    (changed(good, 3_900, &mut random), random) // its header is as long as that
}

/// `good` with a few bytes changed, as many in its first `header` bytes as after them.
pub fn changed(good: &[u8], header: usize, random: &mut Random) -> Vec<u8> {
    let mut bytes = good.to_vec();
    for _ in 0..random.pick(&[1, 1, 2, 5]) {
        let (low, high) = if random.coin() { (0, header) } else { (header, good.len()) };
        let at = random.between(low, high).min(bytes.len() - 1);
        let len = random.pick(&[1, 2, 4, 8, 32, 300]).min(bytes.len() - at);
        match random.between(0, 15) {
            // A length, a count, an offset or a dimension.
            0..4 => {
                let value = random.pick(&[0, 1, 31, 33, 1 << 31, u64::from(u32::MAX), 1 << 60, 1 << 63, u64::MAX]);
                bytes[at..at + len.min(8)].copy_from_slice(&value.to_le_bytes()[..len.min(8)]);
            }
            4..6 => {
                let to = random.between(low, high).min(bytes.len() - len);
                bytes.copy_within(at..at + len, to);
            }
            6 => bytes.truncate(at.max(1)),
            7 => drop(bytes.drain(at..at + len)),
            8 => {
                let copy = bytes[at..at + len].to_vec();
                bytes.splice(at..at, copy);
            }
            9..12 => bytes[at] = random.between(0, 255) as u8,
            _ => bytes[at] ^= 1 << random.between(0, 7),
        }
        if bytes.is_empty() {
            break;
        }
    }
    bytes
}

/// A file whose parts fit together, up to the one or two that do not.
pub fn well_formed(case: u64) -> (Vec<u8>, Random) {
    let mut random = Random::new(case ^ 0x5EED << 32);
    let name = random.pick(&["resnet20", "resnet20", "plain20", "resnet32", "plain32"]);
    let architecture = Architecture::named(name).expect("a name that there is");
    let classes = random.pick(&[1, 2, 10, 10, 10, 37, 1000]);
    let labels: Vec<String> = (0..classes).map(|class| format!("class {class}")).collect();
    // Large sides take long.
    let side = if random.between(0, 99) == 0 { random.between(129, 512) } else { random.between(8, 40) };
    let kind = random.pick(&[TensorType::F32, TensorType::F16, TensorType::BF16, TensorType::Q8_0]);
    let noise: Vec<f32> = (0..4096).map(|_| random.signed()).collect();
    let weights = |_: &str, len: usize| {
        let scale = 0.2 / (len as f32 / 64.0 + 1.0).sqrt().sqrt();
        (0..len).map(|i| scale * noise[(i * 7 + len) % noise.len()]).collect()
    };
    let mut file = File::of(&architecture, side as u32, &labels, kind, weights);
    for _ in 0..random.between(0, 2) {
        if random.coin() { spoil_values(&mut file, &mut random) } else { spoil_header(&mut file, &mut random) }
    }
    let mut bytes = file.bytes();
    match random.between(0, 19) {
        0 => bytes.truncate(random.between(0, bytes.len())),
        1 => bytes.resize(bytes.len() + random.between(1, 100_000), 0xFF),
        _ => {}
    }
    (bytes, random)
}

fn spoil_values(file: &mut File, random: &mut Random) {
    let extreme = random.pick(&[f32::NAN, f32::INFINITY, f32::MAX, -f32::MAX, 1e30, 1e-45, -0.0, 0.0, 1e4]);
    if random.between(0, 3) == 0 {
        // A batch norm beside a convolution: with variances that it cannot have, or scales that overflow.
        let architecture = Architecture::named("resnet20").expect("a name that there is");
        let step = random.pick(&[0, 1, 4, 9]);
        let variance = random.pick(&[1.0, 0.0, -1.0, -1e-5, 1e-45, extreme]);
        let of = |part: &str| if part == "running_var" { variance } else { 1.0 };
        file.tensors.extend(gguf::batch_norm(&architecture.flow().steps()[step], of));
        return;
    }
    let index = random.between(0, file.tensors.len() - 1);
    let all = random.coin();
    let tensor = &mut file.tensors[index];
    let kind = [TensorType::F32, TensorType::F16, TensorType::BF16, TensorType::Q8_0];
    let Some(kind) = kind.into_iter().find(|kind| gguf::number(*kind) == tensor.kind) else { return };
    let block = gguf::encode(kind, &vec![extreme; kind.block_len()]);
    let count = if all { tensor.bytes.len() / block.len() } else { 1 };
    let spoilt = block.repeat(count);
    let len = spoilt.len().min(tensor.bytes.len());
    tensor.bytes[..len].copy_from_slice(&spoilt[..len]);
}

const LARGE: [u64; 8] = [0, 1, 1 << 16, 1 << 31, u32::MAX as u64, 1 << 60, 1 << 63, u64::MAX];

fn spoil_header(file: &mut File, random: &mut Random) {
    let index = random.between(0, file.tensors.len() - 1);
    let other = random.between(0, file.tensors.len() - 1);
    let key = random.between(0, file.metadata.len() - 1);
    let large = random.pick(&LARGE);
    match random.between(0, 22) {
        0 => file.version = random.pick(&[0, 1, 2, 4, u32::MAX]),
        1 => file.tensor_count = Some(large),
        2 => file.value_count = Some(large),
        3 => file.tensors[index].offset = Some(large),
        4 => file.tensors[index].offset = Some(32 * random.between(0, 10_000) as u64),
        5 => {
            let at = random.between(0, file.tensors[index].shape.len() - 1);
            file.tensors[index].shape[at] = large;
        }
        6 => file.tensors[index].shape.reverse(),
        7 => file.tensors[index].shape = vec![large; random.between(0, 6)],
        8 => file.tensors[index].kind = random.pick(&[0, 1, 2, 8, 30, 31, u32::MAX]),
        9 => file.tensors[index].name = file.tensors[other].name.clone(),
        10 => drop(file.tensors.remove(index)),
        11 => file.tensors.swap(index, other),
        12 => {
            let name = random.pick(&["", "x", "conv1.weight.", "fc.weight", "bn1.running_mean", "layer1.0.conv1."]);
            let extra = Tensor { name: name.into(), offset: None, ..file.tensors[other].clone() };
            file.tensors.insert(index, extra);
        }
        13 => drop(file.metadata.remove(key)),
        14 => file.metadata[key].1 = random_value(random),
        15 => {
            let again = file.metadata[key].clone();
            file.metadata.push(again);
        }
        16 => {
            let alignment = gguf::u32(random.pick(&[0, 1, 3, 8, 32, 1 << 16, 1 << 17, 1 << 31]));
            file.metadata.push(("general.alignment".into(), alignment));
        }
        17 => {
            let sides = [0, 1, 7, 8, 9, 31, 33, 64, 513, 1 << 20, u32::MAX];
            file.set("skipscope.input_side", gguf::u32(random.pick(&sides)));
        }
        18 => file.set("skipscope.resize_side", gguf::u32(random.pick(&[0, 8, 32, 40, 512, 513, u32::MAX]))),
        19 => {
            let values = [f32::NAN, f32::INFINITY, 0.0, -1.0, 1e-45, 1e-38, 1e38, f32::MAX];
            let key = random.pick(&["skipscope.mean", "skipscope.std"]);
            file.set(key, gguf::floats(&[random.pick(&values), 0.5, random.pick(&values)]));
        }
        20 => {
            let name = random.pick(&["resnet18", "resnet110", "resnet56", "plain20", "resnet1000000", "", "vgg16"]);
            file.set("skipscope.architecture", gguf::text(name));
        }
        21 => {
            let count = random.pick(&[0, 1, 11, 32_768, 32_769, 100_000]);
            file.set("skipscope.labels", gguf::texts(&vec![""; count]));
        }
        _ => {
            let label = "x".repeat(random.pick(&[0, 1000, 1001, 100_000]));
            file.set("skipscope.labels", gguf::texts(&vec![label; random.between(0, 12)]));
        }
    }
}

fn random_value(random: &mut Random) -> Value {
    let large = random.pick(&LARGE);
    match random.between(0, 7) {
        0 => gguf::u32(large as u32),
        1 => gguf::text(""),
        2 => Value(8, gguf::counted(&[0xFF, 0xFE])),
        3 => Value(8, large.to_le_bytes().to_vec()),
        4 => gguf::array(random.pick(&[0, 4, 6, 8, 9, 13]), large, Vec::new()),
        5 => gguf::floats(&vec![1.0; random.between(0, 5)]),
        6 => Value(random.pick(&[0, 1, 7, 10, 12, 13, 99]), vec![0; 8]),
        _ => gguf::texts(&vec!["x"; random.between(0, 2000)]),
    }
}
