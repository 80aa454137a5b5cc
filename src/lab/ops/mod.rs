//! The project's kernels as candle's operations, each with its own way back.
//!
//! Maps are `[batch, height, width, channels]`, dense, with whole panels of 8 channels (a picture has 3): what the kernels read and
//! write without another copy. Weights are OIHW, as PyTorch stores them.

mod conv;
mod head;
mod norm;
mod sum;

pub use conv::conv;
pub use head::{cross_entropy, mean, softmax};
pub use norm::{Statistics, norm};
pub use sum::{Join, join, relu, scale, subsample};

use candle_core::{CpuStorage, Device, Layout, Result, Shape, Storage, Tensor, bail};

/// The values of an operation's argument.
fn slice<'a>(storage: &'a CpuStorage, layout: &Layout) -> Result<&'a [f32]> {
    match (storage, layout.contiguous_offsets()) {
        (CpuStorage::F32(values), Some((start, end))) => Ok(&values[start..end]),
        _ => bail!("the lab's operations take dense f32 tensors"),
    }
}

/// Calls `f` with a tensor's values, where they lie.
pub fn with_values<R>(tensor: &Tensor, f: impl FnOnce(&[f32]) -> Result<R>) -> Result<R> {
    let (storage, layout) = tensor.storage_and_layout();
    match &*storage {
        Storage::Cpu(storage) => f(slice(storage, layout)?),
        _ => bail!("the lab runs on the CPU"),
    }
}

fn made(values: Vec<f32>, shape: impl Into<Shape>) -> Result<(CpuStorage, Shape)> {
    Ok((CpuStorage::F32(values), shape.into()))
}

fn tensor(values: Vec<f32>, shape: impl Into<Shape>) -> Result<Tensor> {
    Tensor::from_vec(values, shape.into(), &Device::Cpu)
}
