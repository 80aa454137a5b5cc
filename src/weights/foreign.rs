//! A file of somebody's own: opened, recognised, and its weights by torchvision's names. From there on it is a model as any other.

use super::answers::Answers;
use super::formats::onnx::Graph;
use super::formats::{self, Bytes, Checkpoint, Companions, Opened};
use super::recognise::graph::{self, RecognisedGraph};
use super::recognise::{self, Assumed, Named, Recognised};
use super::{Card, Error as WeightsError, Source};
use crate::arch::Architecture;

/// Why a foreign file is no model.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Its bytes are not what their format asks for.
    #[error(transparent)]
    Format(#[from] formats::Error),
    /// It holds no ResNet that runs here.
    #[error(transparent)]
    Recognise(#[from] recognise::Error),
    /// Its tensors cannot be taken.
    #[error(transparent)]
    Weights(#[from] WeightsError),
    /// One of our own model files, which is no foreign one.
    #[error("the file is a GGUF file")]
    Gguf,
    /// Several files, of which this is the first.
    #[error("the file is a tfjs model.json, whose weights lie in other files: `skipscope convert` reads them")]
    Tfjs,
}

/// A ResNet in a `.safetensors`, `.pth` or `.onnx` file. Its weights stay in the file until they are taken.
///
/// ```
/// use skipscope::{model::Model, network::Network};
/// use skipscope::weights::{answers::Answers, foreign::Foreign, formats::FileBytes};
///
/// # let path = "tests/fixtures/foreign/basic.safetensors";
/// # if !std::path::Path::new(path).exists() { return Ok(()) } // not in the package
/// let bytes = FileBytes::open(path.as_ref())?;
/// let foreign = Foreign::open(&bytes, &|_name| None)?; // no files beside it
/// let answers = Answers::default(); // how pictures are normalised, what the classes are called: the usual
/// let card = foreign.card(&answers);
/// let network = Network::build(&card.architecture()?, card.input_side, &mut *foreign.source(&answers))?;
/// let model = Model::new(card, network);
/// # assert_eq!(model.network().architecture().kind, skipscope::arch::BlockKind::Basic);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Foreign<'a> {
    bytes: &'a dyn Bytes,
    inside: Inside,
}

enum Inside {
    Checkpoint(Checkpoint, Recognised),
    Graph(Graph, RecognisedGraph),
}

impl<'a> Foreign<'a> {
    /// `companions` brings a file that lies beside, by its name: ONNX may keep its weights there.
    pub fn open(bytes: &'a dyn Bytes, companions: &Companions<'_>) -> Result<Foreign<'a>, Error> {
        let inside = match formats::open(bytes, companions)? {
            Opened::Checkpoint(checkpoint) => {
                let floats = checkpoint.tensors.iter().filter(|tensor| tensor.dtype.is_float());
                let named =
                    |tensor: &formats::StoredTensor| Named { name: tensor.name.clone(), shape: tensor.shape.clone() };
                let recognised = recognise::recognise(&floats.map(named).collect::<Vec<_>>())?;
                Inside::Checkpoint(checkpoint, recognised)
            }
            Opened::Graph(graph) => {
                let recognised = graph::recognise(&graph)?;
                Inside::Graph(graph, recognised)
            }
            Opened::Gguf => return Err(Error::Gguf),
            Opened::Tfjs => return Err(Error::Tfjs),
        };
        Ok(Foreign { bytes, inside })
    }

    /// With what the file leaves open as [`assumed`](Self::assumed).
    pub fn architecture(&self) -> &Architecture {
        match &self.inside {
            Inside::Checkpoint(_, recognised) => &recognised.architecture,
            Inside::Graph(_, recognised) => &recognised.architecture,
        }
    }

    /// What the file leaves open: for [`Answers`] to say.
    pub fn assumed(&self) -> &[Assumed] {
        match &self.inside {
            Inside::Checkpoint(_, recognised) => &recognised.assumed,
            Inside::Graph(..) => &[],
        }
    }

    /// The side of the image, where the file states it.
    pub fn side(&self) -> Option<usize> {
        match &self.inside {
            Inside::Checkpoint(..) => None,
            Inside::Graph(_, recognised) => recognised.side,
        }
    }

    /// What the model file says about itself, with the answers to what this one does not say.
    pub fn card(&self, answers: &Answers) -> Card {
        answers.card(&answers.settle(self.architecture(), self.assumed()), self.side())
    }

    /// The weights, for a network that takes red first.
    pub fn source(&self, answers: &Answers) -> Box<dyn Source + '_> {
        let bgr = answers.normalisation(&self.architecture().stem).bgr;
        match &self.inside {
            Inside::Checkpoint(checkpoint, recognised) => {
                Box::new(RedFirst { source: recognised.source(checkpoint.source(self.bytes)), bgr })
            }
            Inside::Graph(graph, recognised) => {
                Box::new(RedFirst { source: recognised.source(graph, self.bytes), bgr })
            }
        }
    }
}

/// Turns the inputs of the first convolution, where it takes blue first.
pub(super) struct RedFirst<S> {
    pub(super) source: S,
    pub(super) bgr: bool,
}

impl<S: Source> Source for RedFirst<S> {
    fn has(&self, name: &str) -> bool {
        self.source.has(name)
    }

    fn take(&mut self, name: &str, shape: &[usize]) -> Result<Vec<f32>, WeightsError> {
        let mut values = self.source.take(name, shape)?;
        if let (true, "conv1.weight" | "conv1.0.weight", [_, channels, height, width]) = (self.bgr, name, shape) {
            let plane = height * width;
            for filter in values.chunks_exact_mut(channels * plane) {
                let planes: Vec<f32> = filter.chunks_exact(plane).rev().flatten().copied().collect();
                filter.copy_from_slice(&planes);
            }
        }
        Ok(values)
    }

    fn give_back(&mut self, values: Vec<f32>) {
        self.source.give_back(values);
    }

    fn batch_norm_epsilon(&self) -> f64 {
        self.source.batch_norm_epsilon()
    }
}
