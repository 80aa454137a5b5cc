//! Files read by ranges: a header first, then one tensor at a time, so that 240 MB of weights are never held twice.

use super::Error;
use std::borrow::Cow;
use std::ops::Range;

/// The bytes of a file, wherever they lie: in memory, on a disk, in a browser's `Blob`.
pub trait Bytes {
    /// Of the whole file.
    fn len(&self) -> usize;

    /// Whether the file has no bytes.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The bytes in `range`, all of them: [`Error::Short`] where the file ends before, [`Error::Read`] where they cannot be brought.
    fn read(&self, range: Range<usize>) -> Result<Cow<'_, [u8]>, Error>;
}

/// Whatever is in memory: a `Vec<u8>`, a `&[u8]`, a file that is mapped.
impl<T: AsRef<[u8]>> Bytes for T {
    fn len(&self) -> usize {
        self.as_ref().len()
    }

    fn read(&self, range: Range<usize>) -> Result<Cow<'_, [u8]>, Error> {
        let bytes = self.as_ref();
        bytes.get(range.clone()).map(Cow::Borrowed).ok_or_else(|| short(&range, bytes.len()))
    }
}

fn short(range: &Range<usize>, len: usize) -> Error {
    Error::Short { what: "what was asked for".into(), end: range.end, len }
}

/// As [`Bytes::read`], for what is called `what` in an error. What `bytes` brings is checked, since readers rely on its length.
pub(super) fn read<'a>(bytes: &'a dyn Bytes, range: Range<usize>, what: &str) -> Result<Cow<'a, [u8]>, Error> {
    if range.end > bytes.len() || range.start > range.end {
        return Err(Error::Short { what: what.into(), end: range.end, len: bytes.len() });
    }
    let wanted = range.len();
    let brought = bytes.read(range)?;
    match brought.len() == wanted {
        true => Ok(brought),
        false => Err(Error::Read(format!("{} bytes came where {wanted} were asked for", brought.len()))),
    }
}

/// The first bytes of a file, at most `len`.
pub(super) fn first(bytes: &dyn Bytes, len: usize) -> Result<Cow<'_, [u8]>, Error> {
    read(bytes, 0..len.min(bytes.len()), "its beginning")
}

/// A file on disk, of which only what is asked for is read.
#[cfg(any(unix, windows))]
pub struct FileBytes {
    file: std::fs::File,
    len: usize,
}

#[cfg(any(unix, windows))]
impl FileBytes {
    /// Opens it, and asks for its length; nothing is read yet.
    pub fn open(path: &std::path::Path) -> std::io::Result<FileBytes> {
        let file = std::fs::File::open(path)?;
        let len = usize::try_from(file.metadata()?.len()).map_err(std::io::Error::other)?;
        Ok(FileBytes { file, len })
    }
}

#[cfg(any(unix, windows))]
impl Bytes for FileBytes {
    fn len(&self) -> usize {
        self.len
    }

    fn read(&self, range: Range<usize>) -> Result<Cow<'_, [u8]>, Error> {
        if range.end > self.len || range.start > range.end {
            return Err(short(&range, self.len));
        }
        #[cfg(unix)]
        use std::os::unix::fs::FileExt;
        #[cfg(windows)]
        use std::os::windows::fs::FileExt;
        let mut bytes = vec![0; range.len()];
        let mut have = 0;
        while have < bytes.len() {
            let at = (range.start + have) as u64;
            #[cfg(unix)]
            let brought = self.file.read_at(&mut bytes[have..], at);
            #[cfg(windows)]
            let brought = self.file.seek_read(&mut bytes[have..], at);
            match brought {
                Ok(0) => return Err(short(&range, range.start + have)), // it has become shorter since
                Ok(more) => have += more,
                Err(why) if why.kind() == std::io::ErrorKind::Interrupted => {}
                Err(why) => return Err(Error::Read(why.to_string())),
            }
        }
        Ok(Cow::Owned(bytes))
    }
}
