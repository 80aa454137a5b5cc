//! Weights that are a formula of their name and shape: for tests and benchmarks, where any network of the right size will
//! do and none should have to be fetched.

use super::{Error, Source};
use crate::arch::{Architecture, ConvSpec};

/// A [`Source`] that has every tensor of one architecture. The same names always give the same values, in any language:
/// `tests/fixtures/golden/make_golden.py` has the formula too.
pub struct Synthetic {
    batch_norm: bool,
    /// The last convolution of a block's residual branch and its norm: both are `conv3` and `bn3`, or `conv2` and `bn2`.
    last_conv: String,
    last_norm: String,
}

impl Synthetic {
    /// Convolutions without bias, and the batch norm that follows each.
    pub fn with_batch_norm(architecture: &Architecture) -> Synthetic {
        Synthetic::new(architecture, true)
    }

    /// Convolutions with bias, as if batch norm were folded into them.
    pub fn folded(architecture: &Architecture) -> Synthetic {
        Synthetic::new(architecture, false)
    }

    fn new(architecture: &Architecture, batch_norm: bool) -> Synthetic {
        let flow = architecture.flow();
        let last =
            flow.blocks().first().and_then(|block| flow.steps()[block.residual_steps.clone()].last()?.conv().cloned());
        let within_block = |prefix: &str| prefix.rsplit('.').next().map(|part| format!(".{part}.weight"));
        let suffix = |part: fn(ConvSpec) -> Option<String>| last.clone().and_then(|conv| within_block(&part(conv)?));
        let (last_conv, last_norm) = (suffix(|conv| Some(conv.name)), suffix(|conv| conv.norm));
        Synthetic { batch_norm, last_conv: last_conv.unwrap_or_default(), last_norm: last_norm.unwrap_or_default() }
    }
}

impl Source for Synthetic {
    fn has(&self, name: &str) -> bool {
        let convolution = name.contains("conv") || name.contains("downsample.0");
        let norm = name.contains("bn") || name.contains("downsample.1");
        if norm { self.batch_norm } else { name.ends_with(".weight") || !(convolution && self.batch_norm) }
    }

    fn take(&mut self, name: &str, shape: &[usize]) -> Result<Vec<f32>, Error> {
        let (_, kind) = name.rsplit_once('.').unwrap_or(("", name));
        let fan_in = shape.iter().skip(1).product::<usize>() as f64;
        // v lies evenly in [-1, 1): its variance is 1/3.
        let (offset, factor) = match (kind, shape.len()) {
            ("running_var", _) => (1.0, 0.5),
            ("running_mean" | "bias", _) => (0.0, 0.1),
            // He's initialisation, which keeps the variance from layer to layer.
            (_, 4) => (0.0, 3f64.sqrt() * (2.0 / fan_in).sqrt()),
            (_, 2) => (0.0, (3.0 / fan_in).sqrt()),
            _ => (0.75, 0.25),
        };
        // Half of F(x), so that the sums do not grow out of bounds over many blocks.
        let last = if self.batch_norm { &self.last_norm } else { &self.last_conv };
        let scale = if !last.is_empty() && name.ends_with(last.as_str()) { 0.5 } else { 1.0 };
        Ok(noise(name, shape.iter().product()).map(|v| ((offset + factor * v) * scale) as f32).collect())
    }
}

/// An image as the network takes it, CHW.
pub fn image(side: usize) -> Vec<f32> {
    noise("input", 3 * side * side).map(|v| (2.0 * v) as f32).collect()
}

/// Values in [-1, 1) from splitmix64, seeded with the name's FNV-1a hash.
pub fn noise(name: &str, n: usize) -> impl Iterator<Item = f64> {
    let seed = name.bytes().fold(0xCBF2_9CE4_8422_2325u64, |h, b| (h ^ u64::from(b)).wrapping_mul(0x100_0000_01B3));
    (1..=n as u64).map(move |i| {
        let mut z = seed.wrapping_add(i.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^= z >> 31;
        (z >> 40) as f64 / f64::from(1 << 23) - 1.0
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folded_weights_have_no_batch_norm_and_the_others_no_bias() {
        let architecture = Architecture::named("resnet18").unwrap();
        let (folded, with) = (Synthetic::folded(&architecture), Synthetic::with_batch_norm(&architecture));
        for name in ["conv1", "layer1.0.conv1", "layer2.0.downsample.0"] {
            assert!(folded.has(&format!("{name}.bias")) && !with.has(&format!("{name}.bias")), "{name}");
        }
        for name in ["bn1.running_mean", "layer2.0.downsample.1.weight"] {
            assert!(!folded.has(name) && with.has(name), "{name}");
        }
        for name in ["fc.weight", "fc.bias", "conv1.weight"] {
            assert!(folded.has(name) && with.has(name), "{name}");
        }
    }

    #[test]
    fn f_of_x_is_halved() {
        let architecture = Architecture::named("resnet50").unwrap();
        let mut source = Synthetic::folded(&architecture);
        let mut rms = |name: &str| {
            let values = source.take(name, &[64, 64, 1, 1]).unwrap();
            (values.iter().map(|v| v * v).sum::<f32>() / values.len() as f32 * 32.0).sqrt()
        };
        assert!((rms("layer1.0.conv1.weight") - 1.0).abs() < 0.05);
        assert!((rms("layer1.0.conv3.weight") - 0.5).abs() < 0.05);
    }
}
