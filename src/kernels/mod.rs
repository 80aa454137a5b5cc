//! Slices in, slices out: convolution, pooling and sums on NHWC maps. Nothing here knows of networks.
//!
//! A map lies as [`Layout`] says; a layer is planned once ([`Conv::plan`]) and then only executed.

mod conv;
mod elementwise;
mod layout;
mod pool;

pub use conv::Conv;
pub use elementwise::{option_a, sum_relu};
pub use layout::Layout;
pub use pool::{global_average_pool, max_pool};
