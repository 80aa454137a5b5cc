//! Weights as the kernels read them. Packed once, when a layer is planned.

use super::Aligned;
use super::tile::PANEL;

/// OIHW to `[K/8][tap][C][8]`, the last panel filled up with zeros.
pub fn gemm(weight: &[f32], outputs: usize, inputs: usize, taps: usize) -> Aligned {
    let mut packed = Aligned::zeros(outputs.next_multiple_of(PANEL) * inputs * taps);
    for k in 0..outputs {
        let panel = &mut packed[k / PANEL * PANEL * inputs * taps..][..PANEL * inputs * taps];
        for c in 0..inputs {
            for t in 0..taps {
                panel[(t * inputs + c) * PANEL + k % PANEL] = weight[(k * inputs + c) * taps + t];
            }
        }
    }
    packed
}

/// Filled up with zeros to whole panels: padding channels of the output then stay zero.
pub fn bias(bias: &[f32]) -> Aligned {
    let mut padded = Aligned::zeros(bias.len().next_multiple_of(PANEL));
    padded[..bias.len()].copy_from_slice(bias);
    padded
}
