//! Slices in, slices out: convolution, pooling and sums on NHWC maps. Nothing here knows of networks.
//!
//! A map lies as [`Layout`] says; a layer is planned once ([`Conv::plan`]) and then only executed.
//!
//! | file | its job |
//! |---|---|
//! | `lanes` | four floats at once; the only file that names an instruction set |
//! | `tile` | the micro-kernel: up to 6 pixels by 8 output channels in registers |
//! | `gemm` | convolution as a matrix product, reading the map through offset tables |
//! | `bilinear` | transforms to points, a matrix product for each, transforms back |
//! | `strassen` | 1x1 with seven eighths of the products |
//! | `winograd`, `winograd_transforms` | 3x3 and the 7x7 stem with a fraction of the products |
//! | `pack` | weights in the order the kernels read them |
//! | `parallel`, `team` | loops that the feature `threads` spreads over threads |
//! | `conv` | a planned convolution |
//! | `pool`, `elementwise` | the rest of a ResNet |
//! | `moments` | sums over two maps and over what becomes of their sum |
//!
//! `unsafe` is confined to loads and stores through pointers. What makes them sound is always the same: offsets come from
//! layouts when a layer is planned and are checked there once; `run` checks that the slices have those layouts' lengths.

mod aligned;
mod bilinear;
mod conv;
mod elementwise;
mod gemm;
mod lanes;
mod layout;
mod moments;
mod pack;
mod parallel;
mod pool;
mod strassen;
#[cfg(feature = "threads")]
mod team;
mod tile;
mod winograd;
mod winograd_transforms;

pub use aligned::Aligned;
use conv::Call;
pub use conv::{Algorithm, Conv};
pub use elementwise::{option_a, relu, sum_relu};
pub use lanes::FLAVOUR;
pub use layout::Layout;
pub use moments::{Moments, PairMoments, pair_moments};
pub use parallel::with_team;
pub use pool::{global_average_pool, max_pool};
pub use winograd::TileSize;
