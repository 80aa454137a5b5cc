//! The weights at the start.

use super::random::Random;
use super::settings::Initialisation;
use crate::weights::{Error, Source};

/// Of He's scale.
const SMALL: f32 = 0.5;

/// Every tensor of a net, by its name: nets of one seed start alike where they have the same tensors, whatever else they have.
pub struct Initial {
    /// Decides them, with the name of each.
    pub seed: u64,
    /// How large they are.
    pub initialisation: Initialisation,
    /// Whether there are tensors of batch norm.
    pub batch_norm: bool,
}

impl Source for Initial {
    fn has(&self, name: &str) -> bool {
        match name.rsplit_once('.') {
            Some((of, _)) if of.contains("bn") => self.batch_norm,
            Some((_, "bias")) => !name.contains("conv"),
            _ => true,
        }
    }

    fn take(&mut self, name: &str, shape: &[usize]) -> Result<Vec<f32>, Error> {
        let len = shape.iter().product();
        let mut random = Random::of(self.seed, name);
        let fan_in = shape.iter().skip(1).product::<usize>() as f32;
        let mut values = vec![0.0; len];
        match (name.rsplit_once('.').map_or(name, |(_, kind)| kind), shape.len()) {
            ("weight", 4) => {
                let scale = if self.initialisation == Initialisation::Small { SMALL } else { 1.0 };
                random.add_noise(&mut values, scale * (2.0 / fan_in).sqrt());
            }
            // PyTorch's.
            ("weight", 2) => values.fill_with(|| random.between(-1.0, 1.0) / fan_in.sqrt()),
            ("weight" | "running_var", _) => values.fill(1.0),
            _ => {} // biases, running means, and SkipInit's alpha
        }
        Ok(values)
    }
}
