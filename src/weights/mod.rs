//! Bytes to named tensors: model files, checkpoints of other frameworks, and the folding of batch norm.

#[cfg(feature = "convert")]
pub mod answers;
mod card;
pub mod fold;
#[cfg(feature = "convert")]
pub mod foreign;
pub mod formats;
#[cfg(feature = "convert")]
pub mod kept;
#[cfg(feature = "convert")]
pub mod labels;
pub mod model_file;
#[cfg(feature = "convert")]
pub mod recognise;
#[cfg(feature = "convert")]
pub mod stated;
pub mod synthetic;
#[cfg(feature = "write")]
mod write;

pub use card::{Card, MOST_CLASSES};
pub use formats::gguf::{TensorInfo, TensorType};
pub use model_file::ModelFile;
#[cfg(feature = "write")]
pub use write::Precision;

use crate::arch::{Architecture, ConvSpec, Step};
use std::collections::HashMap;

/// Why a tensor or a model file cannot be used.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// No tensor of a name that the architecture has.
    #[error("the weights have no tensor '{0}'")]
    Missing(String),
    /// A tensor of another shape than the architecture has.
    #[error("tensor '{name}' has shape {found:?} where {expected:?} is needed")]
    Shape {
        /// torchvision's.
        name: String,
        /// Outermost first.
        expected: Vec<usize>,
        /// Outermost first.
        found: Vec<usize>,
    },
    /// NaN or infinity: one would silently blank every map after it.
    #[error("tensor '{0}' holds a value that is not a finite number")]
    NotFinite(String),
    /// A model file or a card that cannot be used: what is wrong with it, in a sentence.
    #[error("{0}")]
    Format(String),
}

/// Where a network takes its weights from. Tensors are taken once, in the order the network is built, so that a source
/// may free (or not yet have decoded) what is not asked for.
pub trait Source {
    /// Whether there is a tensor of that name.
    fn has(&self, name: &str) -> bool;

    /// The values of a tensor in row-major order of `shape` (torchvision's: convolutions OIHW, linear layers OI), all finite.
    fn take(&mut self, name: &str, shape: &[usize]) -> Result<Vec<f32>, Error>;

    /// Takes memory back, which the next tensor may be put into.
    fn give_back(&mut self, _values: Vec<f32>) {}

    /// What batch norm adds to the variance.
    fn batch_norm_epsilon(&self) -> f64 {
        1e-5
    }
}

/// Named tensors in memory.
#[derive(Clone, Debug, Default)]
pub struct Tensors {
    /// By name: the shape, outermost first, and the values, row-major.
    pub tensors: HashMap<String, (Vec<usize>, Vec<f32>)>,
    /// None: 1e-5, as PyTorch has it.
    pub batch_norm_epsilon: Option<f64>,
}

impl Source for Tensors {
    fn has(&self, name: &str) -> bool {
        self.tensors.contains_key(name)
    }

    fn take(&mut self, name: &str, shape: &[usize]) -> Result<Vec<f32>, Error> {
        let (found, values) = self.tensors.remove(name).ok_or_else(|| Error::Missing(name.to_string()))?;
        if found != shape || values.len() != shape.iter().product::<usize>() {
            return Err(Error::Shape { name: name.to_string(), expected: shape.to_vec(), found });
        }
        check_finite(name, &values)?;
        Ok(values)
    }

    fn batch_norm_epsilon(&self) -> f64 {
        self.batch_norm_epsilon.unwrap_or(1e-5)
    }
}

/// One NaN would silently blank every map after it.
pub fn check_finite(name: &str, values: &[f32]) -> Result<(), Error> {
    match values.iter().all(|v| v.is_finite()) {
        true => Ok(()),
        false => Err(Error::NotFinite(name.to_string())),
    }
}

/// The convolutions of an architecture in the order in which a network takes their weights; the linear layer comes after
/// them. Model files keep this order, so that a network can be built while its file is still arriving.
pub fn layers(architecture: &Architecture) -> impl Iterator<Item = ConvSpec> {
    architecture.flow().steps().iter().filter_map(Step::conv).cloned().collect::<Vec<_>>().into_iter()
}
