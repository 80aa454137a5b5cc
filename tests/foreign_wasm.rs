//! The page's reader of other formats inside WebAssembly, where a panic is the end of the instance: files of every format, broken in
//! hundreds of ways from a seed. Each is opened and written as a model file, or refused with a reason; and the instance, whose memory
//! never shrinks, grows by no more than its files account for.
//!
//! `SKIPSCOPE_HOSTILE=20` when compiled multiplies the number of files.
#![cfg(target_arch = "wasm32")]

mod common;

use common::converted::{GOOD, Good, convert};
use common::hostile::changed;
use common::random::Random;
use js_sys::{Error, Function, Object, Reflect, Uint8Array};
use skipscope::wasm::foreign::look_into;
use skipscope::wasm::readable::{Beside, Readable};
use skipscope::weights::foreign;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_test::{console_log, wasm_bindgen_test};

/// Files of each format.
const CASES: u64 = 150;
/// Bytes by which the instance may grow: for any file, and for each byte of one. Measured: 330 KB for files of 75 KB, 590 for 245.
const MOST: (usize, usize) = (1 << 20, 8);

/// A file as the page's worker gives it.
fn readable(bytes: &[u8]) -> Readable {
    let file = Object::new();
    let body = "return this.bytes.slice(from, to)";
    let parts: [(&str, JsValue); 3] = [
        ("bytes", Uint8Array::from(bytes).into()),
        ("length", (bytes.len() as f64).into()),
        ("read", Function::new_with_args("from, to", body).into()),
    ];
    for (name, part) in parts {
        Reflect::set(&file, &name.into(), &part).expect("a plain object");
    }
    file.unchecked_into()
}

/// Nothing lies beside it.
fn alone() -> Beside {
    Function::new_no_args("return undefined").unchecked_into()
}

/// Half of the changes are in the header, whose bytes are far fewer than the weights'.
fn all_survive(name: &str) {
    let Good { bytes: good, header, .. } = GOOD.iter().find(|good| good.name == name).expect("one that there is");
    assert!(convert(good).expect("a good file") > good.len() / 4);
    let times = option_env!("SKIPSCOPE_HOSTILE").map_or(1, |times| times.parse().expect("a number of times"));
    let held = || core::arch::wasm32::memory_size(0) << 16;
    let before = held();
    let (mut opened, mut converted) = (0, 0);
    for case in 0..CASES * times {
        if case % 50 == 0 {
            console_log!("case {case}"); // where it traps, natively the same case is the one to look into
        }
        let bytes = changed(good, *header, &mut Random::new(case));
        let looked = look_into(&readable(&bytes), &alone());
        let found = convert(&bytes);
        match (looked, &found) {
            (Ok(_), Ok(_) | Err(foreign::Error::Weights(_))) => opened += 1,
            (Err(error), Err(why)) => {
                let said: String = JsValue::from(error).unchecked_into::<Error>().message().into();
                assert!(!said.is_empty() && said == why.to_string(), "case {case}: {said}; {why}");
            }
            (Ok(_), Err(why)) => panic!("case {case}: recognised, and then {why}"),
            (Err(_), Ok(_)) => panic!("case {case}: written, and not recognised"),
        }
        converted += u64::from(found.is_ok());
        let (grown, (any, each)) = (held() - before, MOST);
        assert!(
            grown < any + each * good.len(),
            "case {case}: {} bytes, and the instance grew by {grown}",
            bytes.len()
        );
    }
    let grown = held() - before;
    console_log!(
        "{opened} of {} opened, {converted} written; {grown} bytes for files of {}",
        CASES * times,
        good.len()
    );
    assert!(opened > 0 && opened < CASES * times, "the changes were too tame or too wild");
}

#[wasm_bindgen_test]
fn broken_safetensors_are_survived() {
    all_survive("v2.safetensors");
}

#[wasm_bindgen_test]
fn broken_archives_of_pytorch_are_survived() {
    all_survive("cifar-v2.channels_last.pth");
}

#[wasm_bindgen_test]
fn broken_files_of_old_pytorch_are_survived() {
    all_survive("groups.legacy.pth");
}

#[wasm_bindgen_test]
fn broken_onnx_is_survived() {
    all_survive("cifar-v2.folded.onnx");
}

#[wasm_bindgen_test]
fn broken_onnx_with_batch_norms_is_survived() {
    all_survive("v2.unfolded.onnx");
}
