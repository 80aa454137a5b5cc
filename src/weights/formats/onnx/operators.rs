//! Operators and their attributes, as ONNX' versions 1 to 24 define them.

use super::graph::{Op, Pads, Window};
use super::integers::Constants;
use super::proto::{Attribute, Node};

/// What a node is.
pub enum Reading {
    /// An operator, and how many of its inputs are data.
    Op(Op, usize),
    /// Its output is its first input.
    Nothing,
    /// No operator that is known, or in a way that is not: why.
    Not(Option<String>),
}

fn not(why: impl Into<String>) -> Reading {
    Reading::Not(Some(why.into()))
}

/// What is needed beside the node.
pub struct Context<'c> {
    pub opset: i64,
    pub constants: &'c Constants,
    /// Height and width of the filters that a convolution's node may leave out.
    pub kernel: Option<[usize; 2]>,
    /// Whether anything takes the outputs after the first.
    pub other_outputs: bool,
}

pub fn read(node: &Node, context: &Context) -> Reading {
    let flag = |name: &str, default: bool| node.int(name).map_or(default, |value| value != 0);
    let window = |kernel: Option<[usize; 2]>| window(node, kernel);
    // Axes and the like: an attribute in old versions, an input in new ones. None where there is neither.
    let integers = |attribute: &str, input: usize| -> Option<Result<Vec<i64>, Reading>> {
        let name = node.inputs.get(input).filter(|name| !name.is_empty());
        match (node.ints(attribute), name) {
            (Some(values), _) => Some(Ok(values.to_vec())),
            (None, None) => None,
            (None, Some(name)) => {
                Some(context.constants.all(name).ok_or_else(|| not(format!("its {attribute} are computed"))))
            }
        }
    };
    let op = match node.operator.as_str() {
        "Identity" | "CastLike" => return Reading::Nothing,
        // Pictures and weights are f32 here, whatever they were.
        "Cast"
            if matches!(node.int("to"), Some(1 | 10 | 11 | 16))
                || node.text("to").is_some_and(|to| to.starts_with("FLOAT")) =>
        {
            return Reading::Nothing;
        }
        "Dropout" if context.other_outputs => return not("its mask is used"),
        "Dropout" => match node.inputs.get(2).and_then(|training| context.constants.all(training)) {
            Some(training) if training != [0] => return not("it is in training mode"),
            _ => return Reading::Nothing,
        },
        "Conv" => match window(context.kernel) {
            Ok(window) => match usize::try_from(node.int("group").unwrap_or(1)) {
                Ok(group @ 1..) => (Op::Conv { window, group }, 3),
                _ => return not("its groups are fewer than one"),
            },
            Err(why) => return Reading::Not(Some(why)),
        },
        "BatchNormalization" if flag("training_mode", false) => return not("it is in training mode"),
        "BatchNormalization" if !flag("spatial", true) => return not("it is not by channel"),
        "BatchNormalization" if context.other_outputs => return not("its moments are used"),
        "BatchNormalization" => (Op::BatchNorm { epsilon: node.float("epsilon").unwrap_or(1e-5) }, 5),
        "Relu" => (Op::Relu, 1),
        // Before version 7 the second was stretched as two attributes told.
        "Add" if node.attribute("axis").is_some() => return not("it stretches one of its inputs along an axis"),
        "Add" => (Op::Add, 2),
        "Sum" => match node.inputs.len() {
            1 => return Reading::Nothing,
            2 => (Op::Add, 2),
            n => return not(format!("it adds {n} maps")),
        },
        "MaxPool" if context.other_outputs => return not("its indices are used"),
        "MaxPool" => match window(None) {
            Ok(window) => (Op::MaxPool { window, ceil: flag("ceil_mode", false) }, 1),
            Err(why) => return Reading::Not(Some(why)),
        },
        "AveragePool" => match window(None) {
            Ok(window) => {
                let (ceil, count_include_pad) = (flag("ceil_mode", false), flag("count_include_pad", false));
                (Op::AveragePool { window, ceil, count_include_pad }, 1)
            }
            Err(why) => return Reading::Not(Some(why)),
        },
        "GlobalAveragePool" => (Op::GlobalAveragePool, 1),
        "ReduceMean" => match integers("axes", 1).transpose() {
            Ok(axes) => {
                let axes = axes.filter(|axes| !axes.is_empty());
                if axes.is_none() && flag("noop_with_empty_axes", false) {
                    return Reading::Nothing;
                }
                (Op::ReduceMean { axes, keep_dims: flag("keepdims", true) }, 1)
            }
            Err(not) => return not,
        },
        "Flatten" => (Op::Flatten { axis: node.int("axis").unwrap_or(1) }, 1),
        "Reshape" => {
            let shape =
                match (node.ints("shape"), node.inputs.get(1).and_then(|shape| context.constants.integers(shape))) {
                    (Some(shape), _) => Some(shape.iter().copied().map(Some).collect()),
                    (None, Some(shape)) => Some(shape.values.clone()),
                    (None, None) => None,
                };
            (Op::Reshape { shape }, 1)
        }
        "Gemm" => {
            let factor = |name: &str| node.float(name).unwrap_or(1.0);
            let (transpose_a, transpose_b) = (flag("transA", false), flag("transB", false));
            (Op::Gemm { transpose_a, transpose_b, alpha: factor("alpha"), beta: factor("beta") }, 3)
        }
        "MatMul" => (Op::MatMul, 2),
        "Transpose" => match node.ints("perm").map(|all| all.iter().map(|&d| usize::try_from(d)).collect()) {
            Some(Ok(permutation)) => (Op::Transpose { permutation }, 1),
            _ => return not("it does not say how"),
        },
        "Softmax" => (Op::Softmax { axis: node.int("axis").unwrap_or(if context.opset < 13 { 1 } else { -1 }) }, 1),
        "Pad" if !matches!(node.text("mode"), None | Some("constant")) => return not("it does not pad with zeros"),
        "Pad" if node.float("value").is_some_and(|value| value != 0.0) => return not("it does not pad with zeros"),
        "Pad" => match integers(if context.opset < 2 { "paddings" } else { "pads" }, 1) {
            Some(Ok(pads)) if pads.iter().all(|&pad| pad == 0) => return Reading::Nothing,
            Some(Ok(pads)) => match integers("axes", 3) {
                None => (Op::Pad { pads }, 1),
                Some(_) => return not("it pads some axes only"),
            },
            Some(Err(not)) => return not,
            None => return not("it does not say how much"),
        },
        "Squeeze" => match integers("axes", 1).transpose() {
            Ok(axes) => (Op::Squeeze { axes }, 1),
            Err(not) => return not,
        },
        "Unsqueeze" => match integers("axes", 1) {
            Some(Ok(axes)) => (Op::Unsqueeze { axes }, 1),
            Some(Err(not)) => return not,
            None => return not("it has no axes"),
        },
        "Slice" => match (
            integers("starts", 1),
            integers("ends", 2),
            integers("axes", 3).transpose(),
            integers("steps", 4).transpose(),
        ) {
            (Some(Ok(starts)), Some(Ok(ends)), Ok(axes), Ok(steps)) => {
                let axes = axes.unwrap_or_else(|| (0..starts.len() as i64).collect());
                let steps = steps.unwrap_or_else(|| vec![1; starts.len()]);
                if [ends.len(), axes.len(), steps.len()] != [starts.len(); 3] {
                    return not("its starts, ends, axes and steps are not as many");
                }
                (Op::Slice { starts, ends, axes, steps }, 1)
            }
            _ => return not("where it begins and ends is computed"),
        },
        _ => return Reading::Not(None),
    };
    Reading::Op(op.0, op.1)
}

