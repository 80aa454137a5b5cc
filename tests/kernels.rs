//! The kernels, natively. The same suite runs in every wasm flavour.
#![cfg(not(target_arch = "wasm32"))]

mod common;

common::kernel_tests!(test);
common::side_tests!(test);
