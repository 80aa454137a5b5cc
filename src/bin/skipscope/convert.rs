use crate::files;
use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;
use skipscope::model::Model;
use skipscope::weights::safetensors::Checkpoint;
use skipscope::weights::tfjs::LayersModel;
use skipscope::weights::{Card, Precision, model_file};
use std::path::{Component, Path, PathBuf};

#[derive(clap::Args)]
pub struct Arguments {
    /// A PyTorch checkpoint (.safetensors, torchvision's names) or the model.json of a tfjs layers-model (Keras' ResNet-50)
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
    let (mut card, bgr) = read_card(&arguments.card).with_context(|| named(&arguments.card))?;
    if let Some(path) = &arguments.labels {
        card.labels = read_labels(path).with_context(|| named(path))?;
    }
    let precision = match arguments.precision {
        Stored::F32 => Precision::F32,
        Stored::F16 => Precision::F16,
        Stored::Q8_0 => Precision::Q8_0,
    };
    let input = &arguments.input;
    let bytes = files::read(input)?;
    let file = match input.extension().and_then(|e| e.to_str()) {
        Some("safetensors") => {
            ensure!(!bgr, "\"channels\": \"bgr\" is known for tfjs models only");
            Checkpoint::open(&bytes).and_then(|mut source| model_file::write(&card, precision, &mut source))
        }
        Some("json") => LayersModel::read(&bytes, bgr, |shard| read_shard(input, shard))
            .and_then(|mut source| model_file::write(&card, precision, &mut source)),
        _ => bail!("{}: neither .safetensors nor a model.json", input.display()),
    };
    let file = file.with_context(|| named(input))?;
    Model::open(&file).context("the model file just made does not load")?;
    files::write_whole(&arguments.out, &file).with_context(|| named(&arguments.out))?;
    eprintln!("{}: {} bytes", arguments.out.display(), file.len());
    Ok(())
}

fn read_card(path: &Path) -> Result<(Card, bool)> {
    let mut fields: serde_json::Map<String, Value> = serde_json::from_slice(&std::fs::read(path)?)?;
    // A fact about the checkpoint, not about the model file: there, red comes first.
    let bgr = match fields.remove("channels") {
        None => false,
        Some(Value::String(order)) if order == "rgb" => false,
        Some(Value::String(order)) if order == "bgr" => true,
        Some(other) => bail!("\"channels\" is {other}, not \"rgb\" or \"bgr\""),
    };
    Ok((serde_json::from_value(Value::Object(fields))?, bgr))
}

fn read_labels(path: &Path) -> Result<Vec<String>> {
    let text = std::fs::read_to_string(path)?;
    let labels: Vec<String> = match serde_json::from_str(&text) {
        Ok(Value::Array(labels)) => labels.into_iter().map(serde_json::from_value).collect::<Result<_, _>>()?,
        Ok(Value::Object(by_index)) => {
            let label = |index: usize| by_index.get(&index.to_string()).and_then(Value::as_str).map(str::to_string);
            let labels = (0..by_index.len()).map(|i| label(i).with_context(|| format!("no label \"{i}\"")));
            labels.collect::<Result<_>>()?
        }
        _ => text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_string).collect(),
    };
    Ok(labels.into_iter().map(|label| label.replace('_', " ")).collect())
}

/// Shards lie beside model.json, nowhere else.
fn read_shard(model_json: &Path, shard: &str) -> std::io::Result<Vec<u8>> {
    if !Path::new(shard).components().all(|c| matches!(c, Component::Normal(_))) {
        return Err(std::io::Error::other("not a path below model.json's folder"));
    }
    std::fs::read(model_json.with_file_name(shard))
}
