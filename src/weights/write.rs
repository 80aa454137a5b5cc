//! Model files written.

use super::card::{Card, FORMAT};
use super::formats::gguf::{self, Stored, TensorType, Value};
use super::{Error, Source, check_finite, fold};

/// How weights are stored. Biases are always f32: they are few, and every output inherits their error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Precision {
    F32,
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
    let architecture = card.architecture()?;
    let flow = architecture.flow();
    let mut tensors = Vec::new();
    for step in flow.steps() {
        let Some((weight, bias)) = fold::step(source, &flow, step)? else { continue };
        tensors.push(pack(format!("{}.weight", step.name), &flow.shapes(step)[0], &weight, precision)?);
        tensors.push(pack(format!("{}.bias", step.name), &[bias.len()], &bias, Precision::F32)?);
    }
    Ok(gguf::write(&metadata(card, precision), &tensors))
}

fn pack(name: String, shape: &[usize], values: &[f32], precision: Precision) -> Result<Stored, Error> {
    let flat = [shape[0], shape[1..].iter().product()];
    let (shape, kind) = match precision {
        Precision::F32 => (shape, TensorType::F32),
        Precision::Q8_0 if flat[1].is_multiple_of(TensorType::Q8_0.block_len()) => (&flat[..], TensorType::Q8_0),
        Precision::F16 | Precision::Q8_0 => (shape, TensorType::F16),
    };
    let bytes = kind.encode(values);
    let mut back = Vec::with_capacity(values.len());
    kind.decode(&bytes, &mut back);
    check_finite(&name, &back)?; // f16 ends at 65504
    Ok(Stored { name, shape: shape.to_vec(), kind, bytes })
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
