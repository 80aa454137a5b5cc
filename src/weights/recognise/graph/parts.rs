//! Chains of nodes as convolutions with their batch norm and ReLU, found from the logits back to the image.

use super::walk::{Value, Walk};
use super::{Error, kernel};
use crate::weights::formats::onnx::{Op, Window};

/// Something that has weights: a convolution with what follows it, or a lone batch norm. Names are the graph's.
#[derive(Clone, Debug, Default)]
pub struct Unit {
    /// The node to name in an error.
    pub node: usize,
    pub conv: Option<Convolution>,
    pub norm: Option<Norm>,
    pub relu: bool,
}

#[derive(Clone, Debug)]
pub struct Convolution {
    pub weight: String,
    pub bias: Option<String>,
    pub stride: usize,
    pub groups: usize,
}

#[derive(Clone, Debug)]
pub struct Norm {
    /// Scale, bias, mean, variance.
    pub parts: [String; 4],
    pub epsilon: f32,
}

/// How the identity branch makes of x what is added to F(x).
#[derive(Debug)]
pub enum Identity {
    X,
    /// The stride of 2x2 average pooling, if there is any, and the convolution.
    Projection {
        pooled: bool,
        unit: Unit,
    },
    OptionA,
}

#[derive(Debug)]
pub struct Block {
    /// The node of the sum.
    pub sum: usize,
    pub x: Value,
    /// The batch norm before the branches part, or before F's first convolution.
    pub before: Option<Unit>,
    pub identity: Identity,
    pub residual: Vec<Unit>,
    /// Whether a ReLU follows the sum.
    pub relu: bool,
}

#[derive(Debug)]
pub struct Stem {
    pub convs: Vec<Unit>,
    pub pooled: bool,
    /// The node that is nearest to the image.
    pub node: usize,
}

/// The classifier. `weight` is `[features, classes]` where `transposed`.
#[derive(Debug)]
pub struct Linear {
    pub weight: String,
    pub bias: Option<String>,
    pub transposed: bool,
}

#[derive(Debug)]
pub struct Tail {
    /// What the last block makes.
    pub features: Value,
    /// After the last block of a pre-activation net.
    pub norm: Option<Unit>,
    pub linear: Linear,
}

/// From the logits back to the last block.
pub fn tail(walk: &Walk<'_>) -> Result<Tail, Error> {
    let mut value = walk.output()?;
    let mut bias = None;
    let (linear, mut value) = loop {
        let Value::Of(index) = value else { return Err(Error::Design("it has no linear layer at its end".into())) };
        let node = walk.node(index);
        let weight = |at: usize| node.inputs.get(at).filter(|name| walk.is_weight(name)).cloned();
        match &node.op {
            Op::Softmax { .. } | Op::Flatten { .. } | Op::Reshape { .. } | Op::Squeeze { .. } if bias.is_none() => {}
            Op::Add if bias.is_none() && walk.data_inputs(node) == 1 => bias = weight(1).or_else(|| weight(0)),
            Op::MatMul => {
                if let Some(weight) = weight(1) {
                    break (Linear { weight, bias, transposed: true }, walk.input(index)?);
                }
                return Err(walk.not_understood(index, "its second factor is no weight"));
            }
            Op::Gemm { .. } if bias.is_none() => {
                let (Some(of), add) = (weight(1), weight(2)) else {
                    return Err(walk.not_understood(index, "its second factor is no weight"));
                };
                let added = add.as_deref().map(|name| walk.shape(name).unwrap_or_default());
                let transposed = kernel::linear(&node.op, added, walk.shape(&of).unwrap_or_default())
                    .map_err(|why| walk.not_understood(index, why))?;
                break (Linear { weight: of, bias: add, transposed }, walk.input(index)?);
            }
            Op::Conv { window: Window { kernel: [1, 1], .. }, group: 1 } => {
                if let Some(of) = weight(1) {
                    break (Linear { weight: of, bias: weight(2), transposed: false }, walk.input(index)?);
                }
                return Err(walk.not_understood(index, "its filter is no weight"));
            }
            _ => return Err(walk.not_understood(index, "a linear layer was expected at the end")),
        }
        value = walk.input(index)?;
    };
    let features = loop {
        let Value::Of(index) = value else {
            return Err(Error::Design("its picture is not averaged before the classifier".into()));
        };
        match &walk.node(index).op {
            Op::Flatten { .. } | Op::Reshape { .. } | Op::Squeeze { .. } => {}
            Op::GlobalAveragePool => break walk.input(index)?,
            Op::ReduceMean { axes: Some(axes), .. } if matches!(axes[..], [2, 3] | [-2, -1] | [3, 2] | [-1, -2]) => {
                break walk.input(index)?;
            }
            Op::AveragePool { window, .. } if kernel::whole_map(window) => break walk.input(index)?,
            _ => {
                return Err(
                    walk.not_understood(index, "an average over the whole map was expected before the classifier")
                );
            }
        }
        value = walk.input(index)?;
    };
    let (norm, features) = norm_and_relu(walk, features)?;
    Ok(Tail { features, norm, linear })
}

