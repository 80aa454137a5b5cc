//! The lab's residual and plain nets on stock candle, to measure and to compare with.

use candle_core::{D, Device, Result, Tensor, Var};
use candle_nn::BatchNorm;
use skipscope::arch::{Architecture, Op, Shortcut, Step};
use skipscope::lab::data::Batch;
use skipscope::lab::net::Net;
use std::collections::HashMap;

pub struct Stock {
    architecture: Architecture,
    pub parameters: HashMap<String, Var>,
    side: usize,
}

impl Stock {
    /// With a net's weights, as they are now.
    pub fn of(net: &Net) -> Stock {
        let own = |var: &Var| Var::from_tensor(&var.copy().unwrap()).unwrap();
        let parameters = net.parameters.iter().map(|(name, var)| (name.clone(), own(var))).collect();
        Stock { architecture: net.design.architecture(), parameters, side: net.design.side }
    }

    fn layer(&self, step: &Step, x: &Tensor) -> Result<Tensor> {
        let conv = step.conv().expect("a convolution");
        let part = |part: &str| {
            self.parameters[&format!("{}.{part}", conv.norm.as_deref().unwrap_or_default())].as_tensor().clone()
        };
        let y = x.conv2d(&self.parameters[&format!("{}.weight", conv.name)], 1, conv.stride, 1, 1)?;
        let zeros = Tensor::zeros(conv.outputs, y.dtype(), &Device::Cpu)?;
        let ones = zeros.ones_like()?;
        BatchNorm::new(conv.outputs, zeros, ones, part("weight"), part("bias"), 1e-5)?.forward_train(&y)
    }

    /// The loss of a batch, in training.
    pub fn loss(&self, batch: &Batch) -> Result<Tensor> {
        let count = batch.labels.len();
        let pictures = Tensor::from_vec(batch.pixels.clone(), (count, self.side, self.side, 3), &Device::Cpu)?;
        let flow = self.architecture.flow();
        let mut x = self.layer(&flow.steps()[0], &pictures.permute((0, 3, 1, 2))?.contiguous()?)?.relu()?;
        for block in flow.blocks() {
            let steps = &flow.steps()[block.residual_steps.clone()];
            let f = self.layer(&steps[1], &self.layer(&steps[0], &x)?.relu()?)?;
            let sum = match block.shortcut {
                Shortcut::None => f,
                Shortcut::OptionA => {
                    let every_second = |n: usize| Tensor::arange_step(0u32, n as u32, 2, &Device::Cpu);
                    let (_, channels, height, width) = x.dims4()?;
                    let x = x.index_select(&every_second(height)?, 2)?.index_select(&every_second(width)?, 3)?;
                    (x.pad_with_zeros(1, channels / 2, channels / 2)? + f)?
                }
                _ => (&x + f)?,
            };
            x = sum.relu()?;
        }
        assert_eq!(flow.steps().last().map(|step| &step.op), Some(&Op::Linear));
        let logits = x.mean(D::Minus1)?.mean(D::Minus1)?.matmul(&self.parameters["linear.weight"].t()?)?;
        let logits = logits.broadcast_add(&self.parameters["linear.bias"])?;
        let labels: Vec<u32> = batch.labels.iter().map(|&label| label as u32).collect();
        candle_nn::loss::cross_entropy(&logits, &Tensor::from_vec(labels, count, &Device::Cpu)?)
    }
}
