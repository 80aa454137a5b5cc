//! Formats of weights, a file each: bytes in, named tensors out ([`Source`](super::Source)).

pub(super) mod gguf;
#[cfg(feature = "convert")]
pub mod safetensors;
#[cfg(feature = "convert")]
pub mod tfjs;
