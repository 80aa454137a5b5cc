//! What JavaScript calls, a binary each: the engine with the benchmark's side of it, stock candle for the benchmark to measure
//! against, what opens and converts files of other formats, and what decodes pictures where no browser does. The lab's is `lab::wasm`.

#[cfg(not(any(feature = "convert", feature = "lab", feature = "picture")))]
pub mod bench;
#[cfg(feature = "convert")]
pub mod convert;
#[cfg(feature = "convert")]
pub mod designs;
#[cfg(not(any(feature = "candle-peer", feature = "convert", feature = "lab", feature = "picture")))]
pub mod engine;
#[cfg(feature = "convert")]
pub mod foreign;
#[cfg(feature = "picture")]
pub mod picture;
#[cfg(feature = "convert")]
pub mod readable;
