//! A net from wherever its tensors come.

use super::design::LAST_SURVIVAL;
use super::{Block, Conv, Design, Net, Norm, Running, Wiring};
use crate::lab::Error;
use crate::weights::Source;
use candle_core::{Device, Tensor, Var};

impl Net {
    /// Takes every tensor out of `source`. Names are torchvision's; a norm that the source has not is none, and a convolution's bias
    /// stands for one that was folded away.
    pub fn build(design: Design, source: &mut dyn Source) -> Result<Net, Error> {
        let mut builder = Builder { source, parameters: Vec::new(), running: Vec::new() };
        let (n, width) = (design.blocks_per_stage(), design.width);
        let pre = design.wiring == Wiring::PreActivation;
        let stem = builder.conv("conv1", 3, width, 1)?;
        let stem_norm = builder.norm("bn1", Some("conv1"), width)?;
        let mut blocks = Vec::with_capacity(3 * n);
        let mut inputs = width;
        for (stage, index) in (0..3).flat_map(|stage| (0..n).map(move |index| (stage, index))) {
            let (name, outputs) = (format!("layer{}.{index}", stage + 1), width << stage);
            let [conv1, norm1, conv2, norm2] = ["conv1", "bn1", "conv2", "bn2"].map(|part| format!("{name}.{part}"));
            let bare = pre && blocks.is_empty();
            let survival = match design.wiring {
                Wiring::StochasticDepth => 1.0 - (blocks.len() + 1) as f32 / (3 * n) as f32 * (1.0 - LAST_SURVIVAL),
                _ => 1.0,
            };
            let normed = if pre { inputs } else { outputs };
            blocks.push(Block {
                conv1: builder.conv(&conv1, inputs, outputs, if stage > 0 && index == 0 { 2 } else { 1 })?,
                norm1: if bare { None } else { builder.norm(&norm1, Some(&conv1), normed)? },
                conv2: builder.conv(&conv2, outputs, outputs, 1)?,
                norm2: builder.norm(&norm2, Some(&conv2), outputs)?,
                alpha: match design.wiring {
                    Wiring::SkipInit => Some(builder.variable(&format!("{name}.alpha"), &[1])?),
                    _ => None,
                },
                name,
                inputs,
                outputs,
                survival,
            });
            inputs = outputs;
        }
        let last_norm = if pre { builder.norm("bn2", None, inputs)? } else { None };
        let weight = builder.variable("linear.weight", &[design.classes, inputs])?;
        let classifier = (weight, builder.variable("linear.bias", &[design.classes])?);
        let Builder { parameters, running, .. } = builder;
        Ok(Net { design, stem, stem_norm, blocks, last_norm, classifier, parameters, running })
    }
}

struct Builder<'a> {
    source: &'a mut dyn Source,
    parameters: Vec<(String, Var)>,
    running: Vec<Running>,
}

impl Builder<'_> {
    fn add(&mut self, name: &str, values: Vec<f32>, shape: &[usize]) -> Result<Var, Error> {
        let var = Var::from_tensor(&Tensor::from_vec(values, shape, &Device::Cpu)?)?;
        self.parameters.push((name.to_string(), var.clone()));
        Ok(var)
    }

    fn variable(&mut self, name: &str, shape: &[usize]) -> Result<Var, Error> {
        let values = self.source.take(name, shape)?;
        self.add(name, values, shape)
    }

    fn conv(&mut self, name: &str, inputs: usize, outputs: usize, stride: usize) -> Result<Conv, Error> {
        Ok(Conv { weight: self.variable(&format!("{name}.weight"), &[outputs, inputs, 3, 3])?, stride })
    }

    /// `conv`: the one before it, whose bias may stand for it.
    fn norm(&mut self, name: &str, conv: Option<&str>, channels: usize) -> Result<Option<Norm>, Error> {
        let part = |part: &str| format!("{name}.{part}");
        let mean = part("running_mean");
        let bias = conv.map(|conv| format!("{conv}.bias")).filter(|bias| self.source.has(bias));
        let index = self.running.len();
        let (gamma, beta, mean, variance, epsilon) = if self.source.has(&mean) {
            let mut take = |name: &str| self.source.take(name, &[channels]);
            let learnt = (take(&part("weight"))?, take(&part("bias"))?);
            let kept = (take(&mean)?, take(&part("running_var"))?);
            (learnt.0, learnt.1, kept.0, kept.1, self.source.batch_norm_epsilon() as f32)
        } else if let Some(bias) = bias {
            let bias = self.source.take(&bias, &[channels])?;
            (vec![1.0; channels], bias, vec![0.0; channels], vec![1.0; channels], 0.0)
        } else {
            return Ok(None);
        };
        let gamma = self.add(&part("weight"), gamma, &[channels])?;
        let beta = self.add(&part("bias"), beta, &[channels])?;
        self.running.push(Running { name: name.to_string(), mean, variance, epsilon });
        Ok(Some(Norm { gamma, beta, index }))
    }
}
