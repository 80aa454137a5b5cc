//! Zips of stored entries, put together by hand, so that they can lie.

#[derive(Clone)]
pub struct Entry {
    pub name: String,
    pub bytes: Vec<u8>,
    /// 0: stored, 8: deflated.
    pub method: u16,
    /// The length that it claims, instead of the one it has.
    pub len: Option<u32>,
}

impl Entry {
    pub fn new(name: &str, bytes: Vec<u8>) -> Entry {
        Entry { name: name.into(), bytes, method: 0, len: None }
    }
}

pub fn zip(entries: &[Entry]) -> Vec<u8> {
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    for entry in entries {
        let start = out.len() as u32;
        let len = entry.len.unwrap_or(entry.bytes.len() as u32).to_le_bytes();
        let name_len = (entry.name.len() as u16).to_le_bytes();
        // Version, flags, method, time and date, checksum, two lengths, those of the name and of what is extra.
        let common =
            [&[20, 0, 0, 0][..], &entry.method.to_le_bytes(), &[0; 8], &len, &len, &name_len, &[0; 2]].concat();
        out.extend([b"PK\x03\x04", &common[..], entry.name.as_bytes(), &entry.bytes].concat());
        let place = [&[0; 10][..], &start.to_le_bytes()].concat();
        directory.extend([b"PK\x01\x02\x14\x00", &common[..], &place, entry.name.as_bytes()].concat());
    }
    let count = (entries.len() as u16).to_le_bytes();
    let (start, len) = ((out.len() as u32).to_le_bytes(), (directory.len() as u32).to_le_bytes());
    out.extend(directory);
    out.extend([b"PK\x05\x06\0\0\0\0", &count[..], &count, &len, &start, &[0; 2]].concat());
    out
}
