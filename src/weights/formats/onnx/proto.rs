//! ONNX' messages, as far as they say something about an image network.

use super::graph::Input;
use super::protobuf::{Reader, Value, broken, float, integer, message};
use super::tensor::{self, Tensor};
use crate::weights::formats::Error;
use std::ops::Range;

/// The most nodes and tensors of a graph: a ResNet of a thousand layers has some 5,000.
const MOST: usize = 1 << 16;

#[derive(Default)]
pub struct Model {
    /// The version of ONNX' own operators.
    pub opset: i64,
    pub nodes: Vec<Node>,
    pub tensors: Vec<Tensor>,
    pub inputs: Vec<Input>,
    pub outputs: Vec<String>,
}

#[derive(Default)]
pub struct Node {
    pub name: String,
    pub operator: String,
    pub domain: String,
    pub inputs: Vec<String>,
    pub outputs: Vec<String>,
    attributes: Vec<(String, Attribute)>,
}

pub enum Attribute {
    Float(f32),
    Int(i64),
    Text(String),
    Tensor(Tensor),
    Floats(Vec<f32>),
    Ints(Vec<i64>),
    /// A graph, or what no operator that is known has.
    Other,
}

impl Node {
    pub fn attribute(&self, name: &str) -> Option<&Attribute> {
        self.attributes.iter().find(|(other, _)| other == name).map(|(_, attribute)| attribute)
    }

    pub fn take(&mut self, name: &str) -> Option<Attribute> {
        let index = self.attributes.iter().position(|(other, _)| other == name)?;
        Some(self.attributes.swap_remove(index).1)
    }

    pub fn int(&self, name: &str) -> Option<i64> {
        match self.attribute(name)? {
            Attribute::Int(value) => Some(*value),
            _ => None,
        }
    }

    pub fn float(&self, name: &str) -> Option<f32> {
        match self.attribute(name)? {
            Attribute::Float(value) => Some(*value),
            _ => None,
        }
    }

    pub fn ints(&self, name: &str) -> Option<&[i64]> {
        match self.attribute(name)? {
            Attribute::Ints(values) => Some(values),
            _ => None,
        }
    }

    pub fn text(&self, name: &str) -> Option<&str> {
        match self.attribute(name)? {
            Attribute::Text(text) => Some(text),
            _ => None,
        }
    }
}

/// `ModelProto`.
pub fn model(reader: &mut Reader) -> Result<Model, Error> {
    let mut rest = 0..reader.bytes().len();
    let (mut model, mut opset, mut graphs) = (Model::default(), 1, 0);
    while let Some((number, value)) = reader.field(&mut rest)? {
        match number {
            7 if graphs == 0 => {
                graphs = 1;
                model = graph(reader, message(&value)?)?;
            }
            7 => return broken("it has two graphs"),
            8 => {
                let (domain, version) = version(reader, message(&value)?)?;
                if matches!(domain.as_str(), "" | "ai.onnx") {
                    opset = version;
                }
            }
            _ => {}
        }
    }
    match graphs {
        0 => broken("it has no graph; TensorFlow's files and Core ML's begin as ONNX does"),
        _ => Ok(Model { opset, ..model }),
    }
}

/// `OperatorSetIdProto`.
fn version(reader: &mut Reader, mut rest: Range<usize>) -> Result<(String, i64), Error> {
    let (mut domain, mut version) = (String::new(), 1);
    while let Some((number, value)) = reader.field(&mut rest)? {
        match number {
            1 => domain = reader.text(&value)?,
            2 => version = integer(&value)?,
            _ => {}
        }
    }
    Ok((domain, version))
}

/// `GraphProto`.
fn graph(reader: &mut Reader, mut rest: Range<usize>) -> Result<Model, Error> {
    let mut model = Model::default();
    while let Some((number, value)) = reader.field(&mut rest)? {
        match number {
            1 => model.nodes.push(node(reader, message(&value)?)?),
            5 => model.tensors.push(tensor::read(reader, message(&value)?)?),
            11 => model.inputs.push(input(reader, message(&value)?)?),
            12 => model.outputs.push(input(reader, message(&value)?)?.name),
            15 => return Err(Error::Unsupported("the model has sparse weights, which are not read".into())),
            _ => {}
        }
        if [model.nodes.len(), model.tensors.len(), model.inputs.len(), model.outputs.len()].iter().any(|&n| n > MOST) {
            return broken(format!("a graph of more than {MOST} nodes or tensors"));
        }
    }
    Ok(model)
}

