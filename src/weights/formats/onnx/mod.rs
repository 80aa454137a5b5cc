//! ONNX: a graph of operators and its weights.

mod graph;

use super::{Bytes, Companions, Error};
pub use graph::{Graph, Input, Node, Op, Pads, Window};

/// Reads the graph; its weights stay where they are until they are asked for.
pub fn read<'a>(_bytes: &dyn Bytes, _companions: &Companions<'a>) -> Result<Graph<'a>, Error> {
    Err(Error::Unsupported("ONNX is not read yet".into()))
}

/// Whether a model may begin so. ONNX has no magic: a model begins with one of its fields, of the right kind, and as every writer
/// puts it, with the version of its format.
pub(super) fn may_begin(first: &[u8]) -> bool {
    matches!(first, [0x08, 1..=32, ..])
}
