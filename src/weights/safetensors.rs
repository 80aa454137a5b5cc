//! PyTorch checkpoints.

use super::{Error, Source, check_finite};
use candle_core::safetensors::SliceSafetensors;
use candle_core::{DType, Device};

/// A `.safetensors` file in memory, tensors named as torchvision names them, in f16, bf16, f32 or f64.
pub struct Checkpoint<'a>(SliceSafetensors<'a>);

impl<'a> Checkpoint<'a> {
    pub fn open(bytes: &'a [u8]) -> Result<Self, Error> {
        SliceSafetensors::new(bytes).map(Checkpoint).map_err(|e| Error::Format(format!("not a safetensors file: {e}")))
    }
}

impl Source for Checkpoint<'_> {
    fn has(&self, name: &str) -> bool {
        self.0.get(name).is_ok()
    }

    fn take(&mut self, name: &str, shape: &[usize]) -> Result<Vec<f32>, Error> {
        let view = self.0.get(name).map_err(|_| Error::Missing(name.to_string()))?;
        if view.shape() != shape {
            let found = view.shape().to_vec();
            return Err(Error::Shape { name: name.to_string(), expected: shape.to_vec(), found });
        }
        let tensor = self.0.load(name, &Device::Cpu).map_err(|e| Error::Format(format!("tensor '{name}': {e}")))?;
        if !matches!(tensor.dtype(), DType::F16 | DType::BF16 | DType::F32 | DType::F64) {
            return Err(Error::Format(format!("tensor '{name}' holds {:?}, not floats", tensor.dtype())));
        }
        let values = tensor.to_dtype(DType::F32).and_then(|t| t.flatten_all()?.to_vec1());
        let values = values.map_err(|e| Error::Format(format!("tensor '{name}': {e}")))?;
        check_finite(name, &values)?;
        Ok(values)
    }
}
