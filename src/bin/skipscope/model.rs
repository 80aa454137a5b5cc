//! A model of any format, and what its file does not say.

use crate::files;
use anyhow::{Context, Result, bail};
use skipscope::arch::Architecture;
use skipscope::model::Model;
use skipscope::network::Network;
use skipscope::weights::answers::{Answers, PRESETS};
use skipscope::weights::foreign::{Error, Foreign};
use skipscope::weights::formats::tfjs::LayersModel;
use skipscope::weights::formats::{Bytes, FileBytes};
use skipscope::weights::{Card, ModelFile, Source, stated};
use std::path::{Component, Path, PathBuf};

#[derive(clap::Args, Clone)]
pub struct ModelArguments {
    /// The model: a model file (.gguf), a ResNet's weights (.safetensors, .pth, .pt), its graph (.onnx), or the model.json of a tfjs
    /// layers-model (Keras' ResNet-50)
    #[arg(long, value_name = "FILE")]
    pub model: PathBuf,
    #[command(flatten)]
    pub lacks: Lacks,
}

/// What a file that is no model file does not say
#[derive(clap::Args, Clone, Default)]
#[command(next_help_heading = "What a file that is no .gguf does not say")]
pub struct Lacks {
    /// How pixels are normalised: by ImageNet's or CIFAR's mean and deviation, to -1..1, not at all (0..1), as bytes (0..255), or as
    /// Caffe does (0..255 in blue, green, red, ImageNet's mean taken out) [default: ImageNet's; CIFAR's for small stems]
    #[arg(long, value_parser = clap::builder::PossibleValuesParser::new(PRESETS.map(|(name, _)| name)))]
    preset: Option<String>,
    /// The classes' names: one per line, a JSON array, or a JSON object by index. Underscores become spaces [default: ImageNet's where
    /// there are 1000, CIFAR-10's where there are 10 and the stem is small, numbers]
    #[arg(long, value_name = "FILE")]
    pub labels: Option<PathBuf>,
    /// The side of the square image, in pixels; of any file, a .gguf too [default: the file's, 224, 32 for small stems]
    #[arg(long, value_name = "N")]
    pub side: Option<usize>,
    /// Bottlenecks stride in their first 1x1 convolution, as in the paper and in Keras, not in the 3x3: named tensors do not tell
    #[arg(long)]
    stride_in_1x1: bool,
    /// There are no identity branches: where there is no projection, named tensors do not tell
    #[arg(long)]
    plain: bool,
}

impl Lacks {
    pub fn answers(&self, path: &Path) -> Result<Answers> {
        let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let labels = self.labels.as_deref().map(labels).transpose()?;
        let preset = PRESETS.into_iter().find(|(name, _)| Some(*name) == self.preset.as_deref());
        Ok(Answers {
            id: stem.clone(),
            title: stem,
            labels,
            normalisation: preset.map(|(_, normalisation)| normalisation),
            input_side: self.side,
            stride_in_1x1: self.stride_in_1x1,
            plain: self.plain,
            ..Answers::default()
        })
    }
}

pub fn labels(path: &Path) -> Result<Vec<String>> {
    let text = std::fs::read_to_string(path).map_err(anyhow::Error::from);
    text.and_then(|text| Ok(stated::labels(&text)?)).with_context(|| path.display().to_string())
}

/// A file opened, whatever its format.
pub enum Opened {
    /// Its bytes.
    ModelFile(Vec<u8>),
    Foreign(Answers),
    Tfjs(Answers),
}

/// What all commands do with a file: its card, and its weights.
pub struct Opening {
    bytes: FileBytes,
    path: PathBuf,
    side: Option<usize>,
    opened: Opened,
}

impl ModelArguments {
    pub fn open(&self) -> Result<Opening> {
        Opening::new(&self.model, &self.lacks)
    }
}

impl Opening {
    pub fn new(path: &Path, lacks: &Lacks) -> Result<Opening> {
        let named = || path.display().to_string();
        let bytes = FileBytes::open(path).with_context(named)?;
        let opened = match Foreign::open(&bytes, &|name| beside(path, name)) {
            Ok(_) => Opened::Foreign(lacks.answers(path)?),
            Err(Error::Gguf) => Opened::ModelFile(files::read(path)?),
            Err(Error::Tfjs) => Opened::Tfjs(lacks.answers(path)?),
            Err(error) => return Err(error).with_context(named),
        };
        Ok(Opening { bytes, path: path.to_path_buf(), side: lacks.side, opened })
    }