/// The sliding window of a convolution or a pool.
fn window(node: &Node, kernel: Option<[usize; 2]>) -> Result<Window, String> {
    let pair = |name: &str, least: i64| match node.attribute(name) {
        None => Ok(None),
        Some(Attribute::Ints(values)) => match values[..] {
            [rows, columns] if rows >= least && columns >= least => {
                let size = |value: i64| usize::try_from(value).map_err(|_| format!("its {name} are {values:?}"));
                Ok(Some([size(rows)?, size(columns)?]))
            }
            _ => Err(format!("its {name} are {values:?}")),
        },
        Some(_) => Err(format!("its {name} are no integers")),
    };
    let kernel = pair("kernel_shape", 1)?.or(kernel).ok_or("it does not say how large its kernel is")?;
    let pads = match node.text("auto_pad") {
        None | Some("NOTSET") => match node.ints("pads") {
            None => Pads::Explicit([0; 4]),
            Some(values) => {
                let sizes = values.iter().map(|&value| usize::try_from(value)).collect::<Result<Vec<_>, _>>();
                let four = sizes.ok().and_then(|sizes| <[usize; 4]>::try_from(sizes).ok());
                Pads::Explicit(four.ok_or_else(|| format!("its pads are {values:?}"))?)
            }
        },
        Some("VALID") => Pads::Explicit([0; 4]),
        Some("SAME_UPPER") => Pads::SameUpper,
        Some("SAME_LOWER") => Pads::SameLower,
        Some(other) => return Err(format!("its auto_pad is '{other}'")),
    };
    Ok(Window {
        kernel,
        stride: pair("strides", 1)?.unwrap_or([1; 2]),
        pads,
        dilation: pair("dilations", 1)?.unwrap_or([1; 2]),
    })
}
