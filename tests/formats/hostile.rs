//! Files of every format, broken in thousands of ways from a seed: each is read or refused, and takes no more memory than its own
//! bytes account for.
//!
//! `SKIPSCOPE_HOSTILE=20` multiplies the number of files.

use super::safetensors;
use crate::common::converted::{GOOD, convert};
use crate::common::hostile::changed;
use crate::common::onnx::{Model, external, node, small};
use crate::common::pth::{Storage, archive, dict, int, legacy, ordered};
use crate::common::random::Random;
use crate::common::{heap, onnx};
use skipscope::weights::formats::{Bytes, Error, Opened, StoredTensor, open};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Opens a file and reads all that is in it; whether it was a file at all, and every value in it too.
fn survive(bytes: &[u8], beside: &[u8]) -> (bool, bool) {
    let companions = |_: &str| Some(Box::new(beside.to_vec()) as Box<dyn Bytes>);
    // Of integers, that they are none is all that is said.
    let read = |tensor: &StoredTensor, values: Result<Vec<f32>, Error>| !tensor.dtype.is_float() || values.is_ok();
    match open(&bytes, &companions) {
        Ok(Opened::Checkpoint(found)) => {
            (true, found.tensors.iter().fold(true, |all, tensor| all & read(tensor, tensor.values(&bytes))))
        }
        Ok(Opened::Graph(graph)) => {
            let all = graph.initialisers.iter().map(|(name, tensor)| read(tensor, graph.values(name, &bytes)));
            (true, all.fold(true, |all, is| all & is))
        }
        Ok(Opened::Gguf | Opened::Tfjs) => (true, true),
        Err(error) => {
            assert!(!error.to_string().is_empty());
            (false, false)
        }
    }
}

fn times() -> u64 {
    std::env::var("SKIPSCOPE_HOSTILE").map_or(1, |times| times.parse().expect("a number of times"))
}

/// Each case changes `good`, half of the time in its first `header` bytes.
fn all_survive(good: &[u8], header: usize) {
    let beside = [0; 64];
    let (mut opened, mut whole) = (0, 0);
    let count = 3000 * times();
    for case in 0..count {
        let bytes = changed(good, header.min(good.len() - 1), &mut Random::new(case));
        heap::start();
        let survived = catch_unwind(AssertUnwindSafe(|| survive(&bytes, &beside)));
        let most = heap::most();
        let (was_opened, was_whole) = survived.unwrap_or_else(|_| panic!("case {case}"));
        opened += u64::from(was_opened);
        whole += u64::from(was_whole);
        assert!(most < 100_000 + 100 * bytes.len(), "case {case}, {} bytes, took {most}", bytes.len());
    }
    println!("{count} files: {opened} opened, {whole} with all that is in them");
    // Both ways out are walked, or the changes were too tame or too wild to tell anything.
    assert!(opened > count / 20 && opened < count * 19 / 20, "{opened} of {count} opened");
}

/// Whole nets: what is opened is recognised, too, and written as a model file.
#[test]
fn mutated_nets_are_survived() {
    for good in GOOD {
        assert!(convert(good.bytes).unwrap() > good.bytes.len() / 4);
        let (mut written, count) = (0, 200 * times());
        for case in 0..count {
            let bytes = changed(good.bytes, good.header, &mut Random::new(case));
            heap::start();
            let survived = catch_unwind(AssertUnwindSafe(|| convert(&bytes)));
            let most = heap::most();
            match survived.unwrap_or_else(|_| panic!("{}, case {case}", good.name)) {
                Ok(_) => written += 1,
                Err(error) => assert!(!error.to_string().is_empty()),
            }
            assert!(most < 1_000_000 + 8 * bytes.len(), "{}, case {case}, took {most}", good.name);
        }
        println!("{}: {written} of {count} written", good.name);
        assert!(written > 0 && written < count, "{}: {written} of {count} written", good.name);
    }
}

