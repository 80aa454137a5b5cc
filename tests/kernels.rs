//! The kernels, natively. The same suite runs in every wasm flavour.

#![cfg(not(target_arch = "wasm32"))]

mod common;

use common::kernels;

#[test]
fn convolutions_match_naive() {
    kernels::convolutions_match_naive();
}

#[test]
fn deep_convolutions_match_naive() {
    kernels::deep_convolutions_match_naive();
}

#[test]
fn stems_match_naive() {
    kernels::stems_match_naive();
}

#[test]
fn linear_layers_match_naive() {
    kernels::linear_layers_match_naive();
}

#[test]
fn max_pool_matches_naive() {
    kernels::max_pool_matches_naive();
}

#[test]
fn global_average_pool_matches_naive() {
    kernels::global_average_pool_matches_naive();
}

#[test]
fn sum_relu_matches_naive() {
    kernels::sum_relu_matches_naive();
}

#[test]
fn option_a_matches_naive() {
    kernels::option_a_matches_naive();
}
