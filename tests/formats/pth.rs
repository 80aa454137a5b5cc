//! PyTorch's files, of both kinds.

use super::{assert_error, checkpoint};
use crate::common::heap;
use crate::common::pth::{
    Storage, archive, call, dict, entries, global, int, legacy, legacy_of, long, module, ordered, pickle, sizes, text,
    tuple,
};
use crate::common::zip::{Entry, zip};
use skipscope::weights::formats::{Dtype, Error};

const RAMP: [f32; 6] = [0.0, 1.0, 2.0, 3.0, 4.0, 5.0];

/// Both kinds of files with that value, and those of the storages that it names.
fn both(value: &[u8], storages: &[Storage]) -> [Vec<u8>; 2] {
    let named = |storage: &&Storage| value.windows(storage.id().len()).any(|part| part == storage.id());
    let storages: Vec<Storage> = storages.iter().filter(named).cloned().collect();
    [archive(value, &storages), legacy(value, &storages)]
}

/// That both say so.
#[track_caller]
fn refused(value: &[u8], storages: &[Storage], words: &str) {
    for file in both(value, storages) {
        assert_error(checkpoint(&file), words);
    }
}

#[test]
fn tensors_are_views_of_storages() {
    let ramp = Storage::floats("0", &RAMP);
    let steps = Storage { key: "1", class: "LongStorage", len: 1, bytes: vec![9, 0, 0, 0, 0, 0, 0, 0] };
    let half = Storage { key: "2", class: "HalfStorage", len: 2, bytes: vec![0, 0x3C, 0, 0xC1] };
    // Not read, and yet the storages after it are found in an old file.
    let quantised = Storage { key: "3", class: "QInt8Storage", len: 3, bytes: vec![1, 2, 3] };
    let parameter =
        call("torch._utils._rebuild_parameter", &[half.tensor(0, &[2], &[1]), b"\x88".to_vec(), b"N".to_vec()]);
    let value = ordered(&[
        ("rows", ramp.tensor(0, &[2, 3], &[3, 1])),
        ("turned", ramp.tensor(0, &[3, 2], &[1, 3])),
        ("last", ramp.tensor(0, &[1, 3, 1, 2], &[6, 1, 6, 3])), // 1x3x1x2, its channels last
        ("part", ramp.tensor(4, &[2], &[1])),
        ("every other", ramp.tensor(1, &[3], &[2])),
        ("one", ramp.tensor(5, &[], &[])),
        ("steps", steps.tensor(0, &[], &[])),
        ("parameter", parameter),
        ("bytes", call("torch._utils._rebuild_qtensor", &[quantised.id()])),
    ]);
    for bytes in both(&value, &[ramp, quantised, steps, half]) {
        let found = checkpoint(&bytes).unwrap();
        let names: Vec<&str> = found.tensors.iter().map(|tensor| tensor.name.as_str()).collect();
        assert_eq!(names, ["rows", "turned", "last", "part", "every other", "one", "steps", "parameter"]);
        for (name, expected) in [
            ("rows", &RAMP[..]),
            ("turned", &[0.0, 3.0, 1.0, 4.0, 2.0, 5.0]),
            ("last", &[0.0, 3.0, 1.0, 4.0, 2.0, 5.0]),
            ("part", &[4.0, 5.0]),
            ("every other", &[1.0, 3.0, 5.0]),
            ("one", &[5.0]),
            ("parameter", &[1.0, -2.5]),
        ] {
            assert_eq!(found.values(name, &bytes).unwrap(), expected, "{name}");
        }
        assert_eq!(found.get("last").unwrap().shape, [1, 3, 1, 2]);
        assert_eq!(found.get("steps").unwrap().dtype, Dtype::Integer(8));
    }
}

