//! What a file is, told by its first bytes: people rename files, and pages save themselves under any name.

use super::bytes::{self, Bytes};
use super::{Checkpoint, Error, onnx, pth, safetensors};

/// Brings a file that lies beside the one being read, by its name; none where it is not at hand.
pub type Companions<'a> = dyn Fn(&str) -> Option<Box<dyn Bytes>> + 'a;

/// A file of weights, its header read.
pub enum Opened {
    /// Named tensors: `.safetensors`, `.pth`.
    Checkpoint(Checkpoint),
    /// A graph of operators, and the tensors in it.
    Graph(onnx::Graph),
    /// One of our own, or another's GGUF: [`ModelFile`](crate::weights::ModelFile) reads it.
    Gguf,
    /// A tfjs layers-model: [`LayersModel`](super::tfjs::LayersModel) reads it.
    Tfjs,
}

/// Tells what `bytes` are, and reads their header. What is no file of weights comes back as an error that says what it is.
pub fn open(bytes: &dyn Bytes, companions: &Companions<'_>) -> Result<Opened, Error> {
    let first = bytes::first(bytes, 4096)?;
    match kind(&first)? {
        Kind::Gguf => Ok(Opened::Gguf),
        Kind::Tfjs => Ok(Opened::Tfjs),
        Kind::Pth => pth::read(bytes).map(Opened::Checkpoint),
        Kind::Safetensors => safetensors::read(bytes).map(Opened::Checkpoint),
        Kind::Onnx => onnx::read(bytes, companions).map(Opened::Graph),
    }
}

#[derive(Debug, PartialEq)]
enum Kind {
    Gguf,
    Tfjs,
    Pth,
    Safetensors,
    Onnx,
}

/// Beginnings that leave no doubt.
const FOREIGN: [(&[u8], &str); 15] = [
    (b"version https://git-lfs", "a Git LFS pointer, which stands for the weights: fetch them with 'git lfs pull'"),
    (b"\x89HDF\r\n\x1a\n", "a Keras HDF5 file; convert it to ONNX or to a tfjs layers-model"),
    (b"\x89PNG\r\n\x1a\n", "a picture"),
    (b"\xFF\xD8\xFF", "a picture"),
    (b"GIF8", "a picture"),
    (b"BM", "a picture"),
    (b"%PDF-", "a PDF"),
    (b"\x1F\x8B", "compressed by gzip; unpack it"),
    (b"BZh", "compressed by bzip2; unpack it"),
    (b"\xFD7zXZ\0", "compressed by xz; unpack it"),
    (b"\x28\xB5\x2F\xFD", "compressed by zstd; unpack it"),
    (b"7z\xBC\xAF\x27\x1C", "an archive of 7-Zip; unpack it"),
    (b"\x93NUMPY", "a NumPy array, without names"),
    (b"PK\x05\x06", "an empty zip"),
    (b"\x7FELF", "a program"),
];

fn kind(first: &[u8]) -> Result<Kind, Error> {
    let text = first.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(first).trim_ascii_start();
    let contains = |word: &str| text.windows(word.len()).any(|part| part.eq_ignore_ascii_case(word.as_bytes()));
    let begins = |word: &str| text.get(..word.len()).is_some_and(|part| part.eq_ignore_ascii_case(word.as_bytes()));
    // A safetensors header's length comes first, and may be any text: what follows it may not.
    let header = first.first_chunk().map_or(0, |len| u64::from_le_bytes(*len));
    match first {
        [] => Err(Error::Empty),
        _ if first.starts_with(b"GGUF") => Ok(Kind::Gguf),
        _ if first.starts_with(b"PK\x03\x04") || first.starts_with(pth::LEGACY) => Ok(Kind::Pth),
        _ if first.get(8) == Some(&b'{') && header < 1 << 32 => Ok(Kind::Safetensors),
        _ if first.get(257..262) == Some(b"ustar") => Err(Error::Foreign("an archive of tar; unpack it")),
        _ if first.starts_with(b"RIFF") && first.get(8..12) == Some(b"WEBP") => Err(Error::Foreign("a picture")),
        _ if first.get(4..8) == Some(b"ftyp") => Err(Error::Foreign("a picture or a film")), // HEIC, AVIF, MP4
        _ if let Some((_, what)) = FOREIGN.iter().find(|(start, _)| first.starts_with(start)) => {
            Err(Error::Foreign(what))
        }
        _ if begins("<!doctype html") || begins("<html") => Err(Error::Foreign("an HTML page")),
        _ if begins("<?xml") || begins("<svg") => Err(Error::Foreign("an XML file")),
        [0x80, 2..=5, ..] => Err(Error::Foreign("a Python pickle that torch.save has not written")),
        _ if text.starts_with(b"{") && (contains("\"modelTopology\"") || contains("\"weightsManifest\"")) => {
            Ok(Kind::Tfjs)
        }
        _ if text.starts_with(b"{") || text.starts_with(b"[") => {
            Err(Error::Foreign("a JSON file, and no tfjs model.json"))
        }
        _ if onnx::may_begin(first) => Ok(Kind::Onnx),
        _ => Err(Error::Unknown),
    }
}
