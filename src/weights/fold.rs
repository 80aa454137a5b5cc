//! Batch norm folded into the convolution before it.

use super::{Error, Source};
use crate::arch::{ConvSpec, Flow, Op, Step};

/// Weights as torchvision stores them, and a bias.
pub type Folded = (Vec<f32>, Vec<f32>);

/// Weights and bias of a step, batch norm folded in; none where it has no weights. A lone batch norm becomes its scale and shift.
pub fn step(source: &mut dyn Source, flow: &Flow, step: &Step) -> Result<Option<Folded>, Error> {
    match (&step.op, &flow.shapes(step)[..]) {
        (Op::Conv(spec), _) => conv(source, spec).map(Some),
        (Op::Linear, [weight, bias]) => {
            let weight = source.take(&format!("{}.weight", step.name), weight)?;
            Ok(Some((weight, source.take(&format!("{}.bias", step.name), bias)?)))
        }
        (Op::Norm, _) => norm(source, &step.name, flow.channels(step.to)).map(Some),
        _ => Ok(None),
    }
}

/// Weights (OIHW) and bias of one convolution, with its batch norm folded in where the source has one:
/// `w * g / sqrt(var + eps)` and `(b - mean) * g / sqrt(var + eps) + beta`, in f64. Where a batch norm belongs to the convolution and
/// the source has none, it is folded already, and the convolution's own bias is needed.
pub fn conv(source: &mut dyn Source, spec: &ConvSpec) -> Result<Folded, Error> {
    let mut weight = source.take(&format!("{}.weight", spec.name), &spec.shape())?;
    let bias_name = format!("{}.bias", spec.name);
    let unfolded = spec.norm.as_ref().filter(|norm| source.has(&format!("{norm}.running_mean")));
    let mut bias = match source.has(&bias_name) || spec.norm.is_some() && unfolded.is_none() {
        true => source.take(&bias_name, &[spec.outputs])?,
        false => vec![0.0; spec.outputs],
    };
    let Some(norm_name) = unfolded else { return Ok((weight, bias)) };
    let (scales, shifts) = scale_and_shift(source, norm_name, spec.outputs)?;
    for (k, filter) in weight.chunks_exact_mut(spec.shape()[1..].iter().product()).enumerate() {
        for w in filter {
            *w = (f64::from(*w) * scales[k]) as f32;
        }
        bias[k] = (f64::from(bias[k]) * scales[k] + shifts[k]) as f32;
    }
    super::check_finite(&format!("{norm_name}.running_var"), &weight)?; // a negative variance would end here
    super::check_finite(&format!("{norm_name}.running_var"), &bias)?;
    Ok((weight, bias))
}

/// Scale and shift of a batch norm on its own; a source that was folded has them as its weight and bias.
fn norm(source: &mut dyn Source, name: &str, channels: usize) -> Result<Folded, Error> {
    if !source.has(&format!("{name}.running_mean")) {
        let weight = source.take(&format!("{name}.weight"), &[channels])?;
        return Ok((weight, source.take(&format!("{name}.bias"), &[channels])?));
    }
    let (scales, shifts) = scale_and_shift(source, name, channels)?;
    let narrowed = |values: Vec<f64>| values.into_iter().map(|v| v as f32).collect::<Vec<_>>();
    let (scales, shifts) = (narrowed(scales), narrowed(shifts));
    super::check_finite(&format!("{name}.running_var"), &scales)?;
    super::check_finite(&format!("{name}.running_var"), &shifts)?;
    Ok((scales, shifts))
}

/// What a batch norm with running statistics does: `scale * x + shift`. One without weight and bias (`affine=False`) scales by one.
fn scale_and_shift(source: &mut dyn Source, name: &str, channels: usize) -> Result<(Vec<f64>, Vec<f64>), Error> {
    let epsilon = source.batch_norm_epsilon();
    let mut part = |part: &str, absent: Option<f32>| {
        let full = format!("{name}.{part}");
        match absent {
            Some(value) if !source.has(&full) => Ok(vec![value; channels]),
            _ => source.take(&full, &[channels]),
        }
    };
    let (gamma, beta) = (part("weight", Some(1.0))?, part("bias", Some(0.0))?);
    let (mean, variance) = (part("running_mean", None)?, part("running_var", None)?);
    let scales: Vec<f64> =
        gamma.iter().zip(variance).map(|(&g, v)| f64::from(g) / (f64::from(v) + epsilon).sqrt()).collect();
    let shifts =
        beta.iter().zip(mean).zip(&scales).map(|((&b, m), scale)| f64::from(b) - f64::from(m) * scale).collect();
    Ok((scales, shifts))
}
