//! Other people's files: what they hold comes back, and what is broken, missing or no weights at all is told by name.

#[path = "../common/mod.rs"]
mod common;

mod hostile;
mod onnx;
mod pth;
mod safetensors;

use common::heap;
use common::onnx::small;
use common::pth::{Storage, archive, dict};
use skipscope::weights::formats::{Bytes, Checkpoint, Error, Opened, open};
use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::ops::Range;

#[global_allocator]
static COUNTING: heap::Counting = heap::Counting;

/// What is in the file, or why not.
fn checkpoint(bytes: &[u8]) -> Result<Checkpoint, Error> {
    match open(&bytes, &|_| None)? {
        Opened::Checkpoint(checkpoint) => Ok(checkpoint),
        _ => panic!("no checkpoint"),
    }
}

/// That `result` is an error, in which `words` stand.
#[track_caller]
fn assert_error<T>(result: Result<T, Error>, words: &str) {
    let error = result.err().unwrap_or_else(|| panic!("no error, where '{words}' was expected")).to_string();
    assert!(error.contains(words), "'{error}' where '{words}' was expected");
}

/// A file that counts what is read of it.
struct Watched<'a> {
    bytes: &'a [u8],
    read: Cell<usize>,
    ranges: RefCell<Vec<Range<usize>>>,
}

impl<'a> Watched<'a> {
    fn new(bytes: &'a [u8]) -> Watched<'a> {
        Watched { bytes, read: Cell::new(0), ranges: RefCell::default() }
    }
}

impl Bytes for Watched<'_> {
    fn len(&self) -> usize {
        self.bytes.len()
    }

    /// As a browser does: into memory of its own.
    fn read(&self, range: Range<usize>) -> Result<Cow<'_, [u8]>, Error> {
        self.read.set(self.read.get() + range.len());
        self.ranges.borrow_mut().push(range.clone());
        Ok(Cow::Owned(self.bytes[range].to_vec()))
    }
}

#[test]
fn a_file_is_told_by_its_first_bytes() {
    let tar = [&[0; 257][..], b"ustar\x0000"].concat();
    for (bytes, words) in [
        (&b""[..], "is empty"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12\n", "a Git LFS pointer"),
        (b"\n <!DOCTYPE html><html><head>", "an HTML page"),
        (b"\xEF\xBB\xBF<html lang=en>", "an HTML page"),
        (b"<?xml version='1.0'?>", "an XML file"),
        (b"{\"error\": \"not found\"}", "a JSON file"),
        (b"[1, 2]", "a JSON file"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "a picture"),
        (b"\xFF\xD8\xFF\xE0\0\x10JFIF", "a picture"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "a picture"),
        (b"\0\0\0\x18ftypheic", "a picture or a film"),
        (b"\x89HDF\r\n\x1a\n\0\0", "a Keras HDF5 file"),
        (b"\x1F\x8B\x08\0", "gzip"),
        (b"\x80\x04\x95\x10\0\0\0\0\0\0\0}.", "a Python pickle that torch.save has not written"),
        (b"PK\x05\x06\0\0\0\0", "an empty zip"),
        (&tar, "an archive of tar"),
        (b"0.5 0.25 1.0\n", "begins as no format"),
        (b"\x08", "begins as no format"),
    ] {
        assert_error(open(&bytes, &|_| None), words);
    }
    let tfjs = b" {\"format\": \"layers-model\", \"modelTopology\": {}}";
    assert!(matches!(open(tfjs, &|_| None), Ok(Opened::Tfjs)));
    assert!(matches!(open(b"GGUF\x03\0\0\0", &|_| None), Ok(Opened::Gguf)));
    assert!(matches!(open(&small().bytes(), &|_| None), Ok(Opened::Graph(_))));
}

/// Of four megabytes of weights, what says where they lie is read, and then one tensor of them.
#[test]
fn weights_are_read_one_tensor_at_a_time() {
    let values: Vec<f32> = (0..1 << 18).map(|i| i as f32).collect();
    let storages = ["0", "1", "2", "3"].map(|key| Storage::floats(key, &values));
    let tensors = storages.each_ref().map(|storage| storage.tensor(0, &[512, 512], &[512, 1]));
    let [a, b, c, d] = tensors;
    let pth = archive(&dict(&[("wa", a), ("wb", b), ("wc", c), ("wd", d)]), &storages);
    let safetensors = safetensors::file(
        &["wa", "wb", "wc", "wd"].map(|name| (name, "F32", vec![512, 512], safetensors::f32s(&values))),
    );
    let mut model = small();
    model.tensors.extend(["wa", "wb", "wc", "wd"].map(|name| common::onnx::weights(name, &[512, 512], &values)));
    let tensor = 4 * values.len();
    for file in [pth, safetensors, model.bytes()] {
        let watched = Watched::new(&file);
        heap::start();
        let opened = open(&watched, &|_| None).unwrap();
        assert!(watched.read.get() < 200_000, "{} bytes were read", watched.read.get());
        assert!(heap::most() < 200_000, "{} bytes were taken", heap::most());
        watched.read.set(0);
        heap::start();
        let found = match &opened {
            Opened::Checkpoint(checkpoint) => checkpoint.values("wc", &watched),
            Opened::Graph(graph) => graph.values("wc", &watched),
            _ => panic!("no weights"),
        };
        assert!(heap::most() < tensor + (2 << 20), "{} bytes were taken", heap::most());
        assert_eq!(found.unwrap(), values);
        assert_eq!(watched.read.get(), tensor);
    }
}

#[cfg(any(unix, windows))]
#[test]
fn a_file_on_disk_is_read_by_ranges() {
    use skipscope::weights::formats::FileBytes;
    let path = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("ranges.bin");
    std::fs::write(&path, b"0123456789").unwrap();
    let file = FileBytes::open(&path).unwrap();
    assert_eq!((file.len(), file.is_empty()), (10, false));
    assert_eq!(*file.read(3..7).unwrap(), *b"3456");
    assert_eq!(*file.read(10..10).unwrap(), *b"");
    assert_error(file.read(7..11), "goes on to byte 11");
    // Who makes it shorter while it is read gets an error.
    std::fs::write(&path, b"0123").unwrap();
    assert_error(file.read(3..7), "ends at byte 4");
}