#[test]
fn weights_are_found_among_what_is_saved_beside_them() {
    let (ours, average) = (Storage::floats("0", &[1.0]), Storage::floats("1", &[2.0]));
    let (a, b) = (ours.tensor(0, &[1], &[1]), average.tensor(0, &[1], &[1]));
    let weights = |tensor: &[u8]| ordered(&[("module.w", tensor.to_vec())]);
    let namespace = [global("argparse.Namespace"), b")\x81".to_vec(), dict(&[("lr", int(1))]), b"b".to_vec()].concat();
    let list_of_pairs = [b"](".to_vec(), text("w"), a.clone(), b"\x86e".to_vec()].concat();
    for (value, expected) in [
        (weights(&a), 1.0),
        (dict(&[("epoch", int(3)), ("args", namespace), ("best", b.clone()), ("state_dict", weights(&a))]), 1.0),
        (dict(&[("state_dict_ema", weights(&b)), ("model", weights(&a))]), 1.0),
        (dict(&[("model_ema", weights(&b)), ("state_dict", dict(&[])), ("net", b"N".to_vec())]), 2.0),
        (dict(&[("state_dict", dict(&[("model", weights(&a))]))]), 1.0),
        (dict(&[("model", dict(&[("depth", int(18))])), ("params", weights(&b))]), 2.0),
        (call("collections.OrderedDict", &[list_of_pairs]), 1.0), // as Python 2 wrote it
    ] {
        for bytes in both(&value, &[ours.clone(), average.clone()]) {
            let found = checkpoint(&bytes).unwrap();
            assert_eq!(found.values("w", &bytes).unwrap(), [expected]);
            assert_eq!(found.tensors.len(), 1);
        }
    }
}

#[test]
fn code_is_named_and_not_run() {
    let storage = Storage::floats("0", &[1.0]);
    let tensor = storage.tensor(0, &[1], &[1]);
    let evil = call("os.system", &[text("rm -rf /")]);
    let beside = dict(&[("w", tensor.clone()), ("scale", evil.clone()), ("note", text("x"))]);
    for bytes in both(&beside, std::slice::from_ref(&storage)) {
        let found = checkpoint(&bytes).unwrap();
        assert_eq!(found.tensors.len(), 1);
        assert_error(found.values("scale", &bytes), "'scale' is made by the Python code 'os.system'");
        assert_eq!(found.values("note", &bytes), Err(Error::Missing("note".into())));
    }
    refused(&evil, &[], "'os.system'");
    let state = [("_modules", ordered(&[("conv", tensor.clone())])), ("training", b"\x89".to_vec())];
    let whole = module("torchvision.models.resnet.ResNet", &state);
    for value in [whole.clone(), dict(&[("epoch", int(1)), ("model", whole)])] {
        let words =
            "holds a whole module ('torchvision.models.resnet.ResNet'), which is a program; save its state_dict()";
        refused(&value, std::slice::from_ref(&storage), words);
    }
    refused(&tensor, &[storage], "one tensor, without a name");
    for value in [dict(&[("epoch", int(3))]), int(3), b"]".to_vec()] {
        refused(&value, &[], "holds no tensors by name");
    }
}

