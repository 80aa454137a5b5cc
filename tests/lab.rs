//! The lab, natively. The wasm flavours run a part of the same suite.
#![cfg(not(target_arch = "wasm32"))]

mod common;

use common::lab;

#[test]
fn a_residual_net_trains_as_in_pytorch() {
    lab::training_is_pytorchs(true, |what| println!("{what}"));
}

#[test]
fn a_plain_net_trains_as_in_pytorch() {
    lab::training_is_pytorchs(false, |what| println!("{what}"));
}

#[test]
fn gradients_flow_as_in_pytorch() {
    lab::gradient_flow_is_pytorchs(|what| println!("{what}"));
}

#[test]
fn paths_are_those_of_pytorch() {
    lab::paths_are_pytorchs(|what| println!("{what}"));
}

#[test]
fn a_seed_decides_a_run() {
    lab::a_seed_decides_a_run();
}

#[test]
fn paths_sum_to_the_gradient() {
    lab::paths_sum_to_the_gradient(|what| println!("{what}"));
}

#[test]
fn shipped_nets_are_read_and_split() {
    lab::shipped_nets_are_read_and_split(|what| println!("{what}"));
}

#[test]
fn relu_loss_is_what_is_negative() {
    lab::relu_loss_is_what_is_negative();
}

#[test]
fn blocks_are_deleted_and_swapped() {
    lab::blocks_are_deleted_and_swapped();
}

#[test]
fn a_surface_is_the_loss_around_the_weights() {
    lab::surface_is_the_loss_around_the_weights();
}

#[test]
fn nets_are_restored() {
    lab::nets_are_restored();
}

#[test]
fn gradients_of_convolutions() {
    common::differences::convolutions();
    common::differences::stems();
}

#[test]
fn gradients_of_batch_norms() {
    common::differences::batch_norms();
}

#[test]
fn gradients_of_sums_and_shortcuts() {
    common::differences::sums_and_shortcuts();
}

#[test]
fn gradients_of_heads() {
    common::differences::heads();
}

#[test]
fn training_is_that_of_stock_candle() {
    lab::training_is_stock_candles(skipscope::lab::net::Wiring::Residual);
    lab::training_is_stock_candles(skipscope::lab::net::Wiring::Plain);
}

#[test]
#[ignore = "a report, not a check"]
fn report_the_time_of_a_step() {
    println!("{}", lab::time_of_a_step());
}
