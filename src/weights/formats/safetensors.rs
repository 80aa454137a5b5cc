//! PyTorch checkpoints.

use crate::weights::{Error, Source, TensorType, check_finite};
use safetensors::{Dtype, SafeTensors};

/// A `.safetensors` file in memory, tensors named as torchvision names them, in f16, bf16, f32 or f64.
pub struct Checkpoint<'a>(SafeTensors<'a>);

impl<'a> Checkpoint<'a> {
    pub fn open(bytes: &'a [u8]) -> Result<Self, Error> {
        SafeTensors::deserialize(bytes)
            .map(Checkpoint)
            .map_err(|e| Error::Format(format!("not a safetensors file: {e}")))
    }
}

impl Source for Checkpoint<'_> {
    fn has(&self, name: &str) -> bool {
        self.0.tensor(name).is_ok()
    }

    fn take(&mut self, name: &str, shape: &[usize]) -> Result<Vec<f32>, Error> {
        let view = self.0.tensor(name).map_err(|_| Error::Missing(name.to_string()))?;
        if view.shape() != shape {
            let found = view.shape().to_vec();
            return Err(Error::Shape { name: name.to_string(), expected: shape.to_vec(), found });
        }
        let data = view.data();
        let mut values = Vec::with_capacity(shape.iter().product());
        match view.dtype() {
            Dtype::F16 => TensorType::F16.decode(data, &mut values),
            Dtype::BF16 => TensorType::BF16.decode(data, &mut values),
            Dtype::F32 => TensorType::F32.decode(data, &mut values),
            Dtype::F64 => values.extend(data.as_chunks().0.iter().map(|word| f64::from_le_bytes(*word) as f32)),
            other => return Err(Error::Format(format!("tensor '{name}' holds {other:?}, not floats"))),
        }
        check_finite(name, &values)?;
        Ok(values)
    }
}
