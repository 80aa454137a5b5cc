//! The few integers that a graph computes with: axes, pads, and the shape that a picture's features are given before the last
//! layer, which exporters write as chains of `Shape`, `Gather`, `Concat` and `Transpose`.

use super::proto::Node;
use std::collections::HashMap;

/// More than these are no axes.
pub const MOST: usize = 64;

/// Integers, row by row of `shape`; none where one depends on the picture: its batch's size, say.
#[derive(Clone, Debug, PartialEq)]
pub struct Integers {
    pub shape: Vec<usize>,
    pub values: Vec<Option<i64>>,
}

/// What is known of a value of integers.
#[derive(Clone, Debug, PartialEq)]
pub enum Known {
    Integers(Integers),
    /// The shape of a picture, as many as it has dimensions.
    Shape,
}

/// By the values' names.
#[derive(Default)]
pub struct Constants(HashMap<String, Known>);

impl Integers {
    /// None where there are many, or a dimension of nought lets another be of any size.
    pub fn new(shape: Vec<usize>, values: Vec<Option<i64>>) -> Option<Integers> {
        shape.iter().all(|&d| d <= MOST).then_some(Integers { shape, values })
    }
}

fn row(values: Vec<Option<i64>>) -> Known {
    Known::Integers(Integers { shape: vec![values.len()], values })
}

impl Constants {
    pub fn insert(&mut self, name: &str, known: Known) {
        self.0.insert(name.to_string(), known);
    }

    pub fn integers(&self, name: &str) -> Option<&Integers> {
        match self.0.get(name)? {
            Known::Integers(integers) => Some(integers),
            Known::Shape => None,
        }
    }

    /// Integers that are known, all of them.
    pub fn all(&self, name: &str) -> Option<Vec<i64>> {
        self.integers(name)?.values.iter().copied().collect()
    }

    /// What `node` makes of integers that are known; none where it is no such node. `shape_of` knows the shapes of weights, `fill` is
    /// what a `ConstantOfShape` is filled with.
    pub fn made_by(
        &self,
        node: &Node,
        shape_of: impl Fn(&str) -> Option<Vec<usize>>,
        fill: Option<i64>,
    ) -> Option<Known> {
        let name = |index: usize| node.inputs.get(index).filter(|name| !name.is_empty());
        let integers = |index: usize| self.integers(name(index)?);
        let all = |index: usize| self.all(name(index)?);
        Some(match node.operator.as_str() {
            "Shape" => {
                let (start, end) = (node.int("start"), node.int("end"));
                let of = shape_of(name(0)?).or_else(|| integers(0).map(|integers| integers.shape.clone()));
                match (of, start.unwrap_or(0), end) {
                    (Some(shape), start, end) => {
                        let values = shape.iter().map(|&d| i64::try_from(d).ok()).collect();
                        row(sliced(values, start, end.unwrap_or(i64::MAX), 1)?)
                    }
                    (None, 0, None) => Known::Shape,
                    (None, start @ 0..=64, Some(end)) if (start..=64).contains(&end) => {
                        row(vec![None; (end - start) as usize])
                    }
                    (None, ..) => return None,
                }
            }
            "Identity" | "Cast" => self.0.get(name(0)?)?.clone(),
            "Unsqueeze" | "Squeeze" => {
                let Integers { shape, values } = integers(0)?;
                let shape = match (node.operator.as_str(), &shape[..]) {
                    ("Unsqueeze", []) => vec![1],
                    ("Squeeze", [1]) => vec![],
                    _ => return None,
                };
                Known::Integers(Integers { shape, values: values.clone() })
            }
            "Reshape" => reshaped(integers(0)?, &all(1)?)?,
            "Transpose" => match (integers(0)?, node.ints("perm")) {
                (Integers { shape, values }, Some([1, 0])) if shape.len() == 2 => {
                    let (rows, columns) = (shape[0], shape[1]);
                    let values = (0..rows * columns).map(|i| values[i % rows * columns + i / rows]).collect();
                    Known::Integers(Integers { shape: vec![columns, rows], values })
                }
                _ => return None,
            },
            "Gather" if matches!(node.int("axis"), None | Some(0)) => {
                let at = integers(1)?;
                let picked = at.values.iter().map(|at| match self.0.get(name(0)?)? {
                    Known::Shape => Some(None),
                    Known::Integers(Integers { shape, values }) if shape.len() == 1 => {
                        let at = (*at)?;
                        let at = if at < 0 { at.checked_add(values.len() as i64)? } else { at };
                        values.get(usize::try_from(at).ok()?).copied()
                    }
                    Known::Integers(_) => None,
                });
                Known::Integers(Integers { shape: at.shape.clone(), values: picked.collect::<Option<_>>()? })
            }
            "Slice" => {
                let (&[start], &[end]) = (&all(1)?[..], &all(2)?[..]) else { return None };
                let axes = name(3).map_or(Some(vec![0]), |name| self.all(name))?;
                let steps = name(4).map_or(Some(vec![1]), |name| self.all(name))?;
                let (&[0], &[step]) = (&axes[..], &steps[..]) else { return None };
                match self.0.get(name(0)?)? {
                    Known::Shape if step == 1 && (0..=64).contains(&start) && (start..=64).contains(&end) => {
                        row(vec![None; (end - start) as usize])
                    }
                    Known::Integers(Integers { shape, values }) if (1..=2).contains(&shape.len()) => {
                        let columns: usize = shape[1..].iter().product();
                        let rows = sliced((0..shape[0]).collect(), start, end, step)?;
                        let values =
                            rows.iter().flat_map(|row| &values[row * columns..(row + 1) * columns]).copied().collect();
                        Known::Integers(Integers { shape: [&[rows.len()], &shape[1..]].concat(), values })
                    }
                    _ => return None,
                }
            }
            "Concat" => {
                let mut values = Vec::new();
                for index in 0..node.inputs.len() {
                    match integers(index)? {
                        more if more.shape.len() == 1 && values.len() + more.values.len() <= MOST => {
                            values.extend(&more.values);
                        }
                        _ => return None,
                    }
                }
                row(values)
            }
            "Expand" => match (integers(0)?, &all(1)?[..]) {
                (Integers { values, .. }, &[len @ 0..=64]) if values.len() == 1 => row(vec![values[0]; len as usize]),
                _ => return None,
            },
            "ConstantOfShape" => match all(0)?[..] {
                [len @ 0..=64] => row(vec![Some(fill?); len as usize]),
                _ => return None,
            },
            "Add" | "Sub" | "Mul" | "Div" => calculated(&node.operator, integers(0)?, integers(1)?)?,
            _ => return None,
        })
    }
}

