//! Networks against PyTorch float64.

mod common;

common::parity_tests!(test, println);
