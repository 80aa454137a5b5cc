use crate::files;
use crate::model::{self, Opening};
use anyhow::{Context, Error, Result, bail, ensure};
use skipscope::model::Model;
use skipscope::weights::formats::tfjs::LayersModel;
use skipscope::weights::formats::{FileBytes, Opened, open};
use skipscope::weights::{Card, Precision, model_file, stated};
use std::path::{Path, PathBuf};

#[derive(clap::Args)]
pub struct Arguments {
    /// A ResNet's weights (.safetensors, .pth, .pt), its graph (.onnx), or the model.json of a tfjs layers-model (Keras' ResNet-50)
    #[arg(required_unless_present = "model", conflicts_with = "model")]
    input: Option<PathBuf>,
    /// The same, as the other commands call it
    #[arg(long, value_name = "FILE")]
    model: Option<PathBuf>,
    /// The model file to write (.gguf)
    #[arg(long)]
    out: PathBuf,
    #[arg(long, value_enum, default_value = "f16")]
    precision: Stored,
    /// What the model file says about itself, as JSON: see pkg-scripts/cards/. "channels": "bgr" there tells that the weights take
    /// blue, green, red. Without a card, what the options below say, and what the file does
    #[arg(long, conflicts_with_all = ["preset", "side", "stride_in_1x1", "plain"])]
    card: Option<PathBuf>,
    #[command(flatten)]
    lacks: model::Lacks,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum Stored {
    F32,
    F16,
    #[value(name = "q8_0")]
    Q8_0,
}

pub fn run(arguments: &Arguments) -> Result<()> {
    let named = |path: &Path| path.display().to_string();
    let Some(input) = arguments.input.as_ref().or(arguments.model.as_ref()) else { bail!("no file to convert") };
    let precision = match arguments.precision {
        Stored::F32 => Precision::F32,
        Stored::F16 => Precision::F16,
        Stored::Q8_0 => Precision::Q8_0,
    };
    let file = match &arguments.card {
        Some(path) => {
            let card = std::fs::read(path).map_err(Error::from).and_then(|json| Ok(stated::card(&json)?));
            let (mut card, bgr) = card.with_context(|| named(path))?;
            if let Some(path) = &arguments.lacks.labels {
                card.labels = model::labels(path)?;
            }
            carded(input, &card, bgr, precision).with_context(|| named(input))?
        }
        None => Opening::new(input, &arguments.lacks)?
            .with_source(|card, source| Ok(model_file::write(&card, precision, source)?))?,
    };
    Model::open(&file).context("the model file just made does not load")?;
    files::write_whole(&arguments.out, &file).with_context(|| named(&arguments.out))?;
    files::tell(format_args!("{}: {} bytes", arguments.out.display(), file.len()));
    Ok(())
}

/// The model file of a card, which says everything: of the weights, only that they are those of its architecture is asked.
fn carded(input: &Path, card: &Card, bgr: bool, precision: Precision) -> Result<Vec<u8>> {
    let bytes = FileBytes::open(input)?;
    Ok(match open(&bytes, &|_| None)? {
        Opened::Checkpoint(checkpoint) => {
            ensure!(!bgr, "\"channels\": \"bgr\" is known for tfjs models only");
            model_file::write(card, precision, &mut checkpoint.source(&bytes))?
        }
        Opened::Tfjs => {
            let mut source = LayersModel::read(&files::read(input)?, bgr, |shard| model::read_shard(input, shard))?;
            model_file::write(card, precision, &mut source)?
        }
        Opened::Graph(_) | Opened::Gguf => bail!("with a card, a checkpoint or a tfjs model.json is converted"),
    })
}
