use crate::model::{self, Opening};
use anyhow::{Context, Result, bail};
use serde_json::json;
use skipscope::weights::ModelFile;
use std::collections::BTreeMap;
use std::io::Write;
use std::path::PathBuf;

#[derive(clap::Args)]
pub struct Arguments {
    /// A model: see `classify`
    #[arg(required_unless_present = "model", conflicts_with = "model")]
    file: Option<PathBuf>,
    /// The same, as the other commands call it
    #[arg(long, value_name = "FILE")]
    model: Option<PathBuf>,
    #[command(flatten)]
    lacks: model::Lacks,
    /// As one JSON object
    #[arg(long)]
    json: bool,
}

pub fn run(arguments: &Arguments) -> Result<()> {
    let Some(path) = arguments.file.as_ref().or(arguments.model.as_ref()) else { bail!("no file to look into") };
    let opening = Opening::new(path, &arguments.lacks)?;
    let (card, bytes) = (opening.card()?, opening.len());
    let architecture = card.architecture().with_context(|| path.display().to_string())?;
    let stored = opening.model_file().transpose()?.map(|file| stored(&file)).unwrap_or_default();
    let mut out = std::io::stdout().lock();
    if arguments.json {
        let blocks = architecture.block_infos(card.input_side);
        let (parameters, macs) = (architecture.parameters(), architecture.macs(card.input_side));
        let facts = json!({
            "card": card, "bytes": bytes, "tensors": stored, "parameters": parameters, "macs": macs, "blocks": blocks,
        });
        writeln!(out, "{facts}")?;
        return Ok(());
    }
    let rgb = |v: [f32; 3]| v.map(|v| format!("{v:.4}")).join(" ");
    let stride = match architecture.stride_in_1x1 {
        true => ", stride in the first 1x1 (v1)",
        false => "",
    };
    let stored: Vec<_> = stored.into_iter().map(|(kind, count)| format!("{count} {kind}")).collect();
    let facts = [
        ("title", card.title.clone()),
        ("architecture", format!("{}{stride}", card.architecture)),
        ("parameters", grouped(architecture.parameters() as u64)),
        ("MACs", grouped(architecture.macs(card.input_side))),
        (
            "file",
            match stored.is_empty() {
                true => format!("{} bytes", grouped(bytes as u64)),
                false => format!("{} bytes; tensors: {}", grouped(bytes as u64), stored.join(", ")),
            },
        ),
        ("input", format!("short side to {}, centre {} x {1}", card.resize_side, card.input_side)),
        ("mean (RGB)", rgb(card.mean)),
        ("std (RGB)", rgb(card.std)),
        ("classes", format!("{} ({} ... {})", card.labels.len(), card.labels[0], card.labels[card.labels.len() - 1])),
        ("dataset", card.dataset.clone()),
        ("licence", card.licence.clone()),
        ("source", card.source.clone()),
        ("accuracy", card.accuracy.clone()),
        ("note", card.note.clone()),
    ];
    for (name, value) in facts.iter().filter(|(_, value)| !value.is_empty()) {
        writeln!(out, "{name:<14}{value}")?;
    }
    let columns = ["block", "kind", "shortcut", "x", "output", "parameters", "MACs"];
    let rows = architecture.block_infos(card.input_side).into_iter().map(|block| {
        let shape = |(channels, height, width): (usize, usize, usize)| format!("{channels}x{height}x{width}");
        let (kind, shortcut) = (block.kind.to_string(), block.shortcut.to_string());
        let (parameters, macs) = (grouped(block.parameters as u64), grouped(block.macs));
        [block.name, kind, shortcut, shape(block.input), shape(block.output), parameters, macs]
    });
    writeln!(out)?;
    for [block, kind, shortcut, x, output, parameters, macs] in [columns.map(String::from)].into_iter().chain(rows) {
        writeln!(out, "{block:<11} {kind:<10} {shortcut:<10} {x:>11} {output:>11} {parameters:>11} {macs:>13}")?;
    }
    Ok(())
}

/// How many tensors are stored in each type.
fn stored(file: &ModelFile) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for info in file.infos() {
        *counts.entry(format!("{:?}", info.kind).to_lowercase()).or_default() += 1;
    }
    counts
}

/// `25557032` as `25,557,032`.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
