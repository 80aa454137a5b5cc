//! The gradient of a class, split by the number of residual branches that its paths go through: exactly, not by sampling.
//!
//! A path through n blocks takes the identity or F at each, so there are 2^n. Veit et al. 2016 (arXiv 1605.06431) sampled them. Going back
//! with one row of gradient per length needs no sample: what passes a block's identity stays in its row, what passes F goes on to the next.
//! All rows together are the gradient.

use super::Error;
use super::net::{Net, Pass};
use super::ops::{self, Join, with_values};
use candle_core::{Tensor, Var};
use serde::Serialize;

/// A gradient with respect to the first block's x.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[cfg_attr(target_arch = "wasm32", serde(rename_all = "camelCase"))]
pub struct Paths {
    /// The class whose cross-entropy it is the gradient of.
    pub class_index: usize,
    /// The length of the whole gradient, from an ordinary backward pass.
    pub whole: f64,
    /// Of the part of each number of residual branches, from none on: its length.
    pub by_length: Vec<f64>,
    /// How many paths there are of each number, as a share of all.
    pub share: Vec<f64>,
    /// The length of what the parts' sum differs from the whole by, relative to the whole.
    pub error: f64,
}

/// Beside the lengths, the gradients themselves: one row per number of branches, and the whole.
pub struct Split {
    /// Their lengths.
    pub paths: Paths,
    /// `rows[k]`: what came through k residual branches, one value per value of the first block's x.
    pub rows: Vec<Vec<f32>>,
    /// The gradient itself, which they add up to.
    pub whole: Vec<f32>,
}

/// Of one picture, `[1, side, side, 3]`, in inference; `class`: the likeliest where none is given.
pub fn split(net: &Net, picture: &Tensor, class: Option<usize>) -> Result<Split, Error> {
    let mut pass = Pass::inference();
    let mut xs = vec![net.first(picture, &mut pass)?.detach()];
    for index in 0..net.blocks.len() {
        let output = net.block(index, &xs[index], &mut pass)?.output.detach();
        xs.push(output);
    }
    let last = Var::from_tensor(&xs[net.blocks.len()])?;
    let logits = net.head(&last, &mut pass)?;
    let class = match class {
        Some(class) if class < net.design.classes => class,
        Some(class) => return Err(Error::Settings(format!("there is no class {class}"))),
        None => super::trainer::likeliest(&logits.flatten_all()?.to_vec1::<f32>()?),
    };
    let mut rows = gradient(&ops::cross_entropy(&logits, &[class])?, &last)?;
    for index in (0..net.blocks.len()).rev() {
        rows = back(net, index, &xs[index], &xs[index + 1], &rows)?;
    }

    let first = Var::from_tensor(&xs[0])?;
    let mut x = first.as_tensor().clone();
    for index in 0..net.blocks.len() {
        x = net.block(index, &x, &mut pass)?.output;
    }
    let loss = ops::cross_entropy(&net.head(&x, &mut pass)?, &[class])?;
    let whole = gradient(&loss, &first)?.flatten_all()?.to_vec1::<f32>()?;
    let rows: Vec<Vec<f32>> = rows.flatten_from(1)?.to_vec2()?;
    Ok(summed_up(net, class, rows, whole))
}

fn gradient(of: &Tensor, with_respect_to: &Var) -> Result<Tensor, Error> {
    let found = of.backward()?.get(with_respect_to).cloned();
    found.ok_or_else(|| Error::Settings("a gradient that nothing depends on".into()))
}

/// One block back: a row more than there were.
fn back(net: &Net, index: usize, x: &Tensor, output: &Tensor, rows: &Tensor) -> Result<Tensor, Error> {
    let block = &net.blocks[index];
    let mut pass = Pass::inference();
    let Join { identity_scale, residual_scale, relu } = net.join(block, false);
    let count = rows.dim(0)?;
    let rows = match relu {
        true => let_through(rows, output)?,
        false => rows.clone(),
    };
    // The same x for every row.
    let z = Var::from_tensor(&x.broadcast_as(rows_of(x, count))?.contiguous()?)?;
    let branch = |y: &Tensor, scale: f32| gradient(&((y * &rows)?.sum_all()? * f64::from(scale))?, &z);
    let through = branch(&net.residual(block, &z, &mut pass)?, residual_scale)?;
    let zero = x.zeros_like()?;
    let through = Tensor::cat(&[&zero, &through], 0)?;
    // x itself passes as it is.
    let past = match net.identity(block, &z)? {
        None => return Ok(through),
        Some(identity) if identity.dims() == z.dims() => (&rows * f64::from(identity_scale))?,
        Some(identity) => branch(&identity, identity_scale)?,
    };
    Ok((Tensor::cat(&[&past, &zero], 0)? + through)?)
}

fn rows_of(x: &Tensor, count: usize) -> Vec<usize> {
    [count].into_iter().chain(x.dims()[1..].iter().copied()).collect()
}

/// What a ReLU that made `output` lets back of every row.
fn let_through(rows: &Tensor, output: &Tensor) -> Result<Tensor, Error> {
    let len = output.elem_count();
    let passed = with_values(output, |output| {
        with_values(rows, |rows| {
            let row =
                |row: &[f32]| row.iter().zip(output).map(|(g, y)| if *y > 0.0 { *g } else { 0.0 }).collect::<Vec<_>>();
            Ok(rows.chunks_exact(len).flat_map(row).collect::<Vec<f32>>())
        })
    })?;
    Ok(Tensor::from_vec(passed, rows.shape(), rows.device())?)
}

fn summed_up(net: &Net, class_index: usize, rows: Vec<Vec<f32>>, whole: Vec<f32>) -> Split {
    let length = |values: &mut dyn Iterator<Item = f64>| values.map(|v| v * v).sum::<f64>().sqrt();
    let of = |row: &[f32]| length(&mut row.iter().map(|&v| f64::from(v)));
    let rest = |i: usize| rows.iter().map(|row| f64::from(row[i])).sum::<f64>() - f64::from(whole[i]);
    let norm = of(&whole);
    // Where everything was cut off, nothing is what is left.
    let error = length(&mut (0..whole.len()).map(rest)) / norm.max(f64::MIN_POSITIVE);
    let blocks = net.blocks.len();
    let mut share = vec![0.0; blocks + 1];
    match net.design.wiring {
        super::net::Wiring::Plain => share[blocks] = 1.0,
        _ => {
            // Binomial coefficients over 2^n, each from the one before.
            share[0] = 0.5f64.powi(blocks as i32);
            (1..=blocks).for_each(|k| share[k] = share[k - 1] * (blocks + 1 - k) as f64 / k as f64);
        }
    }
    let by_length = rows.iter().map(|row| of(row)).collect();
    Split { paths: Paths { class_index, whole: norm, by_length, share, error }, rows, whole }
}
