//! A set of labelled pictures: a folder, or a zip of one.

use crate::picture;
use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};
use zip::ZipArchive;
use zip::result::ZipError;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("{}: {source}", path.display())]
    Read { path: PathBuf, source: std::io::Error },
    #[error("{}: {source}", path.display())]
    Zip { path: PathBuf, source: ZipError },
    #[error("{}: no pictures in it", .0.display())]
    Empty(PathBuf),
    #[error("{name}: neither its folder nor its name is one of the {classes} classes")]
    Unlabelled { name: String, classes: usize },
    #[error("two classes are called '{folder}': name the folder {first} or {second}")]
    Ambiguous { folder: String, first: usize, second: usize },
}

/// A labelled picture.
pub struct Item {
    /// Within the set, with `/` between folders.
    pub name: String,
    pub class: usize,
    place: Place,
}

enum Place {
    File(PathBuf),
    Entry(usize),
}

pub struct Set {
    pub items: Vec<Item>,
    zip: Option<PathBuf>,
}

/// One thread's access to a set: a zip is read through a handle of its own.
pub struct Reader {
    archive: Option<ZipArchive<BufReader<File>>>,
}

const ENDINGS: [&str; 6] = ["jpg", "jpeg", "png", "webp", "gif", "bmp"];

impl Set {
    pub fn open(path: &Path, labels: &[String]) -> Result<Set, Error> {
        let (mut found, zip) = match path.is_dir() {
            true => {
                let mut found = Vec::new();
                walk(path, "", &mut Vec::new(), &mut found)?;
                (found, None)
            }
            false => (entries(path)?, Some(path.to_path_buf())),
        };
        found.retain(|(name, _)| {
            let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
            ending.is_some_and(|ending| ENDINGS.contains(&ending.as_str()))
        });
        if found.is_empty() {
            return Err(Error::Empty(path.to_path_buf()));
        }
        found.sort_by(|(a, _), (b, _)| a.cmp(b)); // the order of a directory is no order
        let item = |(name, place): (String, Place)| Ok(Item { class: class(&name, labels)?, name, place });
        Ok(Set { items: found.into_iter().map(item).collect::<Result<_, Error>>()?, zip })
    }

    pub fn reader(&self) -> Result<Reader, Error> {
        Ok(Reader { archive: self.zip.as_deref().map(open_zip).transpose()? })
    }
}

impl Reader {
    pub fn read(&mut self, item: &Item) -> Result<Vec<u8>, picture::Error> {
        match (&item.place, &mut self.archive) {
            (Place::File(path), _) => picture::read(path),
            (Place::Entry(index), Some(archive)) => picture::read_from(archive.by_index(*index)?),
            (Place::Entry(_), None) => Err(ZipError::FileNotFound.into()),
        }
    }
}

fn open_zip(path: &Path) -> Result<ZipArchive<BufReader<File>>, Error> {
    let file = File::open(path).map_err(|source| Error::Read { path: path.into(), source })?;
    ZipArchive::new(BufReader::new(file)).map_err(|source| Error::Zip { path: path.into(), source })
}

fn entries(path: &Path) -> Result<Vec<(String, Place)>, Error> {
    let archive = open_zip(path)?;
    let names = archive.file_names().map(|name| name.map(|name| name.into_owned()));
    let named = names.enumerate().map(|(index, name)| Ok((name?, Place::Entry(index))));
    named.collect::<Result<_, ZipError>>().map_err(|source| Error::Zip { path: path.into(), source })
}

/// Links are followed, but not into a folder that is being walked already.
fn walk(folder: &Path, prefix: &str, above: &mut Vec<PathBuf>, found: &mut Vec<(String, Place)>) -> Result<(), Error> {
    let failed = |source| Error::Read { path: folder.into(), source };
    let real = folder.canonicalize().map_err(failed)?;
    if above.contains(&real) {
        return Ok(());
    }
    above.push(real);
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        let name = format!("{prefix}{}", path.file_name().unwrap_or_default().to_string_lossy());
        match path.is_dir() {
            true => walk(&path, &format!("{name}/"), above, found)?,
            false => found.push((name, Place::File(path))),
        }
    }
    above.pop();
    Ok(())
}

/// The class that a picture's folder or its own name stands for.
fn class(name: &str, labels: &[String]) -> Result<usize, Error> {
    let by_index = |digits: &str| digits.parse().ok().filter(|&index: &usize| index < labels.len());
    let (folder, file) = match name.rsplit_once('/') {
        Some((folders, file)) => (folders.rsplit('/').next(), file),
        None => (None, name),
    };
    if let Some(folder) = folder
        && let Some(class) = by_label(folder, labels)?.or_else(|| by_index(folder))
    {
        return Ok(class);
    }
    let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
    let mut numbers = stem.split(|c: char| !c.is_ascii_digit()).filter(|digits| !digits.is_empty());
    // A folder that names no class, full of numbered files, is a mistake; the set's own files are not.
    let index = numbers.next_back().filter(|_| folder.is_none()).and_then(by_index);
    index.ok_or_else(|| Error::Unlabelled { name: name.into(), classes: labels.len() })
}

fn by_label(folder: &str, labels: &[String]) -> Result<Option<usize>, Error> {
    let plain = |text: &str| text.replace('_', " ").to_lowercase();
    let mut found = (0..labels.len()).filter(|&i| plain(&labels[i]) == plain(folder));
    match (found.next(), found.next()) {
        (Some(first), Some(second)) => Err(Error::Ambiguous { folder: folder.into(), first, second }),
        (one, _) => Ok(one),
    }
}
