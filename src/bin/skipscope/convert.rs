use crate::files;
use anyhow::{Context, Error, Result, bail, ensure};
use skipscope::model::Model;
use skipscope::weights::formats::tfjs::LayersModel;
use skipscope::weights::formats::{FileBytes, Opened, open};
use skipscope::weights::{Precision, model_file, stated};
use std::path::{Component, Path, PathBuf};

#[derive(clap::Args)]
pub struct Arguments {
    /// A PyTorch checkpoint (.safetensors or .pth, torchvision's names) or the model.json of a tfjs layers-model (Keras' ResNet-50)
    input: PathBuf,
    /// The model file to write (.gguf)
    #[arg(long)]
    out: PathBuf,
    #[arg(long, value_enum, default_value = "f16")]
    precision: Stored,
    /// What the model file says about itself, as JSON: see pkg-scripts/cards/. "channels": "bgr" there tells that the
    /// checkpoint takes blue, green, red
    #[arg(long)]
    card: PathBuf,
    /// The classes' names, where the card has none: one per line, a JSON array, or a JSON object by index. Underscores
    /// become spaces
    #[arg(long)]
    labels: Option<PathBuf>,
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
    let path = &arguments.card;
    let card = std::fs::read(path).map_err(Error::from).and_then(|json| Ok(stated::card(&json)?));
    let (mut card, bgr) = card.with_context(|| named(path))?;
    if let Some(path) = &arguments.labels {
        let labels = std::fs::read_to_string(path).map_err(Error::from).and_then(|text| Ok(stated::labels(&text)?));
        card.labels = labels.with_context(|| named(path))?;
    }
    let precision = match arguments.precision {
        Stored::F32 => Precision::F32,
        Stored::F16 => Precision::F16,
        Stored::Q8_0 => Precision::Q8_0,
    };
    let input = &arguments.input;
    let bytes = FileBytes::open(input).with_context(|| named(input))?;
    let file = match open(&bytes, &|_| None).with_context(|| named(input))? {
        Opened::Checkpoint(checkpoint) => {
            ensure!(!bgr, "\"channels\": \"bgr\" is known for tfjs models only");
            model_file::write(&card, precision, &mut checkpoint.source(&bytes))
        }
        Opened::Tfjs => LayersModel::read(&files::read(input)?, bgr, |shard| read_shard(input, shard))
            .and_then(|mut source| model_file::write(&card, precision, &mut source)),
        Opened::Graph(_) | Opened::Gguf => bail!("{}: neither a checkpoint nor a tfjs model.json", input.display()),
    };
    let file = file.with_context(|| named(input))?;
    Model::open(&file).context("the model file just made does not load")?;
    files::write_whole(&arguments.out, &file).with_context(|| named(&arguments.out))?;
    files::tell(format_args!("{}: {} bytes", arguments.out.display(), file.len()));
    Ok(())
}

/// Shards lie beside model.json, nowhere else.
fn read_shard(model_json: &Path, shard: &str) -> std::io::Result<Vec<u8>> {
    if !Path::new(shard).components().all(|c| matches!(c, Component::Normal(_))) {
        return Err(std::io::Error::other("not a path below model.json's folder"));
    }
    std::fs::read(model_json.with_file_name(shard))
}
