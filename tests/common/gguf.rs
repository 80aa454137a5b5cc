//! Model files put together by hand, so that they can lie about anything.

use skipscope::arch::{Architecture, Op, Step};
use skipscope::weights::TensorType;

/// A value of the metadata: its type's number and its bytes.
#[derive(Clone)]
pub struct Value(pub u32, pub Vec<u8>);

pub fn text(text: &str) -> Value {
    Value(8, counted(text.as_bytes()))
}

pub fn u32(value: u32) -> Value {
    Value(4, value.to_le_bytes().to_vec())
}

/// `count` is what the array claims to hold.
pub fn array(kind: u32, count: u64, items: Vec<u8>) -> Value {
    Value(9, [&kind.to_le_bytes()[..], &count.to_le_bytes()[..], &items[..]].concat())
}

pub fn texts<T: AsRef<str>>(items: &[T]) -> Value {
    array(8, items.len() as u64, items.iter().flat_map(|item| counted(item.as_ref().as_bytes())).collect())
}

pub fn floats(values: &[f32]) -> Value {
    array(6, values.len() as u64, values.iter().flat_map(|v| v.to_le_bytes()).collect())
}

/// Behind its length.
pub fn counted(bytes: &[u8]) -> Vec<u8> {
    [&(bytes.len() as u64).to_le_bytes()[..], bytes].concat()
}

#[derive(Clone)]
pub struct Tensor {
    pub name: String,
    /// Outermost first.
    pub shape: Vec<u64>,
    pub kind: u32,
    /// Where it claims to lie, instead of where it does.
    pub offset: Option<u64>,
    pub bytes: Vec<u8>,
}

/// What a file states, and what it holds.
#[derive(Clone)]
pub struct File {
    pub version: u32,
    pub tensor_count: Option<u64>,
    pub value_count: Option<u64>,
    pub metadata: Vec<(String, Value)>,
    pub tensors: Vec<Tensor>,
}

pub const ALIGNMENT: usize = 32;

impl File {
    /// A model of that architecture: everything it needs, and `weights` of every tensor by name and length.
    pub fn of(
        architecture: &Architecture,
        side: u32,
        labels: &[String],
        kind: TensorType,
        mut weights: impl FnMut(&str, usize) -> Vec<f32>,
    ) -> File {
        let metadata = [
            ("general.name", text("a net")),
            ("general.license", text("none")),
            ("skipscope.format", u32(1)),
            ("skipscope.id", text("net")),
            ("skipscope.architecture", text(&architecture.name)),
            ("skipscope.stride_in_1x1", Value(7, vec![u8::from(architecture.stride_in_1x1)])),
            ("skipscope.mean", floats(&[0.5; 3])),
            ("skipscope.std", floats(&[0.25; 3])),
            ("skipscope.resize_side", u32(side)),
            ("skipscope.input_side", u32(side)),
            ("skipscope.dataset", text("")),
            ("skipscope.source", text("")),
            ("skipscope.accuracy", text("")),
            ("skipscope.note", text("")),
            ("skipscope.labels", texts(labels)),
        ];
        let flow = Architecture { classes: labels.len(), ..architecture.clone() }.flow();
        let mut tensors = Vec::new();
        for step in flow.steps() {
            for (part, shape) in ["weight", "bias"].iter().zip(flow.shapes(step)) {
                let name = format!("{}.{part}", step.name);
                let len: usize = shape.iter().product();
                // Quantised filters are stored flat, one per row.
                let row: usize = shape[1..].iter().product();
                let (kind, shape) = match (*part, kind) {
                    ("bias", _) => (TensorType::F32, shape),
                    (_, TensorType::Q8_0) if row.is_multiple_of(kind.block_len()) => (kind, vec![shape[0], row]),
                    (_, TensorType::Q8_0) => (TensorType::F16, shape),
                    _ => (kind, shape),
                };
                let shape = shape.iter().map(|&n| n as u64).collect();
                let bytes = encode(kind, &weights(&name, len));
                tensors.push(Tensor { name, shape, kind: number(kind), offset: None, bytes });
            }
        }
        let metadata = metadata.into_iter().map(|(key, value)| (key.to_string(), value)).collect();
        File { version: 3, tensor_count: None, value_count: None, metadata, tensors }
    }

    pub fn set(&mut self, key: &str, value: Value) {
        self.metadata.iter_mut().filter(|(k, _)| k == key).for_each(|(_, v)| *v = value.clone());
    }

