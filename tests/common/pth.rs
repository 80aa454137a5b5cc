//! PyTorch's files put together by hand: pickles in protocol 2, in a zip or one after the other.

use super::zip::{Entry, zip};

pub fn text(text: &str) -> Vec<u8> {
    [b"X", &(text.len() as u32).to_le_bytes()[..], text.as_bytes()].concat()
}

pub fn int(value: i32) -> Vec<u8> {
    [b"J", &value.to_le_bytes()[..]].concat()
}

pub fn long(value: i64) -> Vec<u8> {
    [b"\x8a\x08", &value.to_le_bytes()[..]].concat()
}

pub fn tuple(items: &[Vec<u8>]) -> Vec<u8> {
    [b"(", &items.concat()[..], b"t"].concat()
}

pub fn sizes(values: &[i64]) -> Vec<u8> {
    tuple(&values.iter().map(|&value| long(value)).collect::<Vec<_>>())
}

/// `module.name`.
pub fn global(path: &str) -> Vec<u8> {
    let (module, name) = path.rsplit_once('.').unwrap();
    format!("c{module}\n{name}\n").into_bytes()
}

pub fn call(path: &str, arguments: &[Vec<u8>]) -> Vec<u8> {
    [global(path), tuple(arguments), b"R".to_vec()].concat()
}

pub fn pairs(entries: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let entries: Vec<u8> = entries.iter().flat_map(|(key, value)| [text(key), value.clone()].concat()).collect();
    [b"(", &entries[..], b"u"].concat()
}

pub fn dict(entries: &[(&str, Vec<u8>)]) -> Vec<u8> {
    [b"}".to_vec(), pairs(entries)].concat()
}

pub fn ordered(entries: &[(&str, Vec<u8>)]) -> Vec<u8> {
    [call("collections.OrderedDict", &[]), pairs(entries)].concat()
}

/// A module of a class, with that state.
pub fn module(class: &str, state: &[(&str, Vec<u8>)]) -> Vec<u8> {
    [global(class), b")\x81".to_vec(), dict(state), b"b".to_vec()].concat()
}

pub fn pickle(value: &[u8]) -> Vec<u8> {
    [b"\x80\x02", value, b"."].concat()
}

/// A storage: its key, its class in `torch`, its elements as it states them, its bytes.
#[derive(Clone)]
pub struct Storage {
    pub key: &'static str,
    pub class: &'static str,
    pub len: i64,
    pub bytes: Vec<u8>,
}

impl Storage {
    pub fn floats(key: &'static str, values: &[f32]) -> Storage {
        let bytes: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
        Storage { key, class: "FloatStorage", len: values.len() as i64, bytes }
    }

    /// The name that a pickle gives it.
    pub fn id(&self) -> Vec<u8> {
        let class = global(&format!("torch.{}", self.class));
        let id = tuple(&[text("storage"), class, text(self.key), text("cpu"), long(self.len)]);
        [id, b"Q".to_vec()].concat()
    }

    /// A part of it as a tensor, offset and strides in elements.
    pub fn tensor(&self, offset: i64, shape: &[i64], strides: &[i64]) -> Vec<u8> {
        let hooks = call("collections.OrderedDict", &[]);
        let arguments = [self.id(), long(offset), sizes(shape), sizes(strides), b"\x89".to_vec(), hooks];
        call("torch._utils._rebuild_tensor_v2", &arguments)
    }
}

/// As PyTorch writes since 1.6.
pub fn archive(value: &[u8], storages: &[Storage]) -> Vec<u8> {
    zip(&entries(value, storages))
}

pub fn entries(value: &[u8], storages: &[Storage]) -> Vec<Entry> {
    let mut entries = vec![Entry::new("net/data.pkl", pickle(value)), Entry::new("net/byteorder", b"little".to_vec())];
    entries
        .extend(storages.iter().map(|storage| Entry::new(&format!("net/data/{}", storage.key), storage.bytes.clone())));
    entries.push(Entry::new("net/version", b"3\n".to_vec()));
    entries
}

/// As it wrote before.
pub fn legacy(value: &[u8], storages: &[Storage]) -> Vec<u8> {
    legacy_of(value, storages, true)
}

pub fn legacy_of(value: &[u8], storages: &[Storage], little_endian: bool) -> Vec<u8> {
    let keys: Vec<u8> = storages.iter().flat_map(|storage| text(storage.key)).collect();
    let endian = if little_endian { b"\x88" } else { b"\x89" };
    let mut file = [
        b"\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.".to_vec(),
        pickle(b"M\xe9\x03"),
        pickle(&dict(&[("protocol_version", b"M\xe9\x03".to_vec()), ("little_endian", endian.to_vec())])),
        pickle(value),
        pickle(&[b"](", &keys[..], b"e"].concat()),
    ]
    .concat();
    for storage in storages {
        file.extend([&storage.len.to_le_bytes()[..], &storage.bytes].concat());
    }
    file
}
