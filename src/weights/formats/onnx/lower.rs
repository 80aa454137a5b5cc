//! From the file's messages to a [`Graph`]: constants read, no-ops and what only computes shapes gone.

use super::graph::{Graph, Node, Op};
use super::integers::{Constants, Integers, Known, MOST};
use super::operators::{self, Context, Reading};
use super::order::order;
use super::proto::{self, Attribute, Model};
use super::tensor::{Beside, Data, Tensor};
use crate::weights::formats::bytes::{self, Bytes};
use crate::weights::formats::{Companions, Dtype, Error, Place, StoredTensor};
use std::collections::{BTreeMap, HashMap, HashSet};

/// The most values that one is made into.
const MOST_SPREAD: usize = 1 << 14;

/// What has been read so far.
struct Lowering<'b, 'c, 'a> {
    bytes: &'b dyn Bytes,
    beside: Beside<'c, 'a>,
    initialisers: BTreeMap<String, StoredTensor>,
    constants: Constants,
    /// What a no-op's output is.
    same: HashMap<String, String>,
    /// Bytes of the initialisers' values.
    total: usize,
}

pub fn lower(model: Model, bytes: &dyn Bytes, companions: &Companions<'_>) -> Result<Graph, Error> {
    let order = order(&model)?;
    let Model { opset, nodes, tensors, inputs, outputs } = model;
    let mut lowering = Lowering {
        bytes,
        beside: Beside::new(companions),
        initialisers: BTreeMap::new(),
        constants: Constants::default(),
        same: HashMap::new(),
        total: 0,
    };
    for tensor in tensors {
        let name = tensor.name.clone();
        lowering.constant(tensor, name)?;
    }
    let taken: HashSet<String> = nodes.iter().flat_map(|node| &node.inputs).chain(&outputs).cloned().collect();
    let mut nodes: Vec<Option<proto::Node>> = nodes.into_iter().map(Some).collect();
    let mut lowered = Vec::new();
    for number in order {
        if let Some(node) = nodes[number].take() {
            lowered.extend(lowering.node(node, opset, &taken)?);
        }
    }
    let Lowering { beside, initialisers, same, .. } = lowering;
    let outputs: Vec<String> = outputs.into_iter().map(|name| same.get(&name).cloned().unwrap_or(name)).collect();
    // What nothing takes any more computed shapes.
    let mut needed: HashSet<&str> = outputs.iter().map(String::as_str).collect();
    let mut keep = vec![false; lowered.len()];
    for (keep, node) in keep.iter_mut().zip(&lowered).rev() {
        *keep = node.outputs.iter().any(|output| needed.contains(output.as_str()));
        if *keep {
            needed.extend(node.inputs.iter().map(String::as_str));
        }
    }
    let nodes = lowered.into_iter().zip(keep).filter_map(|(node, keep)| keep.then_some(node)).collect();
    let inputs = inputs.into_iter().filter(|input| !initialisers.contains_key(&input.name)).collect();
    Ok(Graph { inputs, outputs, nodes, initialisers, companions: beside.files })
}

