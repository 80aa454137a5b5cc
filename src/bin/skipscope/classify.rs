use crate::files;
use anyhow::Result;
use serde_json::json;
use skipscope::model::{Model, Prediction};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Instant;

#[derive(clap::Args)]
pub struct Arguments {
    /// Model file (.gguf)
    #[arg(long)]
    model: PathBuf,
    /// How many classes to name
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..))]
    top: u32,
    /// One JSON object per picture and line; milliseconds count from decoded pixels to probabilities
    #[arg(long)]
    json: bool,
    #[arg(required = true, value_name = "IMAGE")]
    images: Vec<PathBuf>,
}

/// Whether all pictures could be classified.
pub fn run(arguments: &Arguments) -> Result<bool> {
    let mut model = files::open_model(&arguments.model)?;
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
                let error = format!("{error:#}");
                // A program that reads the lines learns of it as well as a person who reads the terminal.
                if arguments.json {
                    writeln!(out, "{}", json!({ "file": file, "error": error }))?;
                }
                eprintln!("error: {file}: {error}");
            }
        }
    }
    Ok(all)
}

fn classify(model: &mut Model, path: &Path, top: usize) -> Result<(Vec<Prediction>, f64)> {
    let rgba = files::decode(&std::fs::read(path)?)?;
    let start = Instant::now();
    let mut classes = model.classify(&rgba.picture()?)?;
    classes.truncate(top);
    Ok((classes, start.elapsed().as_secs_f64() * 1000.0))
}
