//! The engine inside WebAssembly: the same checks as the native tests, run in node and in Chromium.
#![cfg(target_arch = "wasm32")]

mod common;

use wasm_bindgen_test::{console_log, wasm_bindgen_test};

common::colour_tests!(wasm_bindgen_test, console_log);
common::kernel_tests!(wasm_bindgen_test);
common::side_tests!(wasm_bindgen_test);
common::design_tests!(wasm_bindgen_test);
common::parity_tests!(wasm_bindgen_test, console_log);
common::viewer_tests!(wasm_bindgen_test);
common::boundary_tests!(wasm_bindgen_test);
common::hostile_tests!(wasm_bindgen_test, console_log);