/// The batch norm whose ReLU makes `value`, where there is one on its own, and what that reads; else `value`. A batch norm that was
/// folded into a convolution whose output nothing else reads has left that convolution's ReLU: it is one that changes nothing.
fn norm_and_relu(walk: &Walk<'_>, value: Value) -> Result<(Option<Unit>, Value), Error> {
    let Value::Of(relu) = value else { return Ok((None, value)) };
    if walk.node(relu).op != Op::Relu {
        return Ok((None, value));
    }
    let before = walk.input(relu)?;
    let Value::Of(node) = before else { return Ok((None, value)) };
    if let Op::Conv { .. } = walk.node(node).op {
        return Ok((Some(Unit { node: relu, relu: true, ..Unit::default() }), before));
    }
    let Some(norm) = norm_of(walk, node) else { return Ok((None, value)) };
    Ok((Some(Unit { node, norm: Some(norm), relu: true, conv: None }), walk.input(node)?))
}

fn norm_of(walk: &Walk<'_>, index: usize) -> Option<Norm> {
    let node = walk.node(index);
    let Op::BatchNorm { epsilon } = node.op else { return None };
    let parts: Vec<String> = node.inputs.iter().skip(1).take(4).filter(|name| walk.is_weight(name)).cloned().collect();
    Some(Norm { parts: parts.try_into().ok()?, epsilon })
}

/// The block that makes `value`; none where no two branches are added there.
pub fn block(walk: &Walk<'_>, value: Value) -> Result<Option<Block>, Error> {
    let Value::Of(mut sum) = value else { return Ok(None) };
    let relu = walk.node(sum).op == Op::Relu;
    if relu {
        let Value::Of(before) = walk.input(sum)? else { return Ok(None) };
        sum = before;
    }
    if walk.node(sum).op != Op::Add || walk.data_inputs(walk.node(sum)) != 2 {
        return Ok(None);
    }
    let [a, b] = walk.inputs(sum)?[..] else { return Ok(None) };
    let (a, b) = (back(walk, a)?, back(walk, b)?);
    // Where the branches part: the first value of one that the other comes from, too.
    let parting = a.iter().enumerate().find_map(|(i, value)| Some((i, b.iter().position(|other| other == value)?)));
    let Some((in_a, in_b)) = parting else { return Err(stuck(walk, sum, &a, &b)) };
    let (a, b) = (&a[..=in_a], &b[..=in_b]);
    let (fa, fb) = (units(walk, a)?, units(walk, b)?);
    let convs = |chain: &Chain| chain.units.iter().filter(|unit| unit.conv.is_some()).count();
    let (f, other) = if convs(&fa) >= convs(&fb) { (fa, fb) } else { (fb, fa) };
    if !f.pools.is_empty() || !f.subsampled.is_empty() {
        return Err(walk.not_understood(sum, "its residual branch is not made of convolutions alone"));
    }
    let Some(&parted) = a.last() else { return Ok(None) };
    let mut residual = f.units;
    let mut x = parted;
    let mut before = (residual.first().is_some_and(|unit| unit.conv.is_none())).then(|| residual.remove(0));
    if before.is_none() && !relu {
        (before, x) = norm_and_relu(walk, parted)?;
    }
    let identity = identity(walk, sum, other)?;
    Ok(Some(Block { sum, x, before, identity, residual, relu }))
}

