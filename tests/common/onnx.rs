//! ONNX models put together by hand, field by field.

pub fn varint(mut value: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    while value >= 0x80 {
        bytes.push(value as u8 | 0x80);
        value >>= 7;
    }
    bytes.push(value as u8);
    bytes
}

pub fn number(field: u64, value: i64) -> Vec<u8> {
    [varint(field << 3), varint(value.cast_unsigned())].concat()
}

pub fn bytes(field: u64, bytes: &[u8]) -> Vec<u8> {
    [&varint(field << 3 | 2), &varint(bytes.len() as u64), bytes].concat()
}

pub fn text(field: u64, text: &str) -> Vec<u8> {
    bytes(field, text.as_bytes())
}

pub fn float(field: u64, value: f32) -> Vec<u8> {
    [&varint(field << 3 | 5)[..], &value.to_le_bytes()].concat()
}

pub fn floats(values: &[f32]) -> Vec<u8> {
    values.iter().flat_map(|value| value.to_le_bytes()).collect()
}

pub fn integers(values: &[i64]) -> Vec<u8> {
    values.iter().flat_map(|value| value.to_le_bytes()).collect()
}

/// Of that data type, with `data`: whole fields.
pub fn tensor(name: &str, shape: &[i64], kind: i64, data: &[u8]) -> Vec<u8> {
    let shape: Vec<u8> = shape.iter().flat_map(|&d| number(1, d)).collect();
    [shape, number(2, kind), text(8, name), data.to_vec()].concat()
}

/// f32, in raw bytes.
pub fn weights(name: &str, shape: &[i64], values: &[f32]) -> Vec<u8> {
    tensor(name, shape, 1, &bytes(9, &floats(values)))
}

/// i64, in raw bytes.
pub fn sizes(name: &str, values: &[i64]) -> Vec<u8> {
    tensor(name, &[values.len() as i64], 7, &bytes(9, &integers(values)))
}

/// In a file beside the model.
pub fn external(name: &str, shape: &[i64], entries: &[(&str, &str)]) -> Vec<u8> {
    let entries: Vec<u8> =
        entries.iter().flat_map(|(key, value)| bytes(13, &[text(1, key), text(2, value)].concat())).collect();
    tensor(name, shape, 1, &[entries, number(14, 1)].concat())
}

pub fn int(name: &str, value: i64) -> Vec<u8> {
    [text(1, name), number(3, value), number(20, 2)].concat()
}

pub fn ints(name: &str, values: &[i64]) -> Vec<u8> {
    [text(1, name), values.iter().flat_map(|&value| number(8, value)).collect(), number(20, 7)].concat()
}

pub fn real(name: &str, value: f32) -> Vec<u8> {
    [text(1, name), float(2, value), number(20, 1)].concat()
}

pub fn string(name: &str, value: &str) -> Vec<u8> {
    [text(1, name), text(4, value), number(20, 3)].concat()
}

pub fn value(name: &str, tensor: &[u8]) -> Vec<u8> {
    [text(1, name), bytes(5, tensor), number(20, 4)].concat()
}

/// Inputs and outputs by name, separated by spaces; `-` for one that is left out.
pub fn node(operator: &str, inputs: &str, outputs: &str, attributes: &[Vec<u8>]) -> Vec<u8> {
    let names = |field: u64, all: &str| -> Vec<u8> {
        all.split_whitespace().flat_map(|name| text(field, name.trim_matches('-'))).collect()
    };
    let attributes: Vec<u8> = attributes.iter().flat_map(|attribute| bytes(5, attribute)).collect();
    [names(1, inputs), names(2, outputs), text(3, &format!("{operator} {outputs}")), text(4, operator), attributes]
        .concat()
}

/// What a graph is given or gives, f32; -1 for a dimension that is left open.
pub fn picture(name: &str, shape: &[i64]) -> Vec<u8> {
    let dimension = |&d: &i64| bytes(1, &if d < 0 { text(2, "batch") } else { number(1, d) });
    let shape: Vec<u8> = shape.iter().flat_map(dimension).collect();
    [text(1, name), bytes(2, &bytes(1, &[number(1, 1), bytes(2, &shape)].concat()))].concat()
}

#[derive(Clone, Default)]
pub struct Model {
    pub opset: i64,
    pub nodes: Vec<Vec<u8>>,
    pub tensors: Vec<Vec<u8>>,
    pub inputs: Vec<Vec<u8>>,
    pub outputs: Vec<Vec<u8>>,
}

impl Model {
    pub fn bytes(&self) -> Vec<u8> {
        let all =
            |field: u64, messages: &[Vec<u8>]| -> Vec<u8> { messages.iter().flat_map(|m| bytes(field, m)).collect() };
        let graph =
            [all(1, &self.nodes), text(2, "net"), all(5, &self.tensors), all(11, &self.inputs), all(12, &self.outputs)];
        let opset = [text(1, ""), number(2, self.opset)].concat();
        [number(1, 8), text(2, "by hand"), bytes(7, &graph.concat()), bytes(8, &opset)].concat()
    }
}

/// A convolution with batch norm, and a sum with the input, up to a classifier: one of everything.
pub fn small() -> Model {
    let window = [ints("kernel_shape", &[3, 3]), ints("pads", &[1, 1, 1, 1])];
    let pool = [ints("kernel_shape", &[2, 2]), ints("strides", &[2, 2])];
    let ramp = |len: usize| (0..len).map(|i| i as f32 / 8.0).collect::<Vec<f32>>();
    Model {
        opset: 13,
        nodes: vec![
            node("Conv", "x conv.weight", "c", &window),
            node("BatchNormalization", "c n.weight n.bias n.mean n.var", "b", &[real("epsilon", 0.001)]),
            node("Add", "b x", "s", &[]),
            node("Relu", "s", "r", &[]),
            node("MaxPool", "r", "p", &pool),
            node("GlobalAveragePool", "p", "g", &[]),
            node("Flatten", "g", "f", &[]),
            node("Gemm", "f fc.weight fc.bias", "logits", &[int("transB", 1)]),
        ],
        tensors: vec![
            weights("conv.weight", &[3, 3, 3, 3], &ramp(81)),
            weights("n.weight", &[3], &ramp(3)),
            weights("n.bias", &[3], &ramp(3)),
            weights("n.mean", &[3], &ramp(3)),
            weights("n.var", &[3], &ramp(3)),
            weights("fc.weight", &[4, 3], &ramp(12)),
            weights("fc.bias", &[4], &ramp(4)),
        ],
        inputs: vec![picture("x", &[-1, 3, 8, 8])],
        outputs: vec![picture("logits", &[-1, 4])],
    }
}