/// `NodeProto`.
fn node(reader: &mut Reader, mut rest: Range<usize>) -> Result<Node, Error> {
    let mut node = Node::default();
    while let Some((number, value)) = reader.field(&mut rest)? {
        match number {
            1 => node.inputs.push(reader.text(&value)?),
            2 => node.outputs.push(reader.text(&value)?),
            3 => node.name = reader.text(&value)?,
            4 => node.operator = reader.text(&value)?,
            5 => node.attributes.push(attribute(reader, message(&value)?)?),
            7 => node.domain = reader.text(&value)?,
            _ => {}
        }
    }
    if node.name.is_empty() {
        node.name = node.outputs.iter().find(|output| !output.is_empty()).unwrap_or(&node.operator).clone();
    }
    Ok(node)
}

/// `AttributeProto`. Its type is stated since 2017; some writers leave a value out that is nought.
fn attribute(reader: &mut Reader, mut rest: Range<usize>) -> Result<(String, Attribute), Error> {
    let (mut name, mut kind, mut one) = (String::new(), 0, None);
    let (mut floats, mut ints) = (Vec::new(), Vec::new());
    while let Some((number, value)) = reader.field(&mut rest)? {
        match number {
            1 => name = reader.text(&value)?,
            2 => one = Some(Attribute::Float(float(&value)?)),
            3 => one = Some(Attribute::Int(integer(&value)?)),
            4 => one = Some(reader.text(&value).map_or(Attribute::Other, Attribute::Text)),
            5 => one = Some(Attribute::Tensor(tensor::read(reader, message(&value)?)?)),
            7 => match value {
                Value::Bytes(range) => {
                    let bytes = reader.bytes().read(range)?;
                    floats.extend(bytes.as_chunks().0.iter().map(|word| f32::from_le_bytes(*word)));
                }
                other => floats.push(float(&other)?),
            },
            8 => reader.integers(value, &mut ints)?,
            20 => kind = integer(&value)?,
            _ => {}
        }
    }
    let attribute = match (one, kind) {
        (Some(one), _) => one,
        (None, 1) => Attribute::Float(0.0),
        (None, 2) => Attribute::Int(0),
        (None, 6) => Attribute::Floats(floats),
        (None, 7) => Attribute::Ints(ints),
        (None, 0) if !ints.is_empty() => Attribute::Ints(ints),
        (None, 0) if !floats.is_empty() => Attribute::Floats(floats),
        _ => Attribute::Other,
    };
    Ok((name, attribute))
}

/// `ValueInfoProto`, in which the shape lies four messages deep.
fn input(reader: &mut Reader, mut rest: Range<usize>) -> Result<Input, Error> {
    let mut input = Input { name: String::new(), shape: Vec::new() };
    while let Some((number, value)) = reader.field(&mut rest)? {
        match number {
            1 => input.name = reader.text(&value)?,
            2 => {
                let tensor = inner(reader, message(&value)?, 1)?;
                let shape = tensor.map(|tensor| inner(reader, tensor, 2)).transpose()?.flatten();
                let mut dimensions = shape.unwrap_or(0..0);
                while let Some((number, value)) = reader.field(&mut dimensions)? {
                    if number == 1 {
                        let mut dimension = message(&value)?;
                        let mut stated = None;
                        while let Some((number, value)) = reader.field(&mut dimension)? {
                            if number == 1 {
                                stated = usize::try_from(integer(&value)?).ok();
                            }
                        }
                        input.shape.push(stated);
                    }
                }
            }
            _ => {}
        }
    }
    Ok(input)
}

/// The message in field `wanted` of another.
fn inner(reader: &mut Reader, mut rest: Range<usize>, wanted: u64) -> Result<Option<Range<usize>>, Error> {
    while let Some((number, value)) = reader.field(&mut rest)? {
        if number == wanted && matches!(value, Value::Bytes(_)) {
            return message(&value).map(Some);
        }
    }
    Ok(None)
}
