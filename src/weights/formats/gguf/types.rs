//! How a tensor's values are stored, and how they become f32.

/// The types of tensors that are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TensorType {
    /// IEEE 754 single.
    F32,
    /// IEEE 754 half.
    F16,
    /// The upper half of an f32.
    BF16,
    /// Blocks of 32 values: an f16 scale, and 8 bits each.
    Q8_0,
}

impl TensorType {
    /// From GGUF's number.
    pub(super) fn from_number(number: u32) -> Option<TensorType> {
        Some(match number {
            0 => TensorType::F32,
            1 => TensorType::F16,
            8 => TensorType::Q8_0,
            30 => TensorType::BF16,
            _ => return None,
        })
    }

    /// GGUF's number.
    #[cfg(feature = "write")]
    pub(super) fn number(self) -> u32 {
        match self {
            TensorType::F32 => 0,
            TensorType::F16 => 1,
            TensorType::Q8_0 => 8,
            TensorType::BF16 => 30,
        }
    }

    /// Values that are stored together.
    pub fn block_len(self) -> usize {
        if self == TensorType::Q8_0 { 32 } else { 1 }
    }

    /// Bytes of a block.
    pub fn block_bytes(self) -> usize {
        match self {
            TensorType::F32 => 4,
            TensorType::F16 | TensorType::BF16 => 2,
            TensorType::Q8_0 => 2 + 32,
        }
    }

    /// Bytes of that many values; none where they are no whole blocks, or too many to count.
    pub fn bytes_of(self, values: usize) -> Option<usize> {
        (values.is_multiple_of(self.block_len()))
            .then(|| (values / self.block_len()).checked_mul(self.block_bytes()))?
    }

    /// The bytes of `values`, which are whole blocks, each rounded to the nearest.
    #[cfg(feature = "write")]
    pub fn encode(self, values: &[f32]) -> Vec<u8> {
        match self {
            TensorType::F32 => values.iter().flat_map(|v| v.to_le_bytes()).collect(),
            TensorType::F16 => values.iter().flat_map(|&v| half::f16::from_f32(v).to_le_bytes()).collect(),
            TensorType::BF16 => values.iter().flat_map(|&v| half::bf16::from_f32(v).to_le_bytes()).collect(),
            // As ggml does it: the largest value becomes 127.
            TensorType::Q8_0 => values
                .chunks_exact(self.block_len())
                .flat_map(|block| {
                    let scale = block.iter().fold(0f32, |most, v| most.max(v.abs())) / 127.0;
                    let inverse = if scale == 0.0 { 0.0 } else { 1.0 / scale };
                    let quantised = block.iter().map(move |v| (v * inverse).round() as i8 as u8);
                    half::f16::from_f32(scale).to_le_bytes().into_iter().chain(quantised)
                })
                .collect(),
        }
    }

    /// The values in `bytes`, appended to `values`.
    pub fn decode(self, bytes: &[u8], values: &mut Vec<f32>) {
        match self {
            TensorType::F32 => values.extend(words::<4>(bytes).map(f32::from_le_bytes)),
            TensorType::F16 => values.extend(words(bytes).map(|word| from_f16(u16::from_le_bytes(word)))),
            TensorType::BF16 => {
                values.extend(words(bytes).map(|word| f32::from_bits(u32::from(u16::from_le_bytes(word)) << 16)));
            }
            TensorType::Q8_0 => {
                for [low, high, quantised @ ..] in words::<34>(bytes) {
                    let scale = from_f16(u16::from_le_bytes([low, high]));
                    values.extend(quantised.map(|q| scale * f32::from(q as i8)));
                }
            }
        }
    }
}

fn words<const N: usize>(bytes: &[u8]) -> impl Iterator<Item = [u8; N]> + '_ {
    bytes.as_chunks::<N>().0.iter().copied()
}

/// An f16's exponent and mantissa, moved to where f32's are, are the value divided by 2^112: one multiplication puts that right,
/// for subnormal ones too.
fn from_f16(bits: u16) -> f32 {
    let bits = u32::from(bits);
    let (sign, magnitude) = ((bits & 0x8000) << 16, bits & 0x7FFF);
    let value = match magnitude < 0x7C00 {
        true => (f32::from_bits(magnitude << 13) * f32::from_bits((127 + 112) << 23)).to_bits(),
        false => magnitude << 13 | 0x7F80_0000, // infinite, or no number
    };
    f32::from_bits(sign | value)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// IEEE 754's definition, in f64.
    #[test]
    fn every_f16_is_what_the_standard_says() {
        for bits in 0..=u16::MAX {
            let (exponent, mantissa) = (i32::from(bits >> 10 & 31), f64::from(bits & 1023) / 1024.0);
            let magnitude = match exponent {
                0 => mantissa * 2f64.powi(-14),
                31 if mantissa == 0.0 => f64::INFINITY,
                31 => f64::NAN,
                _ => (1.0 + mantissa) * 2f64.powi(exponent - 15),
            };
            let expected = if bits >> 15 == 1 { -magnitude } else { magnitude };
            let found = f64::from(from_f16(bits));
            assert!(
                found.to_bits() == expected.to_bits() || found.is_nan() && expected.is_nan(),
                "{bits:04x}: {found} is not {expected}"
            );
        }
    }

    #[test]
    fn values_are_decoded_at_any_address() {
        let decode = |kind: TensorType, bytes: &[u8]| {
            let mut values = Vec::new();
            let shifted = [&[0], bytes].concat();
            kind.decode(&shifted[1..], &mut values);
            values
        };
        assert_eq!(decode(TensorType::F32, &[0, 0, 0x20, 0xC0, 0, 0, 0x80, 0x3F]), [-2.5, 1.0]);
        assert_eq!(decode(TensorType::F16, &[0, 0xC1, 0, 0x3C]), [-2.5, 1.0]);
        assert_eq!(decode(TensorType::BF16, &[0x20, 0xC0, 0x80, 0x3F]), [-2.5, 1.0]);
        let mut block = vec![0, 0x38]; // 0.5
        block.extend((0..32).map(|i| (i * 8 - 128) as u8));
        let expected: Vec<f32> = (0..32).map(|i| (i * 8 - 128) as f32 / 2.0).collect();
        assert_eq!(decode(TensorType::Q8_0, &block), expected);
    }

    #[test]
    fn lengths_are_checked() {
        assert_eq!(TensorType::Q8_0.bytes_of(64), Some(68));
        assert_eq!(TensorType::Q8_0.bytes_of(33), None);
        assert_eq!(TensorType::F32.bytes_of(usize::MAX / 2), None);
    }
}
