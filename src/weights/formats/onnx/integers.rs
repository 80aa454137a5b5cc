//! The few integers that a graph computes with: axes, pads, and the shape that a picture's features are given before the last
//! layer, which exporters write as a chain of `Shape`, `Gather` and `Concat`.

use super::proto::Node;
use std::collections::HashMap;

/// More than these are no axes.
pub const MOST: usize = 64;

/// What is known of a value of integers.
#[derive(Clone, Debug, PartialEq)]
pub enum Known {
    /// Each, or none where it depends on the picture: its batch's size, say.
    Integers(Vec<Option<i64>>),
    /// The shape of a picture, as many as it has dimensions.
    Shape,
}

/// By the values' names.
#[derive(Default)]
pub struct Integers(HashMap<String, Known>);

impl Integers {
    pub fn insert(&mut self, name: &str, known: Known) {
        self.0.insert(name.to_string(), known);
    }

    pub fn get(&self, name: &str) -> Option<&Known> {
        self.0.get(name)
    }

    /// Integers that are known, all of them.
    pub fn all(&self, name: &str) -> Option<Vec<i64>> {
        match self.get(name)? {
            Known::Integers(values) => values.iter().copied().collect(),
            Known::Shape => None,
        }
    }

    /// What `node` makes of integers that are known; none where it is no such node.
    pub fn made_by(&self, node: &Node, shape_of: impl Fn(&str) -> Option<Vec<usize>>) -> Option<Known> {
        let input = |index: usize| self.get(node.inputs.get(index)?);
        match node.operator.as_str() {
            "Shape" => Some(match shape_of(node.inputs.first()?) {
                Some(shape) => Known::Integers(shape.iter().map(|&d| i64::try_from(d).ok()).collect()),
                None => Known::Shape,
            }),
            "Identity" | "Cast" | "Unsqueeze" | "Squeeze" | "Reshape" => input(0).cloned(),
            "Gather" if matches!(node.int("axis"), None | Some(0)) => {
                let from = input(0)?;
                let picked = self.all(node.inputs.get(1)?)?.into_iter().map(|at| match from {
                    Known::Shape => None,
                    Known::Integers(values) => {
                        let at = if at < 0 { at.checked_add(values.len() as i64)? } else { at };
                        values.get(usize::try_from(at).ok()?).copied()?
                    }
                });
                Some(Known::Integers(picked.collect()))
            }
            "Slice" => sliced(input(0)?, &self.all(node.inputs.get(1)?)?, &self.all(node.inputs.get(2)?)?, node),
            "Concat" => {
                let mut values = Vec::new();
                for index in 0..node.inputs.len() {
                    match input(index)? {
                        Known::Integers(more) if values.len() + more.len() <= MOST => values.extend(more),
                        _ => return None,
                    }
                }
                Some(Known::Integers(values))
            }
            // Arithmetic of sizes that are known is done before a model is saved.
            "Add" | "Sub" | "Mul" | "Div" => match (input(0)?, input(1)?) {
                (Known::Integers(a), Known::Integers(b)) => Some(Known::Integers(vec![None; a.len().max(b.len())])),
                _ => None,
            },
            "ConstantOfShape" => {
                let [len @ 0..=64] = self.all(node.inputs.first()?)?[..] else { return None };
                Some(Known::Integers(vec![None; usize::try_from(len).ok()?]))
            }
            _ => None,
        }
    }
}

/// The part of a row from a start to an end; a shape's must be stated from its beginning.
fn sliced(from: &Known, start: &[i64], end: &[i64], node: &Node) -> Option<Known> {
    let (&[start @ 0..=64], &[end], ..=4) = (start, end, node.inputs.len()) else { return None };
    let part = match from {
        Known::Shape if (start..=MOST as i64).contains(&end) => vec![None; usize::try_from(end - start).ok()?],
        Known::Shape => return None,
        Known::Integers(values) => {
            let len = values.len() as i64;
            let end = if end < 0 { end.saturating_add(len) } else { end.min(len) };
            values.get(usize::try_from(start).ok()?..usize::try_from(end).ok()?)?.to_vec()
        }
    };
    Some(Known::Integers(part))
}