fn identity(walk: &Walk<'_>, sum: usize, chain: Chain) -> Result<Identity, Error> {
    let Chain { mut units, pools, subsampled } = chain;
    match (units.len(), pools.len(), subsampled.len()) {
        (0, 0, 0) => Ok(Identity::X),
        (1, 0 | 1, 0) if units[0].conv.is_some() && !units[0].relu => {
            Ok(Identity::Projection { pooled: pools.len() == 1, unit: units.remove(0) })
        }
        (0, 0, 1..) => Ok(Identity::OptionA),
        _ => Err(walk
            .not_understood(sum, "one of its branches is neither x, nor a projection of it, nor option A's shortcut")),
    }
}

/// Why two branches do not meet: an operator that is not understood, if that is why.
fn stuck(walk: &Walk<'_>, sum: usize, a: &[Value], b: &[Value]) -> Error {
    let ends = [a, b].into_iter().filter_map(|chain| match chain.last() {
        Some(Value::Of(index)) if walk.node(*index).op != Op::Add => Some(*index),
        _ => None,
    });
    match ends.into_iter().find(|&index| !steps_back(&walk.node(index).op)) {
        Some(index) => walk.not_understood(index, "no branch of a ResNet has it"),
        None => walk.not_understood(sum, "its two branches do not come from one value"),
    }
}

/// What a branch may be made of.
fn steps_back(op: &Op) -> bool {
    matches!(
        op,
        Op::Conv { .. } | Op::BatchNorm { .. } | Op::Relu | Op::AveragePool { .. } | Op::Pad { .. } | Op::Slice { .. }
    )
}

/// `value` and all that it is made of, one after the other, as far as that is a chain: the sum before, at most.
fn back(walk: &Walk<'_>, mut value: Value) -> Result<Vec<Value>, Error> {
    let mut chain = vec![value];
    while let Value::Of(index) = value {
        if !steps_back(&walk.node(index).op) {
            break;
        }
        value = walk.input(index)?;
        chain.push(value);
    }
    Ok(chain)
}

/// What a chain of nodes comes to, in the order it runs.
#[derive(Default)]
struct Chain {
    units: Vec<Unit>,
    /// Average pooling, 2x2 with stride 2.
    pools: Vec<usize>,
    /// What takes every second pixel and adds channels of zeros.
    subsampled: Vec<usize>,
}

/// `values` as [`back`] gave them: the last is what the chain reads.
fn units(walk: &Walk<'_>, values: &[Value]) -> Result<Chain, Error> {
    let mut chain = Chain::default();
    let mut padding = None;
    let nodes = values[..values.len().saturating_sub(1)].iter().rev();
    for index in nodes.filter_map(|value| if let Value::Of(index) = value { Some(*index) } else { None }) {
        let node = walk.node(index);
        match &node.op {
            Op::Conv { window, group } => {
                let pads = padding.take().unwrap_or([0; 4]);
                chain.units.push(conv(walk, index, window, *group, pads)?);
            }
            Op::BatchNorm { .. } => {
                let norm =
                    norm_of(walk, index).ok_or_else(|| walk.not_understood(index, "its statistics are no weights"))?;
                match chain.units.last_mut() {
                    Some(unit) if unit.conv.is_some() && unit.norm.is_none() && !unit.relu => unit.norm = Some(norm),
                    _ => chain.units.push(Unit { node: index, norm: Some(norm), ..Unit::default() }),
                }
            }
            Op::Relu => match chain.units.last_mut() {
                Some(unit) => unit.relu = true,
                None => return Err(walk.not_understood(index, "a ReLU before a branch's first convolution")),
            },
            Op::AveragePool { window, ceil, count_include_pad } => {
                kernel::average_pool(window, *ceil, *count_include_pad, even(walk))
                    .map_err(|why| walk.not_understood(index, why))?;
                chain.pools.push(index);
            }
            Op::Slice { starts, axes, steps, .. } => {
                let every_second = starts.iter().all(|&start| start == 0)
                    && axes.iter().zip(steps).all(|(axis, step)| [2, 3].contains(axis) && *step == 2);
                if !every_second {
                    return Err(walk.not_understood(index, "every second pixel is all that is known to be taken"));
                }
                chain.subsampled.push(index);
            }
            Op::Pad { pads } => match pads[..] {
                [0, 0, top, left, 0, 0, bottom, right] => {
                    let all = [top, left, bottom, right].map(usize::try_from);
                    let [Ok(top), Ok(left), Ok(bottom), Ok(right)] = all else {
                        return Err(walk.not_understood(index, "it cuts off"));
                    };
                    padding = Some([top, left, bottom, right]);
                }
                [0, before, 0, 0, 0, after, 0, 0] if before == after || before + 1 == after => {
                    chain.subsampled.push(index);
                }
                _ => return Err(walk.not_understood(index, "such padding is not known")),
            },
            _ => return Err(walk.not_understood(index, "no branch of a ResNet has it")),
        }
    }
    Ok(chain)
}

