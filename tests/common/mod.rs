//! Shared by the native and the wasm test binaries.
#![allow(dead_code)] // each binary uses its part

pub mod golden;
