//! The engine inside WebAssembly: the same checks as the native tests, run in node and in Chromium.
#![cfg(target_arch = "wasm32")]

mod common;

use wasm_bindgen_test::{console_log, wasm_bindgen_test};

common::parity_tests!(wasm_bindgen_test, console_log);

/// The kernel suite, test by test.
macro_rules! kernels {
    ($($test:ident)*) => {
        $(#[wasm_bindgen_test]
        fn $test() {
            common::kernels::$test();
        })*
    };
}

kernels! {
    convolutions_match_naive
    deep_convolutions_match_naive
    stems_match_naive
    linear_layers_match_naive
    max_pool_matches_naive
    global_average_pool_matches_naive
    sum_relu_matches_naive
    option_a_matches_naive
}
