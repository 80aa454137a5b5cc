//! ONNX: a graph of operators and its weights.

mod graph;
mod integers;
mod lower;
mod operators;
mod order;
mod proto;
mod protobuf;
mod tensor;

use super::{Bytes, Companions, Error};
pub use graph::{Graph, Input, Node, Op, Pads, Window};

/// Reads the graph; its weights stay where they are until they are asked for, but for constants of a few integers. `companions`
/// brings the file that the weights lie in where it is another.
pub fn read(bytes: &dyn Bytes, companions: &Companions<'_>) -> Result<Graph, Error> {
    let model = proto::model(&mut protobuf::Reader::new(bytes))?;
    lower::lower(model, bytes, companions)
}

/// Whether a model may begin so. ONNX has no magic: a model begins with one of its fields, of the right kind, and as every writer
/// puts it, with the version of its format.
pub(super) fn may_begin(first: &[u8]) -> bool {
    matches!(first, [0x08, 1..=32, ..])
}
