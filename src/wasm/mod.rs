//! What JavaScript calls, a binary each: the engine with the benchmark's side of it, stock candle for the benchmark to measure
//! against, and what opens and converts files of other formats. The lab's is `lab::wasm`.

#[cfg(not(any(feature = "convert", feature = "lab")))]
pub mod bench;
#[cfg(feature = "convert")]
pub mod convert;
#[cfg(feature = "convert")]
pub mod designs;
#[cfg(not(any(feature = "candle-peer", feature = "convert", feature = "lab")))]
pub mod engine;
#[cfg(feature = "convert")]
pub mod foreign;
#[cfg(feature = "convert")]
mod readable;
