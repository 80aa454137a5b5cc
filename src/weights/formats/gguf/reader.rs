//! Numbers and texts out of bytes that may be anything. Every read is checked against the bytes that are there.

/// Ours take some 50 KB; a header that claims more than this is broken (or another project's).
pub const LONGEST_HEADER: usize = 4 << 20;

/// Why reading ended.
#[derive(Debug)]
pub enum Stop {
    /// The bytes end first.
    Short,
    Broken(String),
}

pub fn broken<T>(why: impl Into<String>) -> Result<T, Stop> {
    Err(Stop::Broken(why.into()))
}

/// A place in a file's first bytes.
pub struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    pub fn new(bytes: &'a [u8]) -> Reader<'a> {
        Reader { bytes, at: 0 }
    }

    /// Bytes read so far.
    pub fn at(&self) -> usize {
        self.at
    }

    pub fn take(&mut self, len: usize) -> Result<&'a [u8], Stop> {
        if len > LONGEST_HEADER {
            return broken(format!("a length of {len} bytes in its header"));
        }
        let taken = self.bytes.get(self.at..).and_then(|rest| rest.get(..len)).ok_or(Stop::Short)?;
        self.at += len;
        Ok(taken)
    }

    pub fn array<const N: usize>(&mut self) -> Result<[u8; N], Stop> {
        self.take(N)?.first_chunk().copied().ok_or(Stop::Short)
    }

    pub fn u32(&mut self) -> Result<u32, Stop> {
        self.array().map(u32::from_le_bytes)
    }

    /// A count or a length.
    pub fn size(&mut self) -> Result<usize, Stop> {
        let value = u64::from_le_bytes(self.array()?);
        usize::try_from(value).or_else(|_| broken(format!("a length of {value}")))
    }

    pub fn text(&mut self) -> Result<&'a str, Stop> {
        let len = self.size()?;
        str::from_utf8(self.take(len)?).or_else(|_| broken("text that is not UTF-8"))
    }

    /// The bytes of that many texts in a row. Each takes eight bytes at least, so a count that lies ends with the bytes.
    pub fn texts(&mut self, count: usize) -> Result<&'a [u8], Stop> {
        let from = self.at;
        for _ in 0..count {
            self.text()?;
        }
        Ok(&self.bytes[from..self.at])
    }
}