/// Whether pooling meets even sides only, all the way down.
fn even(walk: &Walk<'_>) -> bool {
    walk.side().is_none_or(|side| side.is_multiple_of(32))
}

fn conv(walk: &Walk<'_>, index: usize, window: &Window, groups: usize, more: [usize; 4]) -> Result<Unit, Error> {
    let node = walk.node(index);
    let wrong = |why: &str| Err(walk.not_understood(index, why));
    let weight = node.inputs.get(1).filter(|name| walk.is_weight(name));
    let Some(weight) = weight else { return wrong("its filter is no weight") };
    let bias = node.inputs.get(2).filter(|name| !name.is_empty());
    if bias.is_some_and(|name| !walk.is_weight(name)) {
        return wrong("its bias is no weight");
    }
    if walk.shape(weight).is_some_and(|shape| shape.get(2..) != Some(&window.kernel)) {
        return wrong("its filter is not as large as its kernel_shape says");
    }
    let filter = kernel::conv(window, groups, more).map_err(|why| walk.not_understood(index, why))?;
    let conv = Convolution { weight: weight.clone(), bias: bias.cloned(), stride: filter.stride, groups };
    Ok(Unit { node: index, conv: Some(conv), norm: None, relu: false })
}

/// From the first block back to the image.
pub fn stem(walk: &Walk<'_>, value: Value) -> Result<Stem, Error> {
    let (mut value, mut pooled, mut nearest) = (value, false, 0);
    let mut padding = None;
    if let Value::Of(index) = value {
        nearest = index;
        if let Op::MaxPool { window, ceil } = &walk.node(index).op {
            let input = walk.input(index)?;
            let before = padded(walk, input)?;
            // The stem's convolutions have halved the image once.
            let even = walk.side().is_none_or(|side| side.div_ceil(2).is_multiple_of(2));
            kernel::max_pool(window, *ceil, before, even).map_err(|why| walk.not_understood(index, why))?;
            pooled = true;
            padding = before;
            value = input;
        }
    }
    if padding.is_some()
        && let Value::Of(pad) = value
    {
        value = walk.input(pad)?;
    }
    let chain = back(walk, value)?;
    if chain.last() != Some(&Value::Image) {
        return Err(match chain.last() {
            Some(Value::Of(index)) => walk.not_understood(*index, "no stem of a ResNet has it"),
            _ => walk.not_understood(nearest, "no stem of a ResNet has it"),
        });
    }
    let Chain { units, pools, subsampled } = units(walk, &chain)?;
    if !pools.is_empty() || !subsampled.is_empty() || units.iter().any(|unit| unit.conv.is_none()) {
        return Err(walk.not_understood(nearest, "the stem is not made of convolutions alone"));
    }
    if padding.is_some() && !units.last().is_some_and(|unit| unit.relu) {
        return Err(walk.not_understood(nearest, "zeros around values below zero would be the greatest"));
    }
    Ok(Stem { convs: units, pooled, node: nearest })
}

fn padded(walk: &Walk<'_>, value: Value) -> Result<Option<[i64; 4]>, Error> {
    let Value::Of(index) = value else { return Ok(None) };
    match &walk.node(index).op {
        Op::Pad { pads } => match pads[..] {
            [0, 0, top, left, 0, 0, bottom, right] => Ok(Some([top, left, bottom, right])),
            _ => Err(walk.not_understood(index, "such padding is not known")),
        },
        _ => Ok(None),
    }
}
