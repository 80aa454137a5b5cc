//! Batch norm folded into the convolution before it.

use super::{Error, Source};
use crate::arch::{ConvSpec, Flow, Op, Step};

/// Weights as torchvision stores them, and a bias.
pub type Folded = (Vec<f32>, Vec<f32>);

/// Weights and bias of a step, batch norm folded in; none where it has no weights.
pub fn step(source: &mut dyn Source, flow: &Flow, step: &Step) -> Result<Option<Folded>, Error> {
    match (&step.op, &flow.shapes(step)[..]) {
        (Op::Conv(spec), _) => conv(source, spec).map(Some),
        (Op::Linear, [weight, bias]) => {
            let weight = source.take(&format!("{}.weight", step.name), weight)?;
            Ok(Some((weight, source.take(&format!("{}.bias", step.name), bias)?)))
        }
        _ => Ok(None),
    }
}

/// Weights (OIHW) and bias of one convolution, with its batch norm folded in where the source has one:
/// `w * g / sqrt(var + eps)` and `(b - mean) * g / sqrt(var + eps) + beta`, in f64. Without batch norm the convolution's own
/// bias is needed.
pub fn conv(source: &mut dyn Source, spec: &ConvSpec) -> Result<Folded, Error> {
    let mut weight = source.take(&format!("{}.weight", spec.name), &spec.shape())?;
    let channels = [spec.outputs];
    let bias_name = format!("{}.bias", spec.name);
    let norm = |part: &str| format!("{}.{part}", spec.norm);
    if !source.has(&norm("running_mean")) {
        return Ok((weight, source.take(&bias_name, &channels)?));
    }
    let mut bias = match source.has(&bias_name) {
        true => source.take(&bias_name, &channels)?,
        false => vec![0.0; spec.outputs],
    };
    let epsilon = source.batch_norm_epsilon();
    let gamma = source.take(&norm("weight"), &channels)?;
    let beta = source.take(&norm("bias"), &channels)?;
    let mean = source.take(&norm("running_mean"), &channels)?;
    let variance = source.take(&norm("running_var"), &channels)?;
    for (k, filter) in weight.chunks_exact_mut(spec.inputs * spec.kernel * spec.kernel).enumerate() {
        let scale = f64::from(gamma[k]) / (f64::from(variance[k]) + epsilon).sqrt();
        for w in filter {
            *w = (f64::from(*w) * scale) as f32;
        }
        bias[k] = ((f64::from(bias[k]) - f64::from(mean[k])) * scale + f64::from(beta[k])) as f32;
    }
    super::check_finite(&norm("running_var"), &weight)?; // a negative variance would end here
    super::check_finite(&norm("running_var"), &bias)?;
    Ok((weight, bias))
}
