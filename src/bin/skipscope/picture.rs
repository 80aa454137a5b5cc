//! Picture files, read from wherever they are; `skipscope::picture` decodes them.

pub use skipscope::picture::{MAX_PIXELS, decode};
use std::io::Read;
use std::path::Path;

/// No picture within that limit needs a longer file, and a device that never ends must.
const MAX_BYTES: u64 = 4 * MAX_PIXELS;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Read(#[from] std::io::Error),
    #[error(transparent)]
    Zip(#[from] zip::result::ZipError),
    #[error("the file is longer than {MAX_BYTES} bytes")]
    Endless,
    #[error(transparent)]
    Picture(#[from] skipscope::picture::Error),
    #[error(transparent)]
    Model(#[from] skipscope::model::Error),
}

pub fn read(path: &Path) -> Result<Vec<u8>, Error> {
    read_from(std::fs::File::open(path)?)
}

pub fn read_from(file: impl Read) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    file.take(MAX_BYTES + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MAX_BYTES { Err(Error::Endless) } else { Ok(bytes) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_without_end_are_left() {
        assert!(matches!(read_from(std::io::repeat(0)), Err(Error::Endless)));
    }
}
