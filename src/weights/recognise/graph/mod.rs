//! Which ResNet an ONNX graph is. Its blocks come from the sums in it, not from names: a block ends where two branches are added, and
//! begins where they parted.
//!
//! | file | its job |
//! |---|---|
//! | `walk` | from a value back to what it is made of |
//! | `parts` | chains of nodes as convolutions with their batch norm and ReLU |
//! | `design` | an [`Architecture`] that has those parts, and the proof that it has |
//! | `kernel` | whether an operator's attributes are what a kernel computes |
//! | `source` | its tensors, by torchvision's names |

mod design;
pub mod kernel;
mod parts;
mod source;
mod walk;

use super::Error;
use crate::arch::Architecture;
use crate::weights::formats::Bytes;
use crate::weights::formats::onnx::{Graph, Op};
use parts::{Norm, Unit};
pub use source::GraphSource;
use std::collections::HashMap;
use walk::Walk;

/// A ResNet found in a graph.
#[derive(Debug)]
pub struct RecognisedGraph {
    /// Its design.
    pub architecture: Architecture,
    /// Of the square image that the graph states; none where it leaves that open.
    pub side: Option<usize>,
    /// By torchvision's name of the convolution, lone batch norm or linear layer.
    units: HashMap<String, Unit>,
    /// Of a convolution's batch norm to the convolution.
    convs: HashMap<String, String>,
    linear: parts::Linear,
}

impl RecognisedGraph {
    /// The tensors of the graph, which was read from `bytes`, by torchvision's names.
    pub fn source<'a>(&'a self, graph: &'a Graph, bytes: &'a dyn Bytes) -> GraphSource<'a> {
        GraphSource { recognised: self, graph, bytes }
    }

    /// The batch norm of that name, which follows a convolution.
    fn norm_of(&self, name: &str) -> Option<&Norm> {
        self.units.get(self.convs.get(name)?)?.norm.as_ref()
    }
}

/// Finds the ResNet in a graph.
pub fn recognise(graph: &Graph) -> Result<RecognisedGraph, Error> {
    let walk = Walk::new(graph)?;
    if let Some(kind) = other_kind(&walk) {
        return Err(Error::LooksLike(kind));
    }
    let tail = parts::tail(&walk)?;
    let mut blocks = Vec::new();
    let mut end = tail.features;
    let stem = loop {
        match parts::block(&walk, end)? {
            Some(block) => {
                end = block.x;
                blocks.push(block);
            }
            None => break parts::stem(&walk, end)?,
        }
    };
    blocks.reverse();
    let (architecture, units) = design::design(&walk, stem, blocks, &tail)?;
    let flow = architecture.flow();
    let convs = flow.steps().iter().filter_map(|step| Some((step.conv()?.norm.clone()?, step.name.clone()))).collect();
    Ok(RecognisedGraph { architecture, side: walk.side(), units, convs, linear: tail.linear })
}

/// What the operators of a graph say of one that is no ResNet.
fn other_kind(walk: &Walk<'_>) -> Option<&'static str> {
    let other =
        |name: &str| walk.nodes().any(|node| matches!(&node.op, Op::Other { operator, .. } if operator == name));
    let depthwise = |op: &Op, weight: Option<&[usize]>| matches!((op, weight), (Op::Conv { group, .. }, Some([_, 1, ..])) if *group > 1);
    let sums = walk.nodes().any(|node| node.op == Op::Add && walk.data_inputs(node) == 2);
    if walk.nodes().any(|node| depthwise(&node.op, node.inputs.get(1).and_then(|name| walk.shape(name)))) {
        Some("a MobileNet, EfficientNet or ConvNeXt: its convolutions are depthwise")
    } else if other("LayerNormalization") || other("Gather") && other("Erf") {
        Some("a transformer")
    } else if sums {
        None
    } else if other("Concat") {
        Some("a DenseNet, Inception or SqueezeNet: its branches are put side by side, not added")
    } else {
        Some("a VGG, AlexNet or plain network: it adds no branches")
    }
}

#[cfg(test)]
mod tests;