#[test]
fn views_that_lie_are_refused() {
    let ramp = Storage::floats("0", &RAMP);
    let big = 1 << 60;
    for (tensor, words) in [
        (ramp.tensor(0, &[7], &[1]), "beyond its storage"),
        (ramp.tensor(1, &[2, 3], &[3, 1]), "beyond its storage"),
        (ramp.tensor(big, &[1], &[1]), "beyond its storage"),
        (ramp.tensor(0, &[big, big], &[big, 1]), "beyond its storage"),
        (ramp.tensor(0, &[2, 3], &[big, big]), "beyond its storage"),
        (ramp.tensor(0, &[2, 3], &[1]), "beyond its storage"),
        (ramp.tensor(0, &[1000, 1000], &[0, 0]), "repeats its elements"),
        (ramp.tensor(0, &[big], &[0]), "repeats its elements"),
        (ramp.tensor(0, &[6, 6], &[1, 0]), "repeats its elements"),
    ] {
        refused(&dict(&[("w", tensor)]), std::slice::from_ref(&ramp), words);
    }
    // What is no size is no tensor that is known here.
    for tensor in [ramp.tensor(0, &[-1], &[1]), ramp.tensor(-1, &[1], &[1]), ramp.tensor(0, &[1], &[-1])] {
        refused(&dict(&[("w", tensor)]), std::slice::from_ref(&ramp), "holds no tensors by name");
    }
    // A thousand networks in the bytes of one.
    let names: Vec<String> = (0..1000).map(|i| format!("w{i}")).collect();
    let shared: Vec<(&str, Vec<u8>)> = names.iter().map(|name| (name.as_str(), ramp.tensor(0, &[6], &[1]))).collect();
    let large = Storage::floats("0", &[1.0; 100_000]);
    refused(
        &dict(&[
            ("a", large.tensor(0, &[100_000], &[1])),
            ("b", large.tensor(0, &[100_000], &[1])),
            ("c", large.tensor(0, &[100_000], &[1])),
        ]),
        &[large],
        "more than twice",
    );
    assert!(checkpoint(&archive(&dict(&shared), &[ramp])).is_ok());
    for (len, words) in [(7, "storage"), (big, "storage"), (-1, "holds no tensors by name")] {
        let lying = Storage { len, ..Storage::floats("0", &RAMP) };
        let file = archive(&dict(&[("w", lying.tensor(0, &[6], &[1]))]), &[lying]);
        assert_error(checkpoint(&file), words);
    }
}

#[test]
fn archives_that_lie_are_refused() {
    let ramp = Storage::floats("0", &RAMP);
    let value = dict(&[("w", ramp.tensor(0, &[6], &[1]))]);
    let good = entries(&value, std::slice::from_ref(&ramp));
    let with = |change: &dyn Fn(&mut Vec<Entry>)| {
        let mut entries = good.clone();
        change(&mut entries);
        checkpoint(&zip(&entries))
    };
    assert!(with(&|_| {}).is_ok());
    assert_error(with(&|e| e[2].method = 8), "'data/0' is compressed");
    assert_error(with(&|e| e[0].method = 8), "'data.pkl' is compressed");
    assert_error(with(&|e| e[1].bytes = b"big".to_vec()), "big-endian");
    assert_error(with(&|e| drop(e.remove(2))), "storage '0', which is not there");
    assert_error(with(&|e| drop(e.remove(0))), "a zip that torch.save has not written");
    assert_error(with(&|e| e[2].len = Some(1 << 30)), "'data/0'");
    assert_error(with(&|e| e[2].len = Some(20)), "a storage of 20 bytes where 24 are stated");
    assert_error(with(&|e| e.push(Entry::new("net/code/net.py", vec![]))), "TorchScript");
    let whole = zip(&good);
    for len in 4..whole.len() {
        assert!(checkpoint(&whole[..len]).is_err(), "{len} bytes");
    }
    let whole = legacy(&value, std::slice::from_ref(&ramp));
    for len in 1..whole.len() {
        assert!(checkpoint(&whole[..len]).is_err(), "{len} bytes");
    }
    assert_error(checkpoint(&legacy_of(&value, &[ramp], false)), "big-endian");
}

