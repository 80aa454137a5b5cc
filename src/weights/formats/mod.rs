//! Formats of weights: bytes in, named tensors out ([`Source`](super::Source)), or a graph of operators (`onnx`).
//!
//! Foreign ones are read by ranges (`Bytes`), header first, then one tensor at a time, and are not trusted in anything.

#[cfg(feature = "convert")]
mod bytes;
#[cfg(feature = "convert")]
mod checkpoint;
#[cfg(feature = "convert")]
mod error;
pub(super) mod gguf;
#[cfg(feature = "convert")]
pub mod onnx;
#[cfg(feature = "convert")]
mod open;
#[cfg(feature = "convert")]
pub mod pth;
#[cfg(feature = "convert")]
pub mod safetensors;
#[cfg(feature = "convert")]
pub mod tfjs;

#[cfg(all(feature = "convert", any(unix, windows)))]
pub use bytes::FileBytes;
#[cfg(feature = "convert")]
pub use {
    bytes::Bytes,
    checkpoint::{Checkpoint, CheckpointSource, Dtype, Place, StoredTensor},
    error::Error,
    gguf::TensorType,
    open::{Companions, Opened, open},
};
