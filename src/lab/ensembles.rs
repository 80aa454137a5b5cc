//! Nets with blocks deleted or swapped (Veit et al. 2016, Figure 5): what is left of a residual net still works, as of an
//! ensemble.
//!
//! A deleted block passes on what comes to it. Blocks with which a stage begins stay where they are, in residual and plain nets alike: a
//! plain one cannot be passed by, since it changes the map's shape, and both sides get the same treatment.

use super::Error;
use super::data::Batch;
use super::net::{Net, Pass};
use super::random::Random;
use super::trainer::{correct, to_tensor};
use serde::{Deserialize, Serialize};

/// What is done to the blocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "lowercase")]
pub enum Surgery {
    /// Blocks are passed by.
    Delete,
    /// Pairs of blocks of the same shape change places, each block once at most: a pair that is swapped twice is where it was.
    Swap,
}

/// One draw.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub struct Operated {
    /// The blocks that ran, in their order.
    pub order: Vec<usize>,
    /// Of the pictures, the share that is no longer told right: 0 to 1.
    pub error: f64,
    /// Kendall's rank correlation of the order with the intact one: 1 intact, -1 reversed.
    pub kendall: f64,
}

/// Blocks that can be deleted: all but those with which a stage begins.
pub fn deletable(net: &Net) -> Vec<usize> {
    (0..net.blocks.len()).filter(|&block| !block.is_multiple_of(net.design.blocks_per_stage())).collect()
}

/// Pairs that can be swapped at once.
pub fn swappable(net: &Net) -> usize {
    3 * ((net.design.blocks_per_stage() - 1) / 2)
}

/// The blocks that run where `count` of them are deleted or as many pairs swapped, by chance.
pub fn draw(net: &Net, surgery: Surgery, count: usize, random: &mut Random) -> Result<Vec<usize>, Error> {
    let mut candidates = deletable(net);
    let mut order: Vec<usize> = (0..net.blocks.len()).collect();
    match surgery {
        Surgery::Delete if count > candidates.len() => {
            return Err(Error::Settings(format!("{count} blocks deleted of {}", candidates.len())));
        }
        Surgery::Delete => {
            for _ in 0..count {
                let block = candidates.swap_remove(random.below(candidates.len()));
                order.retain(|&other| other != block);
            }
        }
        Surgery::Swap if count > swappable(net) => {
            return Err(Error::Settings(format!("{count} pairs swapped of {}", swappable(net))));
        }
        Surgery::Swap => {
            let stage = |block: usize| block / net.design.blocks_per_stage();
            for _ in 0..count {
                let pairs =
                    candidates.iter().enumerate().flat_map(|(i, &a)| candidates[i + 1..].iter().map(move |&b| (a, b)));
                let pairs: Vec<(usize, usize)> = pairs.filter(|&(a, b)| stage(a) == stage(b)).collect();
                let (a, b) = pairs[random.below(pairs.len())];
                order.swap(a, b);
                candidates.retain(|&other| other != a && other != b);
            }
        }
    }
    Ok(order)
}

/// Runs blocks in that order on a batch: each at most once, those with which a stage begins at their places.
pub fn operate(net: &Net, order: &[usize], batch: &Batch) -> Result<Operated, Error> {
    let mut logits = Vec::new();
    for part in batch.parts(50) {
        let mut pass = Pass::inference();
        let mut x = net.first(&to_tensor(&part, net.design.side)?, &mut pass)?.detach();
        for &block in order {
            match net.blocks.get(block) {
                Some(next) if next.inputs == x.dim(3)? => x = net.block(block, &x, &mut pass)?.output.detach(),
                _ => return Err(Error::Settings(format!("block {block} does not fit where it is put"))),
            }
        }
        if net.blocks.last().is_some_and(|last| Ok(last.outputs) != x.dim(3).map_err(drop)) {
            return Err(Error::Settings("a stage is missing".into()));
        }
        logits.extend(net.head(&x, &mut pass)?.flatten_all()?.to_vec1::<f32>()?);
    }
    let error = 1.0 - correct(&logits, &batch.labels) as f64 / batch.labels.len().max(1) as f64;
    Ok(Operated { order: order.to_vec(), error, kendall: kendall(order) })
}

/// Of all pairs, those in order less those out of order.
fn kendall(order: &[usize]) -> f64 {
    let pairs = order.iter().enumerate().flat_map(|(i, a)| order[i + 1..].iter().map(move |b| (a, b)));
    let (sum, count) =
        pairs.fold((0.0, 0.0), |(sum, count), (a, b)| (sum + if a < b { 1.0 } else { -1.0 }, count + 1.0));
    if count > 0.0 { sum / count } else { 1.0 }
}
