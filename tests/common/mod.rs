//! What native tests and wasm tests share.

pub mod kernels;
pub mod random;