    /// Everything before the tensors' bytes.
    pub fn header(&self) -> Vec<u8> {
        let mut bytes = b"GGUF".to_vec();
        bytes.extend(self.version.to_le_bytes());
        bytes.extend(self.tensor_count.unwrap_or(self.tensors.len() as u64).to_le_bytes());
        bytes.extend(self.value_count.unwrap_or(self.metadata.len() as u64).to_le_bytes());
        for (key, Value(kind, value)) in &self.metadata {
            bytes.extend(counted(key.as_bytes()));
            bytes.extend(kind.to_le_bytes());
            bytes.extend(value);
        }
        let mut end = 0;
        for Tensor { name, shape, kind, offset, bytes: own } in &self.tensors {
            bytes.extend(counted(name.as_bytes()));
            bytes.extend((shape.len() as u32).to_le_bytes());
            shape.iter().rev().for_each(|n| bytes.extend(n.to_le_bytes()));
            bytes.extend(kind.to_le_bytes());
            bytes.extend(offset.unwrap_or(end).to_le_bytes());
            end = (end + own.len() as u64).next_multiple_of(ALIGNMENT as u64);
        }
        bytes.resize(bytes.len().next_multiple_of(ALIGNMENT), 0);
        bytes
    }

    pub fn bytes(&self) -> Vec<u8> {
        let mut bytes = self.header();
        for tensor in &self.tensors {
            bytes.extend(&tensor.bytes);
            bytes.resize(bytes.len().next_multiple_of(ALIGNMENT), 0);
        }
        bytes
    }

    /// One of its tensors, to be changed.
    pub fn tensor(&mut self, name: &str) -> &mut Tensor {
        self.tensors.iter_mut().find(|tensor| tensor.name == name).expect("a tensor of that name")
    }
}

/// The batch norm that the file of a convolution may have beside it.
pub fn batch_norm(step: &Step, mut values: impl FnMut(&str) -> f32) -> Vec<Tensor> {
    let Op::Conv(conv) = &step.op else { return Vec::new() };
    let part = |part: &str, value: f32| Tensor {
        name: format!("{}.{part}", conv.norm.as_deref().unwrap_or_default()),
        shape: vec![conv.outputs as u64],
        kind: number(TensorType::F32),
        offset: None,
        bytes: encode(TensorType::F32, &vec![value; conv.outputs]),
    };
    ["weight", "bias", "running_mean", "running_var"].map(|name| part(name, values(name))).to_vec()
}

pub fn number(kind: TensorType) -> u32 {
    match kind {
        TensorType::F32 => 0,
        TensorType::F16 => 1,
        TensorType::Q8_0 => 8,
        TensorType::BF16 => 30,
    }
}

/// Coarse where the type is: what matters is that it is of that type.
pub fn encode(kind: TensorType, values: &[f32]) -> Vec<u8> {
    match kind {
        TensorType::F32 => values.iter().flat_map(|v| v.to_le_bytes()).collect(),
        TensorType::BF16 => values.iter().flat_map(|v| ((v.to_bits() >> 16) as u16).to_le_bytes()).collect(),
        TensorType::F16 => values.iter().flat_map(|v| f16(*v).to_le_bytes()).collect(),
        TensorType::Q8_0 => values.chunks(32).flat_map(q8_0).collect(),
    }
}

fn q8_0(values: &[f32]) -> Vec<u8> {
    let scale = values.iter().fold(0f32, |m, v| m.max(v.abs())) / 127.0;
    let inverse = if scale > 0.0 { 1.0 / scale } else { 0.0 };
    let quantised = values.iter().map(|v| (v * inverse).round() as i8 as u8);
    f16(scale).to_le_bytes().into_iter().chain(quantised).collect()
}

/// Truncated; subnormal ones are zero.
fn f16(value: f32) -> u16 {
    let bits = value.to_bits();
    let (sign, exponent) = ((bits >> 16 & 0x8000) as u16, (bits >> 23 & 255) as i32 - 112);
    match exponent {
        ..=0 => sign,
        1..=30 => sign | (exponent as u16) << 10 | (bits >> 13 & 0x3FF) as u16,
        _ if value.is_finite() => sign | 0x7BFF,
        _ => sign | 0x7C00 | u16::from(value.is_nan()),
    }
}
