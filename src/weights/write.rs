//! Model files written.

use super::card::{Card, FORMAT};
use super::formats::gguf::{self, Described, TensorType, Value};
use super::{Error, Source, check_finite, fold};
use crate::arch::{Op, Step};

/// How weights are stored. Biases are always f32: they are few, and every output inherits their error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Precision {
    /// 4 bytes a value.
    F32,
    /// 2 bytes a value.
    F16,
    /// Blocks of 32 values, 8 bits each, with a common f16 scale; f16 where a filter's length is no multiple of 32.
    Q8_0,
}

impl Precision {
    /// What GGUF calls `general.file_type`.
    fn file_type(self) -> u32 {
        match self {
            Precision::F32 => 0,
            Precision::F16 => 1,
            Precision::Q8_0 => 7,
        }
    }
}

/// A model file of the card's architecture with the weights of `source`, batch norm folded. The same input gives the same
/// bytes.
pub fn write(card: &Card, precision: Precision, source: &mut dyn Source) -> Result<Vec<u8>, Error> {
    let mut file = Vec::new();
    stream(card, precision, source, &mut |bytes| {
        file.extend_from_slice(bytes);
        Ok(())
    })?;
    Ok(file)
}

/// As [`write()`], in pieces as they come: of the weights, one layer's are held at a time. An error of `sink` ends it.
pub fn stream(
    card: &Card,
    precision: Precision,
    source: &mut dyn Source,
    sink: &mut dyn FnMut(&[u8]) -> Result<(), Error>,
) -> Result<(), Error> {
    let flow = card.architecture()?.flow();
    let parts = |step: &Step| {
        let shapes = flow.shapes(step).into_iter().zip([("weight", precision), ("bias", Precision::F32)]);
        let lone = step.op == Op::Norm; // scale and shift: few, and what follows inherits their error
        shapes
            .map(|(shape, (part, precision))| {
                describe(format!("{}.{part}", step.name), &shape, if lone { Precision::F32 } else { precision })
            })
            .collect::<Vec<_>>()
    };
    let all: Vec<_> = flow.steps().iter().flat_map(parts).collect();
    sink(&gguf::beginning(&metadata(card, precision), &all))?;
    for step in flow.steps() {
        let Some((weight, bias)) = fold::step(source, &flow, step)? else { continue };
        for (tensor, values) in parts(step).iter().zip([&weight, &bias]) {
            let mut bytes = tensor.kind.encode(values);
            if tensor.kind != TensorType::F32 {
                let mut back = Vec::with_capacity(values.len());
                tensor.kind.decode(&bytes, &mut back);
                check_finite(&tensor.name, &back)?; // f16 ends at 65504
            }
            bytes.resize(gguf::padded(bytes.len()), 0);
            sink(&bytes)?;
        }
        source.give_back(weight);
    }
    Ok(())
}

fn describe(name: String, shape: &[usize], precision: Precision) -> Described {
    let flat = [shape[0], shape[1..].iter().product()];
    let (shape, kind) = match precision {
        Precision::F32 => (shape, TensorType::F32),
        Precision::Q8_0 if flat[1].is_multiple_of(TensorType::Q8_0.block_len()) => (&flat[..], TensorType::Q8_0),
        Precision::F16 | Precision::Q8_0 => (shape, TensorType::F16),
    };
    let bytes = kind.bytes_of(shape.iter().product()).unwrap_or(0); // whole blocks: chosen so
    Described { name, shape: shape.to_vec(), kind, bytes }
}

/// In a fixed order, so that the same card gives the same bytes. Keys outside `skipscope.` are GGUF's own.
fn metadata(card: &Card, precision: Precision) -> Vec<(&'static str, Value<'_>)> {
    use Value::{Bool, Floats, Text, Texts, U32};
    vec![
        ("general.architecture", Text("skipscope")), // GGUF: the prefix of the keys that describe the network
        ("general.name", Text(&card.title)),
        ("general.license", Text(&card.licence)),
        ("general.file_type", U32(precision.file_type())),
        ("general.alignment", U32(32)),
        ("skipscope.format", U32(FORMAT)),
        ("skipscope.id", Text(&card.id)),
        ("skipscope.architecture", Text(&card.architecture)),
        ("skipscope.stride_in_1x1", Bool(card.stride_in_1x1)),
        ("skipscope.batch_norm_folded", Bool(true)),
        ("skipscope.mean", Floats(&card.mean)),
        ("skipscope.std", Floats(&card.std)),
        ("skipscope.resize_side", U32(card.resize_side as u32)),
        ("skipscope.resize", Text("short side, bilinear, antialiased; then centre crop")),
        ("skipscope.input_side", U32(card.input_side as u32)),
        ("skipscope.dataset", Text(&card.dataset)),
        ("skipscope.source", Text(&card.source)),
        ("skipscope.accuracy", Text(&card.accuracy)),
        ("skipscope.note", Text(&card.note)),
        ("skipscope.labels", Texts(&card.labels)),
    ]
}