/// Of two of one shape, or of one number with several. What is not known stays so.
fn calculated(operator: &str, a: &Integers, b: &Integers) -> Option<Known> {
    let longer = if a.values.len() >= b.values.len() { a } else { b };
    if a.shape != b.shape && a.values.len() != 1 && b.values.len() != 1 {
        return None;
    }
    let at = |of: &Integers, index: usize| of.values[if of.values.len() == 1 { 0 } else { index }];
    let value = |index: usize| {
        let (Some(a), Some(b)) = (at(a, index), at(b, index)) else { return Some(None) };
        let value = match operator {
            "Add" => a.checked_add(b),
            "Sub" => a.checked_sub(b),
            "Mul" => a.checked_mul(b),
            _ => a.checked_div(b),
        };
        value.map(Some)
    };
    let values = (0..longer.values.len()).map(value).collect::<Option<_>>()?;
    Some(Known::Integers(Integers { shape: longer.shape.clone(), values }))
}

/// Every `step`th of `values` from `start` until `end`, as ONNX counts: from the last where negative.
fn sliced<T: Copy>(values: Vec<T>, start: i64, end: i64, step: i64) -> Option<Vec<T>> {
    let len = i64::try_from(values.len()).ok()?;
    let from_front = |at: i64| if at < 0 { at.saturating_add(len) } else { at };
    let (mut at, end) = match step {
        1.. => (from_front(start).clamp(0, len), from_front(end).clamp(0, len)),
        ..0 => (from_front(start).clamp(-1, len - 1), from_front(end).clamp(-1, len - 1)),
        0 => return None,
    };
    let mut taken = Vec::new();
    while if step > 0 { at < end } else { at > end } {
        taken.push(*values.get(usize::try_from(at).ok()?)?);
        at = at.saturating_add(step);
    }
    Some(taken)
}

/// In a shape in which -1 is what is left, and 0 as before.
fn reshaped(from: &Integers, to: &[i64]) -> Option<Known> {
    let mut shape = Vec::new();
    for (index, &d) in to.iter().enumerate() {
        shape.push(match d {
            -1 => 1,
            0 => *from.shape.get(index)?,
            d => usize::try_from(d).ok()?,
        });
    }
    let len = from.values.len();
    let others = shape.iter().try_fold(1usize, |n, &d| n.checked_mul(d))?;
    match to.iter().position(|&d| d == -1) {
        Some(index) if others > 0 && len.is_multiple_of(others) => shape[index] = len / others,
        Some(_) => return None,
        None if others != len => return None,
        None => {}
    }
    Integers::new(shape, from.values.clone()).map(Known::Integers)
}
