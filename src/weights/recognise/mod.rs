//! Which ResNet a file's tensors are: from their names and shapes alone, whoever named them.
//!
//! | file | its job |
//! |---|---|
//! | `names` | what torchvision, timm, transformers and the usual CIFAR code call a layer, and torchvision's name for it |
//! | `shapes` | an [`Architecture`] from the shapes of so named tensors |
//! | `graph` | an ONNX graph's blocks, from its sums |
//! | `others` | what a file without a ResNet is likely to be |

pub mod graph;
mod names;
mod others;
mod shapes;

use crate::arch::Architecture;
use crate::weights::{self, Source};
use std::collections::HashMap;

/// A tensor of a file: its name there, and its shape.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// The file's.
    pub name: String,
    /// Outermost first.
    pub shape: Vec<usize>,
}

/// Why a file's tensors are no network that runs here. Names are the file's own.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Another family, as far as names and shapes tell.
    #[error("this looks like {0}, not like a ResNet")]
    LooksLike(&'static str),
    /// Nothing that looks like a stem and a block; the first names of what is there instead.
    #[error("no ResNet: it has no tensor like 'conv1.weight' and 'layer1.0.conv1.weight', and begins with {0}")]
    NoNet(String),
    /// One that the design needs.
    #[error("the tensor '{0}' is missing")]
    Missing(String),
    /// One of another shape than the design needs.
    #[error("the tensor '{name}' has shape {found:?} where {expected:?} is needed")]
    Shape {
        /// The file's.
        name: String,
        /// Outermost first.
        expected: Vec<usize>,
        /// Outermost first.
        found: Vec<usize>,
    },
    /// One that no layer of the design takes: the network would not compute what the file means.
    #[error("the tensor '{name}' is surplus: {why}")]
    Surplus {
        /// The file's.
        name: String,
        /// What it is likely to be.
        why: &'static str,
    },
    /// A graph's operator that is part of no block.
    #[error("the node '{node}' ({operator}) is not understood: {why}")]
    Node {
        /// The file's name of it.
        node: String,
        /// ONNX' name of what it computes.
        operator: String,
        /// What does not fit.
        why: String,
    },
    /// Layers that are well formed each, and no design together.
    #[error("{0}")]
    Design(String),
}

/// What names and shapes leave open, and was assumed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Assumed {
    /// That bottlenecks stride in their 3x3 convolution, as torchvision's do.
    StrideIn3x3,
    /// That blocks which change the shape have option A's shortcut: a plain net has the same tensors.
    OptionA,
}

/// A ResNet found in a file's tensors.
#[derive(Clone, Debug)]
pub struct Recognised {
    /// With what is left open as [`assumed`](Self::assumed).
    pub architecture: Architecture,
    /// What names and shapes leave open.
    pub assumed: Vec<Assumed>,
    /// Of every tensor, torchvision's name to the file's.
    names: HashMap<String, String>,
    /// The file's shapes by its names.
    shapes: HashMap<String, Vec<usize>>,
}

/// Finds the ResNet in the float tensors of a file.
pub fn recognise(tensors: &[Named]) -> Result<Recognised, Error> {
    let by_name = names::canonical(tensors).ok_or_else(|| others::what(tensors))?;
    let (architecture, assumed) = shapes::architecture(&by_name)?;
    let by_name = shapes::rename(&architecture, by_name);
    let used = shapes::check(&architecture, &by_name)?;
    if let Some(surplus) = tensors.iter().find(|tensor| !used.contains(tensor.name.as_str())) {
        return Err(Error::Surplus { name: surplus.name.clone(), why: others::why_surplus(&surplus.name) });
    }
    Ok(Recognised {
        architecture,
        assumed,
        names: by_name.iter().map(|(name, tensor)| (name.clone(), tensor.name.clone())).collect(),
        shapes: tensors.iter().map(|tensor| (tensor.name.clone(), tensor.shape.clone())).collect(),
    })
}

impl Recognised {
    /// The tensors of `file`, which goes by the file's own names, by torchvision's.
    pub fn source<S: Source>(&self, file: S) -> Renamed<'_, S> {
        Renamed { recognised: self, file }
    }
}

/// See [`Recognised::source`].
pub struct Renamed<'a, S> {
    recognised: &'a Recognised,
    file: S,
}

impl<S: Source> Source for Renamed<'_, S> {
    fn has(&self, name: &str) -> bool {
        self.recognised.names.contains_key(name)
    }

    fn take(&mut self, name: &str, shape: &[usize]) -> Result<Vec<f32>, weights::Error> {
        let own = self.recognised.names.get(name).ok_or_else(|| weights::Error::Missing(name.to_string()))?;
        // A classifier may be a 1x1 convolution.
        let stored = self.recognised.shapes.get(own).filter(|stored| shapes::same(stored, shape));
        self.file.take(own, stored.map_or(shape, Vec::as_slice))
    }

    fn give_back(&mut self, values: Vec<f32>) {
        self.file.give_back(values);
    }

    fn batch_norm_epsilon(&self) -> f64 {
        self.file.batch_norm_epsilon()
    }
}

#[cfg(test)]
mod tests;