    /// Calls `then` with the card, and with the weights of one that is no model file; with the bytes of one that is.
    fn with<R>(&self, then: impl FnOnce(Card, Contents<'_>) -> Result<R>) -> Result<R> {
        let named = || self.path.display().to_string();
        match &self.opened {
            Opened::ModelFile(bytes) => {
                let mut file = ModelFile::open(bytes).with_context(named)?;
                if let Some(side) = self.side {
                    (file.card.resize_side, file.card.input_side) = (side.max(file.card.resize_side), side);
                }
                then(file.card.clone(), Contents::ModelFile(&file, bytes)).with_context(named)
            }
            Opened::Foreign(answers) => {
                let foreign = Foreign::open(&self.bytes, &|name| beside(&self.path, name)).with_context(named)?;
                let mut source = foreign.source(answers);
                then(foreign.card(answers), Contents::Foreign(&mut *source)).with_context(named)
            }
            Opened::Tfjs(answers) => {
                let caffe = PRESETS.into_iter().find(|(name, _)| *name == "caffe").map(|(_, caffe)| caffe);
                let answers = Answers { normalisation: answers.normalisation.or(caffe), ..answers.clone() };
                let Some(keras) = Architecture::named("resnet50") else { bail!("no such architecture") };
                let keras = keras.with_stride_in_1x1(true);
                let bgr = answers.normalisation(&keras.stem).bgr;
                let json = self.bytes.read(0..self.bytes.len())?;
                let mut source =
                    LayersModel::read(&json, bgr, |shard| read_shard(&self.path, shard)).with_context(named)?;
                then(answers.card(&keras, None), Contents::Foreign(&mut source)).with_context(named)
            }
        }
    }

    /// A network that runs.
    pub fn model(&self) -> Result<Model> {
        self.with(|card, contents| {
            let architecture = card.architecture()?;
            let network = match contents {
                Contents::ModelFile(file, bytes) => {
                    Network::build(&architecture, card.input_side, &mut file.tensors(bytes))
                }
                Contents::Foreign(source) => Network::build(&architecture, card.input_side, source),
            };
            Ok(Model::new(card, network?))
        })
    }

    pub fn card(&self) -> Result<Card> {
        self.with(|card, _| Ok(card))
    }

    /// Hands on the weights of a file that is no model file.
    pub fn with_source<R>(&self, then: impl FnOnce(Card, &mut dyn Source) -> Result<R>) -> Result<R> {
        self.with(|card, contents| match contents {
            Contents::Foreign(source) => then(card, source),
            Contents::ModelFile(..) => bail!("it is a model file already"),
        })
    }

    /// The model file; none of another format.
    pub fn model_file(&self) -> Option<Result<ModelFile>> {
        match &self.opened {
            Opened::ModelFile(bytes) => Some(ModelFile::open(bytes).with_context(|| self.path.display().to_string())),
            _ => None,
        }
    }

    /// Of the file.
    pub fn len(&self) -> usize {
        self.bytes.len()
    }
}

enum Contents<'a> {
    ModelFile(&'a ModelFile, &'a [u8]),
    Foreign(&'a mut dyn Source),
}

/// What ONNX keeps beside the graph lies in the same folder.
fn beside(path: &Path, name: &str) -> Option<Box<dyn Bytes>> {
    let within = Path::new(name).components().all(|part| matches!(part, Component::Normal(_)));
    let file = within.then(|| FileBytes::open(&path.with_file_name(name)).ok())??;
    Some(Box::new(file))
}

/// Shards lie beside model.json, nowhere else.
pub fn read_shard(model_json: &Path, shard: &str) -> std::io::Result<Vec<u8>> {
    if !Path::new(shard).components().all(|part| matches!(part, Component::Normal(_))) {
        return Err(std::io::Error::other("not a path below model.json's folder"));
    }
    std::fs::read(model_json.with_file_name(shard))
}