fn values() -> (Vec<u8>, [Storage; 3]) {
    let steps = Storage { key: "2", class: "LongStorage", len: 1, bytes: vec![9, 0, 0, 0, 0, 0, 0, 0] };
    let storages = [Storage::floats("0", &[0.5; 81]), Storage::floats("1", &[0.25; 3]), steps];
    let weights = ordered(&[
        ("module.conv.weight", storages[0].tensor(0, &[3, 3, 3, 3], &[27, 1, 9, 3])),
        ("module.bn.weight", storages[1].tensor(0, &[3], &[1])),
        ("module.bn.num_batches_tracked", storages[2].tensor(0, &[], &[])),
    ]);
    (dict(&[("epoch", int(3)), ("state_dict", weights)]), storages)
}

#[test]
fn mutated_safetensors_are_survived() {
    let f32s = |len: usize| safetensors::f32s(&vec![0.5; len]);
    let good = safetensors::file(&[
        ("conv.weight", "F32", vec![3, 3, 3, 3], f32s(81)),
        ("bn.weight", "BF16", vec![3], vec![0x3F; 6]),
        ("steps", "I64", vec![], vec![0; 8]),
    ]);
    all_survive(&good, 260);
}

#[test]
fn mutated_archives_of_pytorch_are_survived() {
    let (value, storages) = values();
    let good = archive(&value, &storages);
    all_survive(&good, good.len() - 1);
}

#[test]
fn mutated_files_of_old_pytorch_are_survived() {
    let (value, storages) = values();
    let good = legacy(&value, &storages);
    all_survive(&good, good.len() - 360);
}

#[test]
fn mutated_onnx_is_survived() {
    let mut model = small();
    model.tensors.push(external("beside", &[4], &[("location", "x.data"), ("offset", "16"), ("length", "16")]));
    model.tensors.push(onnx::tensor("floats", &[3], 1, &onnx::bytes(4, &onnx::floats(&[1.0, 2.0, 3.0]))));
    model.tensors.push(onnx::tensor("half", &[2], 10, &[onnx::number(5, 0x3C00), onnx::number(5, 0x4000)].concat()));
    // A shape from the picture's, pads from arithmetic: what computes with integers.
    let arithmetic = [
        node("Shape", "f", "shape", &[]),
        node("Gather", "shape zero", "n", &[]),
        node("Unsqueeze", "n first", "row", &[]),
        node("Concat", "row minus", "to", &[onnx::int("axis", 0)]),
        node("Reshape", "f to", "again", &[]),
        node("ConstantOfShape", "two", "filled", &[onnx::value("value", &onnx::sizes("", &[0]))]),
        node("Concat", "pads filled", "all", &[onnx::int("axis", 0)]),
        node("Reshape", "all pairs", "table", &[]),
        node("Slice", "table minus least zero1 minus", "back", &[]),
        node("Transpose", "back", "turned", &[onnx::ints("perm", &[1, 0])]),
        node("Reshape", "turned minus", "flat", &[]),
        node("Pad", "r flat", "padded", &[]),
        node("Transpose", "fc.weight", "fc.turned", &[onnx::ints("perm", &[1, 0])]),
    ];
    model.nodes.splice(7..7, arithmetic);
    let constants: [(&str, &[i64]); 6] = [
        ("first", &[0]),
        ("minus", &[-1]),
        ("two", &[2]),
        ("pads", &[0, 0, 0, 0, 1, 1]),
        ("pairs", &[-1, 2]),
        ("least", &[i64::MIN]),
    ];
    model.tensors.extend(constants.map(|(name, values)| onnx::sizes(name, values)));
    model.tensors.push(onnx::sizes("zero1", &[0]));
    model.tensors.push(onnx::tensor("zero", &[], 7, &onnx::bytes(9, &[0; 8])));
    model.outputs.extend(["again", "padded"].map(|name| onnx::picture(name, &[])));
    let good = Model { opset: 13, ..model }.bytes();
    assert_eq!(survive(&good, &[0; 64]), (true, true));
    all_survive(&good, good.len() - 1);
}