impl Lowering<'_, '_, '_> {
    /// Keeps a tensor as an initialiser, and if it may be axes or a shape, reads it.
    fn constant(&mut self, tensor: Tensor, name: String) -> Result<(), Error> {
        let tensor = self.beside.stored(tensor, name)?;
        if let Dtype::Integer(size) = tensor.dtype
            && tensor.elements() <= MOST
            && let Some(values) = self.small(&tensor, usize::from(size))?
            && let Some(integers) = Integers::new(tensor.shape.clone(), values)
        {
            self.constants.insert(&tensor.name, Known::Integers(integers));
        }
        self.keep(tensor)
    }

    fn small(&self, tensor: &StoredTensor, size: usize) -> Result<Option<Vec<Option<i64>>>, Error> {
        let own = match &tensor.place {
            Place::File(range) => bytes::read(self.bytes, range.clone(), "a constant")?,
            Place::Inline(own) => own.into(),
            Place::Companion(..) => return Ok(None),
        };
        let number = |word: &[u8]| {
            let sign = if word.last().is_some_and(|byte| byte & 0x80 != 0) { -1 } else { 0 };
            Some(word.iter().rev().fold(sign, |n: i64, &byte| n << 8 | i64::from(byte)))
        };
        Ok(Some(own.chunks_exact(size).map(number).collect()))
    }

    fn keep(&mut self, tensor: StoredTensor) -> Result<(), Error> {
        self.total = self.total.saturating_add(tensor.elements().saturating_mul(tensor.dtype.bits()) / 8);
        let there = self.beside.files.iter().fold(self.bytes.len(), |sum, file| sum.saturating_add(file.len()));
        // Numbers as varints take less than their values; else two tensors hardly ever lie in the same bytes.
        if self.total > there.saturating_mul(8) {
            let why = "its tensors are more than eight times the file's bytes".into();
            return Err(Error::Broken { format: "ONNX", why });
        }
        self.initialisers.insert(tensor.name.clone(), tensor);
        Ok(())
    }

    fn node(&mut self, mut node: proto::Node, opset: i64, taken: &HashSet<String>) -> Result<Option<Node>, Error> {
        for input in &mut node.inputs {
            if let Some(same) = self.same.get(input) {
                input.clone_from(same);
            }
        }
        let domain = std::mem::take(&mut node.domain);
        let known = matches!(domain.as_str(), "" | "ai.onnx");
        let output = node.outputs.first().cloned().unwrap_or_default();
        if known && node.operator == "Constant" && self.value(&mut node, &output)? {
            return Ok(None);
        }
        if known && node.operator == "Expand" && self.spread(&node, &output)? {
            return Ok(None);
        }
        if known {
            let fill = self.fill(&mut node)?;
            let shape_of = |name: &str| self.initialisers.get(name).map(|tensor| tensor.shape.clone());
            if let Some(made) = self.constants.made_by(&node, shape_of, fill) {
                self.constants.insert(&output, made);
            }
        }
        let weight = node.inputs.get(1).and_then(|name| self.initialisers.get(name));
        let context = Context {
            opset,
            constants: &self.constants,
            kernel: weight
                .and_then(|weight| weight.shape[..].try_into().ok())
                .map(|[_, _, rows, columns]: [usize; 4]| [rows, columns]),
            other_outputs: node.outputs.iter().skip(1).any(|output| taken.contains(output)),
        };
        let op = match if known { operators::read(&node, &context) } else { Reading::Not(None) } {
            Reading::Nothing => {
                let same = node.inputs.first().cloned().unwrap_or_default();
                self.same.insert(output, same);
                return Ok(None);
            }
            Reading::Op(Op::Transpose { permutation }, _) if self.turn(&node, &permutation, &output)? => {
                return Ok(None);
            }
            Reading::Op(op, data) => {
                node.inputs.truncate(data);
                op
            }
            Reading::Not(why) => {
                let operator = if known { node.operator } else { format!("{domain}::{}", node.operator) };
                Op::Other { operator, why }
            }
        };
        while node.inputs.last().is_some_and(String::is_empty) {
            node.inputs.pop();
        }
        Ok(Some(Node { name: node.name, op, inputs: node.inputs, outputs: node.outputs }))
    }

    /// Reads the node's value as a constant; not where it is a text, say.
    fn value(&mut self, node: &mut proto::Node, output: &str) -> Result<bool, Error> {
        let floats = |values: &[f32]| Data::Inline(values.iter().flat_map(|value| value.to_le_bytes()).collect());
        let integers = |values: &[i64]| Data::Inline(values.iter().flat_map(|value| value.to_le_bytes()).collect());
        let value =
            ["value", "value_float", "value_floats", "value_int", "value_ints"].iter().find_map(|name| node.take(name));
        let (shape, dtype, data) = match value {
            Some(Attribute::Tensor(tensor)) => {
                self.constant(tensor, output.to_string())?;
                return Ok(true);
            }
            Some(Attribute::Float(value)) => (vec![], Dtype::F32, floats(&[value])),
            Some(Attribute::Floats(values)) => (vec![values.len()], Dtype::F32, floats(&values)),
            Some(Attribute::Int(value)) => (vec![], Dtype::Integer(8), integers(&[value])),
            Some(Attribute::Ints(values)) => (vec![values.len()], Dtype::Integer(8), integers(&values)),
            Some(Attribute::Text(_) | Attribute::Other) | None => return Ok(false),
        };
        self.constant(Tensor { name: String::new(), shape, dtype, data }, output.to_string())?;
        Ok(true)
    }

    /// What a `ConstantOfShape` is filled with, if it is an integer.
    fn fill(&mut self, node: &mut proto::Node) -> Result<Option<i64>, Error> {
        let Some(Attribute::Tensor(tensor)) =
            (node.operator == "ConstantOfShape").then(|| node.take("value")).flatten()
        else {
            return Ok(None);
        };
        let tensor = self.beside.stored(tensor, node.name.clone())?;
        match tensor.dtype {
            Dtype::Integer(size) if tensor.elements() == 1 => {
                Ok(self.small(&tensor, size.into())?.and_then(|values| values.first().copied().flatten()))
            }
            _ => Ok(None),
        }
    }

    /// One float that becomes many, as exporters write the bias of a convolution that has none.
    fn spread(&mut self, node: &proto::Node, output: &str) -> Result<bool, Error> {
        let [from, to] = &node.inputs[..] else { return Ok(false) };
        let (Some(one), Some(shape)) = (self.initialisers.get(from), self.constants.all(to)) else { return Ok(false) };
        let shape: Option<Vec<usize>> = shape.iter().map(|&d| usize::try_from(d).ok()).collect();
        let elements = shape.as_deref().and_then(|shape| StoredTensor::span(shape, None)).filter(|&n| n <= MOST_SPREAD);
        let (Some(shape), Some(elements), 1, true) = (shape, elements, one.elements(), one.dtype.is_float()) else {
            return Ok(false);
        };
        let own = match &one.place {
            Place::File(range) => bytes::read(self.bytes, range.clone(), "a constant")?,
            Place::Inline(own) => own.into(),
            Place::Companion(..) => return Ok(false),
        };
        let place = Place::Inline(own.repeat(elements));
        let spread = StoredTensor::new(output.to_string(), shape, one.dtype, place, None)?;
        self.keep(spread)?;
        Ok(true)
    }

    /// A transposed initialiser is the same bytes with other strides.
    fn turn(&mut self, node: &proto::Node, permutation: &[usize], output: &str) -> Result<bool, Error> {
        let Some(tensor) = node.inputs.first().and_then(|name| self.initialisers.get(name)) else { return Ok(false) };
        let mut sorted = permutation.to_vec();
        sorted.sort_unstable();
        if !sorted.into_iter().eq(0..tensor.shape.len()) {
            return Err(Error::tensor(
                &tensor.name,
                format!("has shape {:?} and is turned by {permutation:?}", tensor.shape),
            ));
        }
        let strides = tensor.strides.clone().unwrap_or_else(|| {
            let mut next = 1usize;
            let mut strides = Vec::new();
            for &d in tensor.shape.iter().rev() {
                strides.push(next);
                next = next.saturating_mul(d); // a dimension of nought lets the others be of any size
            }
            strides.reverse();
            strides
        });
        let of = |values: &[usize]| permutation.iter().map(|&d| values[d]).collect();
        let (shape, strides) = (of(&tensor.shape), of(&strides));
        let turned = StoredTensor::new(output.to_string(), shape, tensor.dtype, tensor.place.clone(), Some(strides))?;
        self.keep(turned)?;
        Ok(true)
    }
}
