use crate::files;
use anyhow::{Context, Result, bail, ensure};
use serde_json::json;
use skipscope::model::Model;
use std::io::{Cursor, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;
use zip::ZipArchive;

#[derive(clap::Args)]
pub struct Arguments {
    /// Model file (.gguf)
    #[arg(long)]
    model: PathBuf,
    /// A folder (or an uncompressed .zip) of folders named by a label or a label's index, or of files whose name ends in a
    /// label's index: dog/0001.jpg, 5/0001.jpg, photo_207.jpg
    #[arg(value_name = "DIR")]
    set: PathBuf,
    /// Networks to run at a time; each has buffers and weights of its own
    #[arg(long, default_value_t = std::thread::available_parallelism().map_or(1, usize::from))]
    jobs: usize,
    /// As one JSON object
    #[arg(long)]
    json: bool,
}

/// A labelled picture.
struct Item {
    name: String,
    class: usize,
}

#[derive(Default)]
struct Score {
    seen: usize,
    top1: usize,
    top5: usize,
    broken: usize,
}

/// Whether all pictures could be read.
pub fn run(arguments: &Arguments) -> Result<bool> {
    let file = files::read(&arguments.model)?;
    let load = || Model::open(&file).with_context(|| arguments.model.display().to_string());
    let first = load()?;
    let set = Set::open(&arguments.set).with_context(|| arguments.set.display().to_string())?;
    let items = label(set.names()?, &first.card.labels).with_context(|| arguments.set.display().to_string())?;
    let jobs = arguments.jobs.clamp(1, items.len());
    let mut models = vec![first];
    for _ in 1..jobs {
        models.push(load()?);
    }

    let (next, score, start) = (AtomicUsize::new(0), Mutex::new(Score::default()), Instant::now());
    std::thread::scope(|scope| {
        for mut model in models {
            let (mut set, next, score, items) = (set.clone(), &next, &score, &items);
            scope.spawn(move || {
                while let Some(item) = items.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let rank = rank(&mut model, &mut set, item);
                    let mut score = score.lock().expect("no thread panics with it");
                    match rank {
                        Ok(rank) => {
                            score.seen += 1;
                            score.top1 += usize::from(rank < 1);
                            score.top5 += usize::from(rank < 5);
                        }
                        Err(error) => {
                            score.broken += 1;
                            eprintln!("error: {}: {error:#}", item.name);
                        }
                    }
                    let done = score.seen + score.broken;
                    if done.is_multiple_of(500) || done == items.len() {
                        eprintln!("{done} of {}, {:.0} s", items.len(), start.elapsed().as_secs_f64());
                    }
                }
            });
        }
    });

    let Score { seen, top1, top5, broken } = score.into_inner().expect("no thread panics with it");
    ensure!(seen > 0, "{}: none of its {broken} pictures can be read", arguments.set.display());
    let percent = |count: usize| 100.0 * count as f64 / seen as f64;
    let mut out = std::io::stdout().lock();
    if arguments.json {
        writeln!(out, "{}", json!({ "images": seen, "top1": top1, "top5": top5, "broken": broken }))?;
    } else {
        writeln!(out, "top-1 {:6.2} %  {top1} of {seen}", percent(top1))?;
        writeln!(out, "top-5 {:6.2} %  {top5} of {seen}", percent(top5))?;
    }
    Ok(broken == 0)
}

/// How many classes the network holds more probable than the right one.
fn rank(model: &mut Model, set: &mut Set, item: &Item) -> Result<usize> {
    let rgba = files::decode(&set.read(&item.name)?)?;
    let classes = model.classify(&rgba.picture()?)?;
    Ok(classes.iter().take_while(|class| class.index != item.class).count())
}

#[derive(Clone)]
enum Set<'a> {
    Folder(&'a Path),
    /// Every thread reads through a cursor of its own.
    Zip(ZipArchive<Cursor<std::sync::Arc<[u8]>>>),
}

impl Set<'_> {
    fn open(path: &Path) -> Result<Set<'_>> {
        if path.is_dir() {
            return Ok(Set::Folder(path));
        }
        Ok(Set::Zip(ZipArchive::new(Cursor::new(std::fs::read(path)?.into()))?))
    }

    /// The pictures, with `/` between folders.
    fn names(&self) -> Result<Vec<String>> {
        let mut names = Vec::new();
        match self {
            Set::Folder(root) => walk(root, "", &mut names)?,
            Set::Zip(archive) => {
                for name in archive.file_names() {
                    names.push(name?.into_owned());
                }
            }
        }
        let is_picture = |name: &String| {
            let ending = name.rsplit_once('.').map(|(_, e)| e.to_ascii_lowercase());
            ending.is_some_and(|e| ["jpg", "jpeg", "png", "webp", "gif", "bmp"].contains(&e.as_str()))
        };
        names.retain(is_picture);
        names.sort();
        ensure!(!names.is_empty(), "no pictures in it");
        Ok(names)
    }

    fn read(&mut self, name: &str) -> Result<Vec<u8>> {
        match self {
            Set::Folder(root) => Ok(std::fs::read(root.join(name))?),
            Set::Zip(archive) => {
                let mut bytes = Vec::new();
                archive.by_name(name)?.read_to_end(&mut bytes)?;
                Ok(bytes)
            }
        }
    }
}

fn walk(folder: &Path, prefix: &str, names: &mut Vec<String>) -> Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        match entry.path().is_dir() {
            true => walk(&entry.path(), &format!("{name}/"), names)?,
            false => names.push(name),
        }
    }
    Ok(())
}

fn label(names: Vec<String>, labels: &[String]) -> Result<Vec<Item>> {
    let plain = |text: &str| text.replace('_', " ").to_lowercase();
    let by_label = |folder: &str| -> Result<Option<usize>> {
        let mut found = (0..labels.len()).filter(|&i| plain(&labels[i]) == plain(folder));
        match (found.next(), found.next()) {
            (Some(a), Some(b)) => bail!("two classes are called '{folder}': name the folder {a} or {b}"),
            (one, _) => Ok(one),
        }
    };
    let by_index = |digits: &str| digits.parse().ok().filter(|&index: &usize| index < labels.len());
    let class = |name: &str| -> Result<usize> {
        let (folder, file) = match name.rsplit_once('/') {
            Some((folders, file)) => (folders.rsplit('/').next(), file),
            None => (None, name),
        };
        if let Some(folder) = folder
            && let Some(class) = by_label(folder)?.or_else(|| by_index(folder))
        {
            return Ok(class);
        }
        let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
        let mut numbers = stem.split(|c: char| !c.is_ascii_digit()).filter(|digits| !digits.is_empty());
        // A folder that names no class, full of numbered files, is a mistake; the set's own files are not.
        let index = numbers.next_back().filter(|_| folder.is_none()).and_then(by_index);
        index.with_context(|| format!("{name}: neither its folder nor its name is one of the {} classes", labels.len()))
    };
    names.into_iter().map(|name| Ok(Item { class: class(&name)?, name })).collect()
}
