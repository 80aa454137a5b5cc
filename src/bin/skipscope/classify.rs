use crate::files::tell;
use crate::{model, picture};
use anyhow::Result;
use serde_json::json;
use skipscope::model::{Model, Prediction};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Instant;

#[derive(clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    model: model::ModelArguments,
    /// How many classes to name, the most probable first
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..), value_name = "K")]
    top: u32,
    /// Print one JSON object a line for each picture instead. "milliseconds" count from the decoded pixels to the
    /// probabilities; a picture that cannot be read has an "error"
    #[arg(long)]
    json: bool,
    /// Pictures: JPEG, PNG, WebP, GIF (the first frame) or BMP
    #[arg(required = true, value_name = "IMAGE")]
    images: Vec<PathBuf>,
}

/// Whether all pictures could be classified.
pub fn run(arguments: &Arguments) -> Result<bool> {
    let mut model = arguments.model.open()?.model()?;
    let mut out = std::io::stdout().lock();
    let mut all = true;
    for path in &arguments.images {
        let file = path.display().to_string();
        match classify(&mut model, path, arguments.top as usize) {
            Ok((top, milliseconds)) if arguments.json => {
                writeln!(out, "{}", json!({ "file": file, "top": top, "milliseconds": milliseconds }))?;
            }
            Ok((top, milliseconds)) => {
                writeln!(out, "{file}  ({milliseconds:.0} ms)")?;
                for Prediction { index, label, probability } in top {
                    writeln!(out, "  {:5.1} %  {label} ({index})", probability * 100.0)?;
                }
            }
            Err(error) => {
                all = false;
                let error = error.to_string();
                // A program that reads the lines learns of it as well as a person who reads the terminal.
                if arguments.json {
                    writeln!(out, "{}", json!({ "file": file, "error": error }))?;
                }
                tell(format_args!("error: {file}: {error}"));
            }
        }
    }
    Ok(all)
}

fn classify(model: &mut Model, path: &Path, top: usize) -> Result<(Vec<Prediction>, f64), picture::Error> {
    let rgba = picture::decode(&picture::read(path)?)?;
    let start = Instant::now();
    let mut classes = model.classify(&rgba.picture()?)?;
    classes.truncate(top);
    Ok((classes, start.elapsed().as_secs_f64() * 1000.0))
}
