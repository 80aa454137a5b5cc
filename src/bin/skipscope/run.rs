use crate::model;
use anyhow::{Context, Result, bail, ensure};
use serde::Serialize;
use skipscope::lesion::Lesion;
use skipscope::trace::{Branches, Map, Probe};
use std::io::Write;
use std::path::{Path, PathBuf};

#[derive(clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    model: model::ModelArguments,
    /// The normalised image: a NumPy file of f32 (or f64), [3, H, W] or [1, 3, H, W], H and W alike
    #[arg(long, value_name = "FILE")]
    tensor: PathBuf,
    /// As one JSON object: {"logits": [...], "blocks": [{"name", "identity": {"mean", "rms"} or null, "residual", "output"}]}
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Ran {
    logits: Vec<f32>,
    blocks: Vec<Block>,
}

#[derive(Serialize)]
struct Block {
    name: String,
    identity: Option<Summary>,
    residual: Summary,
    output: Summary,
}

#[derive(Serialize)]
struct Summary {
    mean: f64,
    rms: f64,
}

pub fn run(arguments: &Arguments) -> Result<()> {
    let tensor = &arguments.tensor;
    let (channels, side, values) = read(tensor).with_context(|| tensor.display().to_string())?;
    let mut asked = arguments.model.clone();
    ensure!(
        asked.lacks.side.is_none_or(|stated| stated == side),
        "--side says otherwise than the tensor, which has {side} pixels"
    );
    asked.lacks.side = Some(side);
    let mut model = asked.open()?.model()?;
    let network = model.network_mut();
    let layout = network.input_layout();
    let takes = layout.channels();
    ensure!(channels == takes, "{}: {channels} channels where the network takes {takes}", tensor.display());
    let input = network.input();
    for (at, value) in values.iter().enumerate() {
        let (channel, place) = (at / (side * side), at % (side * side));
        input[layout.at(place / side, place % side) + channel] = *value;
    }
    let names: Vec<String> = network.flow().blocks().iter().map(|block| block.name.clone()).collect();
    let mut seen = Seen { names, blocks: Vec::new() };
    let logits = network.forward(&Lesion::none(), &mut seen).to_vec();
    let ran = Ran { logits, blocks: seen.blocks };
    ensure!(ran.logits.iter().all(|logit| logit.is_finite()), "{}", skipscope::model::NotFinite);
    let mut out = std::io::stdout().lock();
    if arguments.json {
        writeln!(out, "{}", serde_json::to_string(&ran)?)?;
        return Ok(());
    }
    writeln!(out, "{:<11} {:>23} {:>23} {:>23}", "mean, rms", "identity", "residual", "output")?;
    let words = |Summary { mean, rms }: &Summary| format!("{mean:11.4e} {rms:11.4e}");
    for Block { name, identity, residual, output } in &ran.blocks {
        let identity = identity.as_ref().map_or_else(String::new, words);
        writeln!(out, "{name:<11} {identity:>23} {:>23} {:>23}", words(residual), words(output))?;
    }
    let mut ranked: Vec<(usize, f32)> = ran.logits.iter().copied().enumerate().collect();
    ranked.sort_by(|a, b| b.1.total_cmp(&a.1));
    writeln!(out)?;
    for (class, logit) in ranked.into_iter().take(5) {
        writeln!(out, "{logit:11.4}  {} ({class})", model.card.labels[class])?;
    }
    Ok(())
}

/// Channels, side, and the values channel by channel.
fn read(path: &Path) -> Result<(usize, usize, Vec<f32>)> {
    let bytes = std::fs::read(path)?;
    let npy = npyz::NpyFile::new(&bytes[..])?;
    let shape = npy.shape().to_vec();
    ensure!(npy.order() == npyz::Order::C, "an array in Fortran's order: save numpy.ascontiguousarray of it");
    let ([channels, height, width] | [1, channels, height, width]) = shape[..] else {
        bail!("an array of shape {shape:?} where [3, H, W] or [1, 3, H, W] is needed");
    };
    ensure!(height == width, "{height} x {width} pixels: the network is planned for a square");
    // A header may claim anything: what it claims is there, or nothing is taken.
    ensure!(
        shape.iter().try_fold(1u64, |n, &d| n.checked_mul(d)).is_some_and(|n| n <= bytes.len() as u64),
        "a header that claims {shape:?} of {} bytes",
        bytes.len()
    );
    let values: Vec<f32> = match npy.try_data::<f32>() {
        Ok(values) => values.collect::<std::io::Result<_>>()?,
        Err(npy) => match npy.try_data::<f64>() {
            Ok(values) => values.map(|value| Ok(value? as f32)).collect::<std::io::Result<_>>()?,
            Err(npy) => bail!("an array of {} where f32 is needed", npy.dtype().descr()),
        },
    };
    Ok((usize::try_from(channels)?, usize::try_from(height)?, values))
}

struct Seen {
    names: Vec<String>,
    blocks: Vec<Block>,
}

impl Probe for Seen {
    fn wants(&self, _block: usize) -> bool {
        true
    }

    fn see(&mut self, block: usize, branches: Branches<'_>) {
        let Branches { identity, residual, output, .. } = branches;
        self.blocks.push(Block {
            name: self.names[block].clone(),
            identity: identity.map(summary),
            residual: summary(residual),
            output: summary(output),
        });
    }
}

fn summary(map: Map<'_>) -> Summary {
    let values = map.to_activation().data;
    let count = values.len() as f64;
    let sum = |of: fn(f64) -> f64| values.iter().map(|&value| of(value.into())).sum::<f64>();
    Summary { mean: sum(|v| v) / count, rms: (sum(|v| v * v) / count).sqrt() }
}
