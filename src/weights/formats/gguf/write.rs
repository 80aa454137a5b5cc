//! The bytes of a GGUF file: what [`Header::read`](super::Header::read) reads.

use super::{ALIGNMENT, TensorType};

/// A value of the metadata.
pub enum Value<'a> {
    Text(&'a str),
    U32(u32),
    Bool(bool),
    Floats(&'a [f32]),
    Texts(&'a [String]),
}

/// A tensor that is to be stored.
pub struct Described {
    pub name: String,
    /// Row-major, outermost first.
    pub shape: Vec<usize>,
    pub kind: TensorType,
    /// Bytes of its values.
    pub bytes: usize,
}

/// All that comes before the values: a file of version 2, whose layout version 3 shares. Each tensor's values follow in order, filled
/// up with zeros to [`padded`] bytes.
pub fn beginning(metadata: &[(&str, Value<'_>)], tensors: &[Described]) -> Vec<u8> {
    let mut file = b"GGUF".to_vec();
    file.extend(2u32.to_le_bytes());
    count(&mut file, tensors.len());
    count(&mut file, metadata.len());
    for (key, value) in metadata {
        text(&mut file, key);
        file.extend(value.kind().to_le_bytes());
        value.write(&mut file);
    }
    let mut offset = 0;
    for tensor in tensors {
        text(&mut file, &tensor.name);
        file.extend((tensor.shape.len() as u32).to_le_bytes());
        tensor.shape.iter().rev().for_each(|&n| count(&mut file, n));
        file.extend(tensor.kind.number().to_le_bytes());
        count(&mut file, offset);
        offset += padded(tensor.bytes);
    }
    file.resize(padded(file.len()), 0);
    file
}

/// Bytes that so many take with the zeros after them.
pub fn padded(bytes: usize) -> usize {
    bytes.next_multiple_of(ALIGNMENT)
}

impl Value<'_> {
    fn kind(&self) -> u32 {
        match self {
            Value::U32(_) => 4,
            Value::Bool(_) => 7,
            Value::Text(_) => 8,
            Value::Floats(_) | Value::Texts(_) => 9,
        }
    }

    fn write(&self, file: &mut Vec<u8>) {
        let array = |file: &mut Vec<u8>, kind: u32, len: usize| {
            file.extend(kind.to_le_bytes());
            count(file, len);
        };
        match self {
            Value::U32(value) => file.extend(value.to_le_bytes()),
            Value::Bool(value) => file.push(u8::from(*value)),
            Value::Text(value) => text(file, value),
            Value::Floats(values) => {
                array(file, 6, values.len());
                file.extend(values.iter().flat_map(|v| v.to_le_bytes()));
            }
            Value::Texts(values) => {
                array(file, 8, values.len());
                values.iter().for_each(|value| text(file, value));
            }
        }
    }
}

fn count(file: &mut Vec<u8>, n: usize) {
    file.extend((n as u64).to_le_bytes());
}

fn text(file: &mut Vec<u8>, text: &str) {
    count(file, text.len());
    file.extend(text.as_bytes());
}
