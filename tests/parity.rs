//! Networks against PyTorch float64.

mod common;

common::design_tests!(test);
common::parity_tests!(test, println);
