//! How gradients change weights.

use super::Error;
use super::net::Net;
use super::ops::with_values;
use candle_core::backprop::GradStore;
use candle_core::{Device, Tensor};

/// SGD with Nesterov's momentum, as PyTorch has it.
pub struct Descent {
    /// Of every parameter.
    velocity: Vec<Vec<f32>>,
}

impl Descent {
    /// With no velocity yet.
    pub fn new(net: &Net) -> Descent {
        Descent { velocity: net.parameters.iter().map(|(_, var)| vec![0.0; var.elem_count()]).collect() }
    }

    /// One step. What has no gradient stays where it is.
    pub fn step(
        &mut self,
        net: &Net,
        gradients: &GradStore,
        rate: f32,
        momentum: f32,
        decay: f32,
    ) -> Result<(), Error> {
        for ((_, var), velocity) in net.parameters.iter().zip(&mut self.velocity) {
            let Some(gradient) = gradients.get(var) else { continue };
            let mut weights = with_values(var, |weights| Ok(weights.to_vec()))?;
            with_values(gradient, |gradient| {
                for ((weight, velocity), gradient) in weights.iter_mut().zip(velocity).zip(gradient) {
                    let gradient = gradient + decay * *weight;
                    *velocity = momentum * *velocity + gradient;
                    *weight -= rate * (gradient + momentum * *velocity);
                }
                Ok(())
            })?;
            var.set(&Tensor::from_vec(weights, var.shape(), &Device::Cpu)?)?;
        }
        Ok(())
    }
}
