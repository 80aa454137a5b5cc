//! From a value back to what it is made of.

use super::Error;
use crate::weights::formats::onnx::{Graph, Node, Op};
use std::collections::HashMap;

/// A value of the graph: the output of a node, or the image.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Value {
    Image,
    Of(usize),
}

/// A graph that can be walked backwards.
pub struct Walk<'a> {
    graph: &'a Graph,
    /// The node that makes a value, by the value's name.
    makers: HashMap<&'a str, usize>,
    image: &'a str,
}

impl<'a> Walk<'a> {
    pub fn new(graph: &'a Graph) -> Result<Walk<'a>, Error> {
        let mut images = graph.inputs.iter().filter(|input| !graph.initialisers.contains_key(&input.name));
        let (Some(image), None) = (images.next(), images.next()) else {
            return Err(Error::Design(format!("it takes {} inputs where one picture is known", graph.inputs.len())));
        };
        let mut makers = HashMap::new();
        for (index, node) in graph.nodes.iter().enumerate() {
            makers.extend(node.outputs.iter().map(|output| (output.as_str(), index)));
        }
        Ok(Walk { graph, makers, image: &image.name })
    }

    pub fn nodes(&self) -> impl Iterator<Item = &'a Node> {
        self.graph.nodes.iter()
    }

    pub fn node(&self, index: usize) -> &'a Node {
        &self.graph.nodes[index]
    }

    /// The shape of a weight.
    pub fn shape(&self, name: &str) -> Option<&'a [usize]> {
        self.graph.initialisers.get(name).map(|tensor| &tensor.shape[..])
    }

    /// Whether it is a weight.
    pub fn is_weight(&self, name: &str) -> bool {
        self.graph.initialisers.contains_key(name)
    }

    /// The side of the image, where the graph states it and it is square.
    pub fn side(&self) -> Option<usize> {
        let input = self.graph.inputs.iter().find(|input| input.name == self.image)?;
        match input.shape[..] {
            [_, _, Some(height), Some(width)] if height == width => Some(height),
            _ => None,
        }
    }

    /// The value that the graph gives.
    pub fn output(&self) -> Result<Value, Error> {
        match &self.graph.outputs[..] {
            [output] => self.value(output),
            outputs => Err(Error::Design(format!("it gives {} outputs where one is known: the logits", outputs.len()))),
        }
    }

    fn value(&self, name: &str) -> Result<Value, Error> {
        match self.makers.get(name) {
            Some(&index) => Ok(Value::Of(index)),
            None if name == self.image => Ok(Value::Image),
            None => Err(Error::Design(format!("'{name}' is made of weights alone"))),
        }
    }

    /// How many of a node's inputs are no weights.
    pub fn data_inputs(&self, node: &Node) -> usize {
        node.inputs.iter().filter(|name| !name.is_empty() && !self.is_weight(name)).count()
    }

    /// What a node takes from, but weights.
    pub fn inputs(&self, index: usize) -> Result<Vec<Value>, Error> {
        let data = self.node(index).inputs.iter().filter(|name| !name.is_empty() && !self.is_weight(name));
        data.map(|name| self.value(name)).collect()
    }

    /// What a node takes from, where that is one value.
    pub fn input(&self, index: usize) -> Result<Value, Error> {
        match self.inputs(index)?[..] {
            [value] => Ok(value),
            _ => Err(self.not_understood(index, "it takes from several others")),
        }
    }

    pub fn not_understood(&self, index: usize, why: &str) -> Error {
        let node = self.node(index);
        let (operator, reason) = match &node.op {
            Op::Other { operator, why } => (operator.clone(), why.clone()),
            op => (name_of(op).to_string(), None),
        };
        let why = reason.unwrap_or_else(|| why.to_string());
        Error::Node { node: node.name.clone(), operator, why }
    }
}

/// ONNX's name of an operator.
fn name_of(op: &Op) -> &'static str {
    match op {
        Op::Conv { .. } => "Conv",
        Op::BatchNorm { .. } => "BatchNormalization",
        Op::Relu => "Relu",
        Op::Add => "Add",
        Op::MaxPool { .. } => "MaxPool",
        Op::AveragePool { .. } => "AveragePool",
        Op::GlobalAveragePool => "GlobalAveragePool",
        Op::ReduceMean { .. } => "ReduceMean",
        Op::Flatten { .. } => "Flatten",
        Op::Reshape { .. } => "Reshape",
        Op::Gemm { .. } => "Gemm",
        Op::MatMul => "MatMul",
        Op::Transpose { .. } => "Transpose",
        Op::Softmax { .. } => "Softmax",
        Op::Pad { .. } => "Pad",
        Op::Squeeze { .. } => "Squeeze",
        Op::Unsqueeze { .. } => "Unsqueeze",
        Op::Slice { .. } => "Slice",
        Op::Other { .. } => "an operator",
    }
}
