//! PyTorch's `.pth` and `.pt`.

use super::{Bytes, Checkpoint, Error};

/// What a file begins with that PyTorch wrote before 1.6, or is asked to write so: the pickled number 0x1950a86a20f9469cfc6c.
pub(super) const LEGACY: &[u8] = b"\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.";

/// Reads where the tensors lie.
pub fn read(_bytes: &dyn Bytes) -> Result<Checkpoint, Error> {
    Err(Error::Unsupported("PyTorch's files are not read yet".into()))
}
