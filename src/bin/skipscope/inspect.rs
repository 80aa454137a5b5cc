use crate::files;
use anyhow::{Context, Result};
use serde_json::{Value, json};
use skipscope::arch::BlockSpec;
use skipscope::weights::ModelFile;
use std::collections::BTreeMap;
use std::io::Write;
use std::path::PathBuf;

#[derive(clap::Args)]
pub struct Arguments {
    /// Model file (.gguf)
    file: PathBuf,
    /// As one JSON object
    #[arg(long)]
    json: bool,
}

pub fn run(arguments: &Arguments) -> Result<()> {
    let bytes = files::read(&arguments.file)?;
    let file = ModelFile::open(&bytes).with_context(|| arguments.file.display().to_string())?;
    let mut out = std::io::stdout().lock();
    if arguments.json {
        writeln!(out, "{}", as_json(&file, bytes.len()))?;
        return Ok(());
    }
    let (card, architecture) = (&file.card, file.architecture());
    let rgb = |v: [f32; 3]| v.map(|v| format!("{v:.4}")).join(" ");
    let stride = match architecture.stride_in_1x1 {
        true => ", stride in the first 1x1 (v1)",
        false => "",
    };
    let stored: Vec<_> = stored(&file).into_iter().map(|(kind, count)| format!("{count} {kind}")).collect();
    let facts = [
        ("title", card.title.clone()),
        ("architecture", format!("{}{stride}", card.architecture)),
        ("parameters", grouped(architecture.parameters() as u64)),
        ("MACs", grouped(architecture.macs(card.input_side))),
        ("file", format!("{} bytes; tensors: {}", grouped(bytes.len() as u64), stored.join(", "))),
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
    let rows = shapes(&file).into_iter().map(|(block, side, output)| {
        let shape = |channels: usize, side: usize| format!("{channels}x{side}x{side}");
        [
            block.name.clone(),
            block.kind.to_string(),
            block.shortcut.to_string(),
            shape(block.inputs, side),
            shape(block.outputs, output),
            grouped(block.parameters() as u64),
            grouped(block.macs(side)),
        ]
    });
    writeln!(out)?;
    for [block, kind, shortcut, x, output, parameters, macs] in [columns.map(String::from)].into_iter().chain(rows) {
        writeln!(out, "{block:<11} {kind:<10} {shortcut:<10} {x:>11} {output:>11} {parameters:>11} {macs:>13}")?;
    }
    Ok(())
}

fn as_json(file: &ModelFile, bytes: usize) -> Value {
    let (card, architecture) = (&file.card, file.architecture());
    let block = |(block, side, output): (BlockSpec, usize, usize)| {
        json!({
            "name": block.name, "stage": block.stage, "kind": block.kind.to_string(),
            "shortcut": block.shortcut.to_string(), "input": [block.inputs, side, side],
            "output": [block.outputs, output, output], "parameters": block.parameters(), "macs": block.macs(side),
        })
    };
    json!({
        "card": card, "bytes": bytes, "tensors": stored(file), "parameters": architecture.parameters(),
        "macs": architecture.macs(card.input_side), "blocks": shapes(file).into_iter().map(block).collect::<Vec<_>>(),
    })
}

/// How many tensors are stored in each type.
fn stored(file: &ModelFile) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for info in file.infos() {
        *counts.entry(format!("{:?}", info.kind).to_lowercase()).or_default() += 1;
    }
    counts
}

/// Blocks with the sides of x and of the output.
fn shapes(file: &ModelFile) -> Vec<(BlockSpec, usize, usize)> {
    let mut side = file.architecture().stem_side(file.card.input_side);
    let mut next = |block: BlockSpec| {
        let (from, to) = (side, side.div_ceil(block.stride));
        side = to;
        (block, from, to)
    };
    file.architecture().blocks().into_iter().map(&mut next).collect()
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
