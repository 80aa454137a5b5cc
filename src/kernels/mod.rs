//! Slices in, slices out: convolution, pooling and sums on NHWC maps. Nothing here knows of networks.
//!
//! A map lies as [`Layout`] says; a layer is planned once ([`Conv::plan`]) and then only executed.
//!
//! | file | its job |
//! |---|---|
//! | `lanes` | four floats at once; the only file that names an instruction set |
//! | `layout`, `aligned` | how a map lies in memory, and memory that starts on a cache line |
//! | `micro_kernel` | up to 6 rows by 8 output channels in registers |
//! | `cut` | what there is to do in even shares |
//! | `parallel`, `team`, `crew` | loops that the feature `threads` spreads over threads, and the threads of a page |
//! | `conv`, `filter`, `call` | a planned convolution, its shape, and what it is given at every run |
//! | `rows` | output pixels as a product's rows, through offset tables, and how their sums end |
//! | `gemm` | convolution as a matrix product, reading the map through offset tables |
//! | `grouped` | the same where outputs see a group of the inputs |
//! | `bilinear` | transforms to points, a matrix product for each, transforms back |
//! | `strassen` | 1x1 with seven eighths of the products |
//! | `winograd` | 3x3 and the 7x7 stem with a fraction of the products |
//! | `pool`, `elementwise` | the rest of a ResNet |
//! | `moments` | sums over two maps and over what becomes of their sum |
//! | `weight_gradient`, `batch_norm` | what training needs beside convolutions: over a batch of dense maps |
//! | `components`, `orthonormal`, `project` | the leading principal components of channels, and maps seen along them |
//!
//! Every matrix product is rows by panels, and what is in its loops has these names:
//!
//! | word | what it is |
//! |---|---|
//! | panel | 8 output channels, and their weights, packed as they are read |
//! | row | what one pixel's filter covers (`gemm`), or a tile's values at one point (`bilinear`) |
//! | group | up to `ROWS` rows, whose sums with a panel are in registers together |
//! | block | groups whose rows stay in the cache while all weights go by |
//! | turn | the panels that one group goes through before the next group has its turn: their weights stay in the cache |
//! | pass | the input channels that are summed up before the next ones come: a group's rows and a panel of them stay in the first-level cache |
//! | run | consecutive floats that a row is made of |
//! | tile | outputs that are transformed together: 2x2 to 4x4 pixels (`winograd`), a pair (`strassen`) |
//! | point | where a transform is evaluated: of all tiles together a matrix product of its own |
//! | plane | one point's values of a block's tiles, `[tile][channel]` |
//! | phase | every second row and column of a map, on which a filter with stride 2 has stride 1 |
//! | part | what a thread takes from a loop at a time |
//! | slot | a thread's number among those that work on a loop, and its own place in scratch |
//! | share | one of the even pieces that something is cut into |
//!
//! No module imports in a circle (a test reads them).
//!
//! `unsafe` is confined to loads and stores through pointers. What makes them sound is always the same: offsets come from
//! layouts, which cannot be made wrong, when a layer is planned; `run` checks that the slices have those layouts' lengths.

mod aligned;
mod batch_norm;
mod bilinear;
mod call;
mod components;
mod conv;
#[cfg(all(feature = "threads", any(target_arch = "wasm32", test)))]
mod crew;
mod cut;
mod elementwise;
mod filter;
mod gemm;
mod grouped;
mod lanes;
mod layout;
mod micro_kernel;
mod moments;
mod orthonormal;
mod parallel;
mod pool;
mod project;
mod rows;
mod strassen;
#[cfg(feature = "threads")]
mod team;
mod weight_gradient;
mod winograd;

pub use aligned::Aligned;
pub use batch_norm::{BatchNorm, NormGradient};
pub use components::{COMPONENTS, Components, leading_components};
pub use conv::{Algorithm, Conv};
#[cfg(all(feature = "threads", target_arch = "wasm32"))]
pub use crew::CREW;
pub use elementwise::{Norm, option_a, relu, sum};
pub use filter::Filter;
pub use lanes::FLAVOUR;
pub use layout::Layout;
pub use moments::{Moments, PairMoments, pair_moments};
pub use orthonormal::square as squared_distance;
pub use parallel::with_team;
pub use pool::{average_pool, global_average_pool, max_pool};
pub use project::{Projections, project};
pub use weight_gradient::WeightGradient;
pub use winograd::TileSize;
