//! The command line, on the models in this repository.
#![cfg(not(target_arch = "wasm32"))]

mod bombs;
mod classify;
#[cfg(feature = "candle")]
mod convert;
mod corpus;
mod eval;
mod foreign;
#[cfg(feature = "lab")]
mod lab;
mod mutations;
#[allow(dead_code, reason = "the kernels' tests use the rest")]
#[path = "../common/random.rs"]
mod random;

use image::{DynamicImage, ImageFormat};
use serde_json::Value;
use std::io::Cursor;
use std::path::{Path, PathBuf};
use std::process::Command;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

struct Ran {
    code: Option<i32>,
    out: String,
    err: String,
}

/// The binary with at most 2 GB of address space, where the system can set such a limit (macOS cannot), and five minutes of
/// processor time: what eats either on a hostile file ends here.
fn capped() -> Command {
    let binary = env!("CARGO_BIN_EXE_skipscope");
    if cfg!(not(unix)) {
        return Command::new(binary);
    }
    let mut shell = Command::new("sh");
    shell.args(["-c", "ulimit -v 2000000 2>/dev/null; ulimit -t 300; exec \"$0\" \"$@\"", binary]);
    shell
}

fn skipscope<S: AsRef<std::ffi::OsStr>>(arguments: impl IntoIterator<Item = S>) -> Ran {
    let output = capped().args(arguments).output().unwrap();
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
