//! The lab: small residual and plain nets that train in the page, side by side, and what is asked of nets about why skip connections
//! work.
//!
//! | module | what it is |
//! |---|---|
//! | `settings` | what a visitor chooses, checked |
//! | [`random`], [`data`] | what a seed decides: pictures of ten classes, as many as anybody wants |
//! | [`ops`] | the project's kernels as candle's operations, each with its way back |
//! | [`net`] | a net on candle's autograd, wired as somebody asks |
//! | [`initial`] | the weights at the start |
//! | [`trainer`], [`descent`] | stochastic gradient descent, step by step |
//! | [`gradient_flow`] | gradient and signal of every layer at the start |
//! | [`paths`] | a gradient split by the number of residual branches it passed |
//! | [`ensembles`] | nets with blocks deleted or swapped |
//! | [`relu_loss`] | what ReLU throws away, with and without the identity branch |
//! | [`surface`] | the loss around a net's weights, along two random directions |
//! | [`subject`] | a net of the lab's or of a model file that these experiments are made on |
//! | [`export`] | a trained net as a PyTorch checkpoint, and as a model file |
//! | `wasm` | what the page calls (wasm32 only) |
//!
//! One thread: the page trains two nets in two workers.

pub mod data;
pub mod descent;
pub mod ensembles;
pub mod export;
pub mod gradient_flow;
pub mod initial;
pub mod net;
pub mod ops;
pub mod paths;
pub mod random;
pub mod relu_loss;
mod settings;
pub mod subject;
pub mod surface;
pub mod trainer;
#[cfg(target_arch = "wasm32")]
#[allow(missing_docs, reason = "not for Rust: its types and what is said of them go to the page")]
pub mod wasm;

pub use settings::{Initialisation, Settings};

use crate::weights;

/// Why something cannot be done.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Settings out of range, or a question that a net has no answer to.
    #[error("{0}")]
    Settings(String),
    /// Weights that do not fit.
    #[error(transparent)]
    Weights(#[from] weights::Error),
    /// candle's own.
    #[error(transparent)]
    Candle(#[from] candle_core::Error),
}
