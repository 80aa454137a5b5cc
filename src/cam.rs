//! Class activation maps: where the evidence for a class lies (Zhou et al. 2016, arXiv 1512.04150).
//!
//! A ResNet ends in global average pooling and one linear layer, so a class's logit is the mean over all places of the
//! features weighted for that class, plus a bias. The map is that mean's summands.

use crate::trace::Map;

/// `sum over c of weights[c] * features[c, y, x]`, row-major. Its mean plus the class's bias is the class's logit.
pub fn class_activation_map(features: Map<'_>, weights: &[f32]) -> Vec<f32> {
    assert_eq!(features.layout.channels(), weights.len());
    let evidence =
        |place: &[f32]| place.iter().zip(weights).map(|(&v, &w)| f64::from(v) * f64::from(w)).sum::<f64>() as f32;
    features.pixels().map(evidence).collect()
}
