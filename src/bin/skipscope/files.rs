//! What comes from the disk and goes there, and what the person at the terminal is told.

use anyhow::{Context, Result};
use std::fmt::Display;
use std::io::Write;
use std::path::Path;

pub fn read(path: &Path) -> Result<Vec<u8>> {
    std::fs::read(path).with_context(|| path.display().to_string())
}

/// A file appears under its name only when it is complete: another program may be waiting for it.
pub fn write_whole(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut part = path.as_os_str().to_owned();
    part.push(".part");
    std::fs::write(&part, bytes)?;
    std::fs::rename(&part, path)
}

/// A line on stderr. `eprintln!` panics where nobody listens any more.
pub fn tell(line: impl Display) {
    let _ = writeln!(std::io::stderr(), "{line}");
}
