//! A graph's tensors, by torchvision's names.

use super::RecognisedGraph;
use super::parts::Unit;
use crate::weights::formats::Bytes;
use crate::weights::formats::onnx::Graph;
use crate::weights::{self, Source};

/// The weights of a recognised graph, read one by one as they are taken.
pub struct GraphSource<'a> {
    /// What the graph was recognised as.
    pub recognised: &'a RecognisedGraph,
    /// The graph itself.
    pub graph: &'a Graph,
    /// The file that the graph was read from.
    pub bytes: &'a dyn Bytes,
}

/// What batch norm adds to the variance: all are brought to it.
const EPSILON: f64 = 1e-5;

/// What stands behind one of torchvision's names.
enum Behind<'a> {
    Weight(&'a str),
    /// `[inputs, outputs]`.
    Transposed(&'a str),
    /// Of a batch norm with that epsilon.
    Variance(&'a str, f32),
    /// Of a batch norm that was folded into what is before it.
    Ones,
    Zeros,
}

impl GraphSource<'_> {
    fn behind(&self, name: &str) -> Option<Behind<'_>> {
        let (layer, part) = name.rsplit_once('.')?;
        let linear = &self.recognised.linear;
        if layer == self.recognised.architecture.classifier() {
            return match part {
                "weight" if linear.transposed => Some(Behind::Transposed(&linear.weight)),
                "weight" => Some(Behind::Weight(&linear.weight)),
                "bias" => Some(linear.bias.as_deref().map_or(Behind::Zeros, Behind::Weight)),
                _ => None,
            };
        }
        match self.recognised.units.get(layer) {
            Some(Unit { conv: Some(conv), .. }) => match part {
                "weight" => Some(Behind::Weight(&conv.weight)),
                "bias" => conv.bias.as_deref().map(Behind::Weight).or(Some(Behind::Zeros)),
                _ => None,
            },
            Some(Unit { norm: None, .. }) => match part {
                "weight" => Some(Behind::Ones),
                "bias" => Some(Behind::Zeros),
                _ => None,
            },
            lone => {
                let of_conv = || self.recognised.norm_of(layer);
                let norm = lone.and_then(|unit| unit.norm.as_ref()).or_else(of_conv)?;
                let [scale, bias, mean, variance] = &norm.parts;
                match part {
                    "weight" => Some(Behind::Weight(scale)),
                    "bias" => Some(Behind::Weight(bias)),
                    "running_mean" => Some(Behind::Weight(mean)),
                    "running_var" => Some(Behind::Variance(variance, norm.epsilon)),
                    _ => None,
                }
            }
        }
    }

    fn values(&self, name: &str, shape: &[usize]) -> Result<Vec<f32>, weights::Error> {
        let found = self.graph.initialisers.get(name).map(|tensor| &tensor.shape[..]).unwrap_or_default();
        if !super::super::shapes::same(found, shape) {
            let (name, expected, found) = (name.to_string(), shape.to_vec(), found.to_vec());
            return Err(weights::Error::Shape { name, expected, found });
        }
        Ok(self.graph.values(name, self.bytes)?)
    }
}

impl Source for GraphSource<'_> {
    fn has(&self, name: &str) -> bool {
        self.behind(name).is_some()
    }

    fn take(&mut self, name: &str, shape: &[usize]) -> Result<Vec<f32>, weights::Error> {
        match self.behind(name).ok_or_else(|| weights::Error::Missing(name.to_string()))? {
            Behind::Weight(own) => self.values(own, shape),
            Behind::Transposed(own) => {
                let [outputs, inputs] = *shape else { return Err(weights::Error::Missing(name.to_string())) };
                let values = self.values(own, &[inputs, outputs])?;
                Ok((0..outputs).flat_map(|o| values.iter().skip(o).step_by(outputs)).copied().collect())
            }
            Behind::Variance(own, epsilon) => {
                let mut values = self.values(own, shape)?;
                let more = f64::from(epsilon) - EPSILON;
                values.iter_mut().for_each(|value| *value = (f64::from(*value) + more) as f32);
                Ok(values)
            }
            Behind::Ones => Ok(vec![1.0; shape.iter().product()]),
            Behind::Zeros => Ok(vec![0.0; shape.iter().product()]),
        }
    }

    fn batch_norm_epsilon(&self) -> f64 {
        EPSILON
    }
}
