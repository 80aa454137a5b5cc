use crate::files;
use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use skipscope::weights::ModelFile;
use std::path::{Path, PathBuf};

#[derive(clap::Args)]
pub struct Arguments {
    /// The folder of the model files. A model that registry.json lists and the folder lacks (it is made at set-up) stays
    /// listed as it was; new ones come last
    folder: PathBuf,
    /// Only tell whether registry.json is what it would become
    #[arg(long)]
    check: bool,
}

#[derive(Default, Serialize, Deserialize)]
struct Registry {
    models: Vec<Entry>,
}

/// All of it from the model file, for the page to show before it has the file.
#[derive(Serialize, Deserialize)]
struct Entry {
    id: String,
    title: String,
    file: String,
    bytes: usize,
    sha256: String,
    dataset: String,
    licence: String,
    source: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    note: String,
}

pub fn run(arguments: &Arguments) -> Result<()> {
    let path = arguments.folder.join("registry.json");
    let before = match std::fs::read_to_string(&path) {
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => None,
        read => Some(read.with_context(|| path.display().to_string())?),
    };
    let mut registry: Registry = match &before {
        Some(text) => serde_json::from_str(text).with_context(|| path.display().to_string())?,
        None => Registry::default(),
    };
    let listing = std::fs::read_dir(&arguments.folder).with_context(|| arguments.folder.display().to_string())?;
    let mut files = listing.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>>>()?;
    files.retain(|file| file.extension().is_some_and(|e| e == "gguf"));
    files.sort(); // the order of a directory is no order
    for file in &files {
        let entry = read(file).with_context(|| file.display().to_string())?;
        match registry.models.iter_mut().find(|listed| listed.id == entry.id) {
            Some(listed) => *listed = entry,
            None => registry.models.push(entry),
        }
    }
    let after = serde_json::to_string_pretty(&registry)? + "\n";
    if before.as_ref() == Some(&after) {
        return Ok(());
    }
    if arguments.check {
        bail!("{} is not what its model files say", path.display());
    }
    files::write_whole(&path, after.as_bytes()).with_context(|| path.display().to_string())
}

fn read(path: &Path) -> Result<Entry> {
    let bytes = files::read(path)?;
    let card = ModelFile::open(&bytes)?.card;
    let file = path.file_name().and_then(|n| n.to_str()).context("a file name that is not UTF-8")?.to_string();
    let sha256 = Sha256::digest(&bytes).iter().map(|b| format!("{b:02x}")).collect();
    Ok(Entry {
        id: card.id,
        title: card.title,
        file,
        bytes: bytes.len(),
        sha256,
        dataset: card.dataset,
        licence: card.licence,
        source: card.source,
        note: card.note,
    })
}
