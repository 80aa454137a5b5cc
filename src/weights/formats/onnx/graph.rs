//! A graph as the rest of the crate sees it: operators by kind, their attributes read, no-ops gone.

use crate::weights::formats::{Bytes, Error, Place, StoredTensor};
use std::collections::BTreeMap;

/// A graph whose nodes come after those that they take from.
pub struct Graph {
    /// What is not a weight: the picture.
    pub inputs: Vec<Input>,
    /// Names of what the graph gives.
    pub outputs: Vec<String>,
    pub nodes: Vec<Node>,
    /// The weights by name, not read yet.
    pub initialisers: BTreeMap<String, StoredTensor>,
    pub(super) companions: Vec<Box<dyn Bytes>>,
}

/// What a graph is given.
#[derive(Clone, Debug, PartialEq)]
pub struct Input {
    pub name: String,
    /// As NCHW; none where a dimension is left open. Empty where the file says nothing.
    pub shape: Vec<Option<usize>>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// The file's name of it; where it has none, that of its first output. For errors.
    pub name: String,
    pub op: Op,
    /// Names of other nodes' outputs, of inputs and of initialisers. What was read into `op` (axes, shapes) is not among them;
    /// one that is left out and followed by another is an empty name.
    pub inputs: Vec<String>,
    pub outputs: Vec<String>,
}

/// Padding of the two sides of an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pads {
    /// Top, left, bottom, right.
    Explicit([usize; 4]),
    /// So that the output is as large as the input over the stride; what is odd goes to the bottom and the right.
    SameUpper,
    /// The same; what is odd goes to the top and the left.
    SameLower,
}

/// What slides over an image: rows first, then columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    pub kernel: [usize; 2],
    pub stride: [usize; 2],
    pub pads: Pads,
    pub dilation: [usize; 2],
}

/// An operator, inputs and outputs as ONNX defines them.
#[derive(Clone, Debug, PartialEq)]
pub enum Op {
    /// Inputs: image, weight OIHW (I: of a group), bias if any.
    Conv {
        window: Window,
        group: usize,
    },
    /// Inputs: image, scale, bias, mean, variance.
    BatchNorm {
        epsilon: f32,
    },
    Relu,
    /// Of two inputs.
    Add,
    MaxPool {
        window: Window,
        ceil: bool,
    },
    AveragePool {
        window: Window,
        ceil: bool,
        count_include_pad: bool,
    },
    GlobalAveragePool,
    /// `axes`: none for all.
    ReduceMean {
        axes: Option<Vec<i64>>,
        keep_dims: bool,
    },
    Flatten {
        axis: i64,
    },
    /// `shape`: none where it is computed from what is not known; in it, none where a dimension is (that of the batch).
    Reshape {
        shape: Option<Vec<Option<i64>>>,
    },
    /// alpha A' B' + beta C.
    Gemm {
        transpose_a: bool,
        transpose_b: bool,
        alpha: f32,
        beta: f32,
    },
    MatMul,
    Transpose {
        permutation: Vec<usize>,
    },
    Softmax {
        axis: i64,
    },
    /// Zeros, before and after each dimension: `[before 0, before 1, ..., after 0, after 1, ...]`.
    Pad {
        pads: Vec<i64>,
    },
    /// `axes`: none where they are those of length one.
    Squeeze {
        axes: Option<Vec<i64>>,
    },
    Unsqueeze {
        axes: Vec<i64>,
    },
    /// `axes` and `steps` as long as `starts` and `ends`.
    Slice {
        starts: Vec<i64>,
        ends: Vec<i64>,
        axes: Vec<i64>,
        steps: Vec<i64>,
    },
    /// Any other, by its name, with its domain before it where that is not ONNX' own; or one of the above in a way that is not read: why.
    Other {
        operator: String,
        why: Option<String>,
    },
}

impl Graph {
    /// The values of an initialiser. `bytes` is the file that the graph was read from.
    pub fn values(&self, name: &str, bytes: &dyn Bytes) -> Result<Vec<f32>, Error> {
        let tensor = self.initialisers.get(name).ok_or_else(|| Error::Missing(name.to_string()))?;
        match tensor.place {
            Place::Companion(index, _) => {
                let companion = self.companions.get(index).ok_or_else(|| Error::Missing(name.to_string()))?;
                tensor.values(companion.as_ref())
            }
            _ => tensor.values(bytes),
        }
    }
}
