//! SkipScope runs ResNets and shows, block by block, the identity branch x, the residual branch F(x), and what their sum
//! becomes.
//!
//! The map of the crate, from the outside in:
//!
//! | module | what it is |
//! |---|---|
//! | [`arch`] | architectures as data: He et al. Table 1, section 4.2, and the plain twins |
//! | [`weights`] | bytes to named tensors; model files that describe themselves; batch norm folding |
//! | [`image`] | decoded pixels to the network's normalised input |
//! | [`model`] | a model file opened: classify and trace pictures |
//! | [`viewer`] | a model looking at one picture: lesions that resume where they begin |
//! | [`cam`] | class activation maps |
//! | [`loader`] | the same, built while its file arrives |
//! | [`network`] | an architecture and weights compiled to packed layers and planned buffers; `forward` with a [`trace::Probe`] |
//! | [`trace`] | what a run shows: each block's identity, residual, sum and output |
//! | [`lesion`] | runs with a branch scaled or removed |
//! | [`kernels`] | convolution, pooling and sums on slices |
//! | [`reference`](mod@reference) | the same network on stock candle-nn: the oracle of the tests |
//! | `wasm` | what the page calls (wasm32 only) |
//! | `wasm_bench` | what the page's benchmark calls (wasm32 only) |
//!
//! Data goes one way: pixels -> [`image`] -> [`network`] -> [`trace::Probe`] -> whoever asked.

pub mod arch;
pub mod cam;
pub mod image;
pub mod kernels;
pub mod lesion;
pub mod loader;
pub mod model;
pub mod network;
pub mod reference;
pub mod trace;
pub mod viewer;
pub mod weights;

#[cfg(all(target_arch = "wasm32", not(feature = "candle-peer")))]
pub mod wasm;

#[cfg(target_arch = "wasm32")]
pub mod wasm_bench;