#[test]
fn pickles_that_lie_are_refused() {
    let deep = 100_000;
    for (pickle, words) in [
        (b"\x80\x02}".to_vec(), "ends too early"),
        (b"\x80\x02X\xFF\xFF\xFF\xFFabc.".to_vec(), "ends too early"),
        (b"\x80\x04\x8d\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFFabc.".to_vec(), "ends too early"),
        (b"\x80\x02\x8b\xFF\xFF\xFF\x7F\x01.".to_vec(), "ends too early"),
        (b"\x80\x02cos".to_vec(), "ends too early"),
        (b"\x80\x02.".to_vec(), "takes more than it has put"),
        (b"\x80\x02K\x01(0.".to_vec(), "takes more than it has put"),
        (b"\x80\x02}t.".to_vec(), "without the mark"),
        (b"\x80\x02h\x07.".to_vec(), "goes back to value 7"),
        (b"\x80\x02K\x01(K\x01K\x02u.".to_vec(), "into no container"),
        (b"\x80\x02](K\x01K\x02u.".to_vec(), "into a List"),
        (b"\x80\x02}(K\x01u.".to_vec(), "into a Dict"),
        (b"\x80\x02(K\x01d.".to_vec(), "a key without a value"),
        (b"\x80\x02i__builtin__\neval\n.".to_vec(), "opcode 0x69"),
        (b"\x80\x02\x82\x01.".to_vec(), "opcode 0x82"),
        (b"\x80\x02P1\n.".to_vec(), "opcode 0x50"),
        ([vec![b'N'; 2 << 20], b".".to_vec()].concat(), "more than 1048576 steps"),
        // Deep, and round: neither makes anything recur.
        ([vec![b']'; deep], vec![b'a'; deep - 1], b".".to_vec()].concat(), "holds no tensors by name"),
        (b"\x80\x02]q\0h\0a.".to_vec(), "holds no tensors by name"),
        (b"\x80\x02}q\0X\x05\0\0\0modelh\0s.".to_vec(), "holds no tensors by name"),
    ] {
        let file = zip(&[Entry::new("net/data.pkl", pickle)]);
        assert_error(checkpoint(&file), words);
    }
}

/// Whatever a pickle makes many of, it takes memory by the opcode.
#[test]
fn pickles_take_no_more_memory_than_their_opcodes() {
    let many = |unit: &[u8]| unit.repeat(300_000 / unit.len());
    for (first, unit) in [
        (&b""[..], &b")"[..]),
        (b"", b"]"),
        (b"", b"N"),
        (b"", b"("),
        (b"N", b"\x94"),
        (b"N", b"2\x85"),
        (b"N", b")R"),
        (b"]", b"Na"),
        (b"}", b"NNs"),
        (b"", b"ca\nb\n"),
        (&[b"(".to_vec(), many(b"N"), b"1".to_vec()].concat(), b"(t0"), // small tuples where the stack was large
    ] {
        let file = zip(&[Entry::new("net/data.pkl", [first, &many(unit), b"."].concat())]);
        heap::start();
        assert!(checkpoint(&file).is_err());
        let most = heap::most();
        assert!(most < 100_000 + 200 * file.len(), "{unit:?}: {} bytes took {most}", file.len());
    }
}

/// In the third version a storage is bytes, and the tensor says what they are.
#[test]
fn untyped_storages_and_frames_are_read() {
    let bytes: Vec<u8> = RAMP.iter().flat_map(|value| value.to_le_bytes()).collect();
    let id = tuple(&[text("storage"), global("torch.storage.UntypedStorage"), text("0"), text("cpu"), long(24)]);
    let tensor = call(
        "torch._utils._rebuild_tensor_v3",
        &[
            [id, b"Q".to_vec()].concat(),
            long(1),
            call("torch.Size", &[sizes(&[2])]),
            sizes(&[1]),
            b"\x89".to_vec(),
            b"N".to_vec(),
            global("torch.float32"),
        ],
    );
    // Protocol 4: a frame, a short text, what is made memoized.
    let value = [b"}\x94(\x8c\x01w\x94".to_vec(), tensor, b"u".to_vec()].concat();
    let framed = [&b"\x80\x04\x95\0\0\0\0\0\0\0\0"[..], &pickle(&value)[2..]].concat();
    let file = zip(&[Entry::new("net/data.pkl", framed), Entry::new("net/data/0", bytes)]);
    let found = checkpoint(&file).unwrap();
    assert_eq!(found.values("w", &file).unwrap(), [1.0, 2.0]);
}
