//! The zip that PyTorch writes: stored entries, which are ranges of the file. Nothing is inflated, so nothing can blow up.

use crate::weights::formats::Error;
use crate::weights::formats::bytes::{self, Bytes};
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::ops::Range;
use zip::result::ZipError;
use zip::{CompressionMethod, ZipArchive};

pub struct Archive<'a> {
    zip: ZipArchive<BufReader<Cursor<'a>>>,
    /// Bytes of the file.
    len: usize,
    /// What stands before all names, a slash at its end: the file's name when it was saved, or `archive`.
    root: String,
}

fn broken(why: impl ToString) -> Error {
    Error::Broken { format: "PyTorch", why: why.to_string() }
}

impl<'a> Archive<'a> {
    pub fn open(bytes: &'a dyn Bytes) -> Result<Archive<'a>, Error> {
        let zip = ZipArchive::new(BufReader::new(Cursor { bytes, at: 0 })).map_err(broken)?;
        let names = || zip.file_names().filter_map(Result::ok);
        let root = names().find_map(|name| {
            let root = name.strip_suffix("data.pkl")?;
            (root.is_empty() || root.find('/') == Some(root.len() - 1)).then(|| root.to_string())
        });
        let root = root.ok_or(Error::Foreign("a zip that torch.save has not written"))?;
        let is_script = |name: &str| name.strip_prefix(&root).is_some_and(|name| name.starts_with("code/"));
        if names().any(|name| is_script(&name)) {
            return Err(Error::WholeModule("TorchScript".into()));
        }
        Ok(Archive { zip, len: bytes.len(), root })
    }

    /// Where the entry's bytes lie in the file; none where there is no such entry.
    pub fn range(&mut self, name: &str) -> Result<Option<Range<usize>>, Error> {
        let Some(index) = self.zip.index_for_name(&format!("{}{name}", self.root)) else { return Ok(None) };
        let len = self.len;
        let entry = match self.zip.by_index_raw(index) {
            Ok(entry) => entry,
            Err(ZipError::FileNotFound) => return Ok(None),
            Err(other) => return Err(broken(other)),
        };
        if entry.compression() != CompressionMethod::Stored
            || entry.encrypted()
            || entry.size() != entry.compressed_size()
        {
            return Err(Error::Unsupported(format!(
                "entry '{name}' is compressed; PyTorch stores it as it is: unpack the zip"
            )));
        }
        let start = entry.data_start().and_then(|start| usize::try_from(start).ok());
        let end = start.zip(usize::try_from(entry.size()).ok()).and_then(|(start, len)| start.checked_add(len));
        match start.zip(end) {
            Some((start, end)) if end <= len => Ok(Some(start..end)),
            _ => Err(Error::Short { what: format!("entry '{name}'"), end: end.unwrap_or(usize::MAX), len }),
        }
    }
}

/// A place in the file, as the zip crate asks for it.
struct Cursor<'a> {
    bytes: &'a dyn Bytes,
    at: u64,
}

impl Read for Cursor<'_> {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        let len = self.bytes.len();
        let from = usize::try_from(self.at).unwrap_or(len).min(len);
        let to = from.saturating_add(into.len()).min(len);
        let brought = bytes::read(self.bytes, from..to, "the zip").map_err(std::io::Error::other)?;
        into[..brought.len()].copy_from_slice(&brought);
        self.at += brought.len() as u64;
        Ok(brought.len())
    }
}

impl Seek for Cursor<'_> {
    fn seek(&mut self, to: SeekFrom) -> std::io::Result<u64> {
        let (base, offset) = match to {
            SeekFrom::Start(at) => (at, 0),
            SeekFrom::End(offset) => (self.bytes.len() as u64, offset),
            SeekFrom::Current(offset) => (self.at, offset),
        };
        let at = base.checked_add_signed(offset);
        self.at = at.ok_or_else(|| std::io::Error::from(std::io::ErrorKind::InvalidInput))?;
        Ok(self.at)
    }
}
