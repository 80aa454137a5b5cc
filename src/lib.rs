//! SkipScope runs ResNets and shows, block by block, the identity branch x, the residual branch F(x), and what their sum
//! becomes.
//!
//! ```
//! use skipscope::{image::Picture, model::Model};
//!
//! # let (rgba, width, height) = ([200, 120, 40, 255].repeat(64 * 48), 64, 48);
//! let mut model = Model::open(&std::fs::read("www/public/models/resnet20.gguf")?)?;
//! let picture = Picture::new(&rgba, width, height)?; // 8 bits each, row by row, as any decoder gives them
//! println!("{}", model.classify(&picture)?[0].label);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! A ResNet from elsewhere, in a `.safetensors`, `.pth` or `.onnx` file, is opened by `weights::foreign::Foreign` (feature `convert`). What
//! each block does, a [`trace::Recorder`] records; what becomes of a picture without one, a run with a [`lesion::Lesion`] tells.
//!
//! The map of the crate, from the outside in:
//!
//! | module | what it is |
//! |---|---|
//! | [`arch`] | architectures as data: He et al. Table 1, section 4.2, the plain twins; each as one list of steps, [`arch::Flow`] |
//! | [`weights`] | bytes to named tensors; model files that describe themselves; batch norm folding |
//! | [`image`] | decoded pixels to the network's normalised input |
//! | [`model`] | a model file opened: classify and trace pictures |
//! | [`viewer`] | a model looking at one picture: lesions that resume where they begin |
//! | `picture` | a picture file of any kind to pixels, where no browser decodes it (feature `picture`) |
//! | [`cam`] | class activation maps |
//! | [`loader`] | a model built while its file arrives |
//! | [`network`] | the list packed, its buffers planned; `forward` with a [`trace::Probe`] |
//! | [`trace`] | what a run shows: each block's identity, residual, sum and output |
//! | [`lesion`] | runs with a branch scaled or removed |
//! | [`kernels`] | convolution, pooling and sums on slices |
//! | `lab` | nets that train, and what is asked of nets about skip connections (feature `lab`) |
//! | `reference` | the same network on stock candle-nn: the oracle of the tests (feature `candle`) |
//! | `wasm` | what JavaScript calls: engine, benchmark, converter (wasm32 only) |
//!
//! Data goes one way: pixels -> [`image`] -> [`network`] -> [`trace::Probe`] -> whoever asked.
//!
//! Where something new goes: a design, in [`arch`]; what a network computes, an [`arch::Op`] and the kernel it runs with in
//! [`network`]; a kernel, in [`kernels`]; a model format, a [`weights::Source`] in [`weights::formats`]; what a run shows, a [`trace::Probe`].
//!
//! The features are the command line's (`cli`, on by default), the readers of checkpoints (`convert`), the writer of model files
//! (`write`), the decoder of pictures (`picture`), candle itself (`candle`), the lab on it (`lab`) and `threads`. `default-features = false` leaves the engine, with none of
//! their dependencies.
//!
//! Every module that can fail has an `Error` of its own, which says by name what is wrong; all are `Send + Sync + 'static`. A function
//! that panics says so, and never does for what a file holds.

#![warn(missing_docs)]

pub mod arch;
pub mod cam;
pub mod image;
pub mod kernels;
#[cfg(feature = "lab")]
pub mod lab;
pub mod lesion;
pub mod loader;
pub mod model;
pub mod network;
#[cfg(feature = "picture")]
pub mod picture;
#[cfg(feature = "candle")]
pub mod reference;
pub mod trace;
pub mod viewer;
pub mod weights;

#[cfg(target_arch = "wasm32")]
#[allow(missing_docs, reason = "not for Rust: its types and what is said of them go to the page")]
pub mod wasm;
