//! A graph as the rest of the crate sees it: operators by kind, their attributes read, no-ops gone.

use crate::weights::formats::{Bytes, Error, Place, StoredTensor};
use std::collections::BTreeMap;

/// A graph whose nodes come after those that they take from.
pub struct Graph {
    /// What is not a weight: the picture.
    pub inputs: Vec<Input>,
    /// Names of what the graph gives.
    pub outputs: Vec<String>,
    /// The operators, no-ops left out.
    pub nodes: Vec<Node>,
    /// The weights by name, not read yet.
    pub initialisers: BTreeMap<String, StoredTensor>,
    pub(super) companions: Vec<Box<dyn Bytes>>,
}

/// What a graph is given.
#[derive(Clone, Debug, PartialEq)]
pub struct Input {
    /// The file's name of it.
    pub name: String,
    /// As NCHW; none where a dimension is left open. Empty where the file says nothing.
    pub shape: Vec<Option<usize>>,
}

/// One operator at work.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// The file's name of it; where it has none, that of its first output. For errors.
    pub name: String,
    /// What it computes.
    pub op: Op,
    /// Names of other nodes' outputs, of inputs and of initialisers. What was read into `op` (axes, shapes) is not among them;
    /// one that is left out and followed by another is an empty name.
    pub inputs: Vec<String>,
    /// Names that no other node or input has.
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
    /// Size of the filter.
    pub kernel: [usize; 2],
    /// Pixels from one place to the next.
    pub stride: [usize; 2],
    /// Pixels around the image.
    pub pads: Pads,
    /// Pixels from one value that the filter sees to the next; 1 where it sees neighbours.
    pub dilation: [usize; 2],
}

/// An operator, inputs and outputs as ONNX defines them.
#[derive(Clone, Debug, PartialEq)]
pub enum Op {
    /// Inputs: image, weight OIHW (I: of a group), bias if any.
    Conv {
        /// Where it looks.
        window: Window,
        /// Groups of channels.
        group: usize,
    },
    /// Inputs: image, scale, bias, mean, variance.
    BatchNorm {
        /// Added to the variance.
        epsilon: f32,
    },
    /// max(x, 0).
    Relu,
    /// Of two inputs.
    Add,
    /// The greatest value in a window. With `ceil` a window may begin within the image and end beyond it.
    MaxPool {
        /// Where it looks.
        window: Window,
        /// Whether the output side is rounded up.
        ceil: bool,
    },
    /// The mean of a window.
    AveragePool {
        /// Where it looks.
        window: Window,
        /// Whether the output side is rounded up.
        ceil: bool,
        /// Whether padding counts as zeros; else only what is in the image counts.
        count_include_pad: bool,
    },
    /// Of every channel over all places, which stay as dimensions of length one.
    GlobalAveragePool,
    /// `axes`: none for all.
    ReduceMean {
        /// Negative ones count from the end.
        axes: Option<Vec<i64>>,
        /// Whether they stay as dimensions of length one.
        keep_dims: bool,
    },
    /// To two dimensions: those before `axis`, and the others.
    Flatten {
        /// Negative ones count from the end.
        axis: i64,
    },
    /// `shape`: none where it is computed from what is not known; in it, none where a dimension is (that of the batch).
    Reshape {
        /// 0: as the input's; -1: what is left.
        shape: Option<Vec<Option<i64>>>,
    },
    /// alpha A' B' + beta C.
    Gemm {
        /// Whether A is transposed.
        transpose_a: bool,
        /// Whether B is transposed.
        transpose_b: bool,
        /// The product's factor.
        alpha: f32,
        /// C's factor.
        beta: f32,
    },
    /// A B, of the last two dimensions.
    MatMul,
    /// Dimensions in another order.
    Transpose {
        /// Which dimension of the input stands in each place.
        permutation: Vec<usize>,
    },
    /// Along one dimension.
    Softmax {
        /// Negative ones count from the end.
        axis: i64,
    },
    /// Zeros, before and after each dimension: `[before 0, before 1, ..., after 0, after 1, ...]`.
    Pad {
        /// Twice as many as dimensions.
        pads: Vec<i64>,
    },
    /// `axes`: none where they are those of length one.
    Squeeze {
        /// Negative ones count from the end.
        axes: Option<Vec<i64>>,
    },
    /// New dimensions of length one.
    Unsqueeze {
        /// Where they stand in the output.
        axes: Vec<i64>,
    },
    /// `axes` and `steps` as long as `starts` and `ends`.
    Slice {
        /// First index of each.
        starts: Vec<i64>,
        /// Index behind the last of each.
        ends: Vec<i64>,
        /// Which dimensions.
        axes: Vec<i64>,
        /// From one index to the next.
        steps: Vec<i64>,
    },
    /// Any other, by its name, with its domain before it where that is not ONNX' own; or one of the above in a way that is not read: why.
    Other {
        /// What the file calls it.
        operator: String,
        /// What about it is not read.
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
