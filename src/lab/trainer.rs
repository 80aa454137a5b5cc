//! Stochastic gradient descent on pictures that never end.

use super::Error;
use super::data::{Batch, Pictures};
use super::descent::Descent;
use super::initial::Initial;
use super::net::{Net, Pass};
use super::ops::{self, with_values};
use super::random::Random;
use super::settings::Settings;
use candle_core::backprop::GradStore;
use candle_core::{Device, Tensor};
use serde::Serialize;

/// Pictures that a net is tested on: always the same of a seed.
pub const TEST_PICTURES: usize = 500;

/// What a step saw, before it changed the weights.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub struct Progress {
    /// Steps done, this one included.
    pub step: usize,
    /// Of the batch: the mean of -log(probability of the right class).
    pub loss: f64,
    /// Of the batch, 0 to 1.
    pub accuracy: f64,
}

/// How a net does on pictures it has not learnt from.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub struct Evaluation {
    /// Mean cross entropy.
    pub loss: f64,
    /// Share told right, 0 to 1.
    pub accuracy: f64,
    /// How many there were.
    pub pictures: usize,
}

/// A layer and how large its weights' gradient is.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub struct LayerNorm {
    /// `layer1.0.conv1`
    pub name: String,
    /// The square root of the sum of squares.
    pub gradient: f64,
}

/// A net while it learns.
pub struct Trainer {
    settings: Settings,
    net: Net,
    descent: Descent,
    pictures: Pictures,
    chance: Random,
    test: Batch,
    step: usize,
    gradients: Vec<LayerNorm>,
}

impl Trainer {
    /// Before the first step; an error where the settings are out of range.
    pub fn new(settings: Settings) -> Result<Trainer, Error> {
        let net = untrained(&settings)?;
        Ok(Trainer {
            descent: Descent::new(&net),
            pictures: pictures(&settings, "training pictures"),
            chance: Random::of(u64::from(settings.seed), "stochastic depth"),
            test: test_pictures(&settings),
            step: 0,
            gradients: Vec::new(),
            net,
            settings,
        })
    }

    /// What it was made with.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// As it has learnt so far.
    pub fn net(&self) -> &Net {
        &self.net
    }

    /// Pictures it has not learnt from.
    pub fn test(&self) -> &Batch {
        &self.test
    }

    /// One batch: forward, backward, and every weight a little further. Beyond the last step the learning rate is 0.
    pub fn step(&mut self) -> Result<Progress, Error> {
        let batch = self.pictures.batch(self.settings.batch);
        let chance = &mut self.chance;
        let pass =
            Pass::training_without(self.net.blocks.iter().map(|block| chance.unit() >= block.survival).collect());
        let (loss, logits, gradients) = gradients(&mut self.net, &batch, pass)?;
        let rate = self.settings.rate(self.step);
        let Settings { momentum, weight_decay, .. } = self.settings;
        self.gradients = gradient_norms(&self.net, &gradients)?;
        self.descent.step(&self.net, &gradients, rate, momentum as f32, weight_decay as f32)?;
        self.step += 1;
        let right = correct(&logits, &batch.labels);
        Ok(Progress { step: self.step, loss, accuracy: right as f64 / batch.labels.len() as f64 })
    }

    /// Of every convolution in the last step.
    pub fn gradient_norms(&self) -> &[LayerNorm] {
        &self.gradients
    }

    /// On the test pictures, with the statistics that were kept.
    pub fn evaluate(&self) -> Result<Evaluation, Error> {
        evaluate(&self.net, &self.test)
    }

    /// The first test pictures, and the probability of every class for each of them.
    pub fn samples(&self, count: usize) -> Result<(Batch, Vec<Vec<f64>>), Error> {
        let batch = self.test.first(count);
        let logits = logits(&self.net, &batch)?;
        let classes = self.net.design.classes;
        Ok((batch, logits.chunks_exact(classes).map(|row| ops::softmax(row).collect()).collect()))
    }
}

fn pictures(&Settings { seed, side, noise, .. }: &Settings, name: &str) -> Pictures {
    Pictures::new(side, noise as f32, Random::of(u64::from(seed), name))
}

/// What nets of these settings are tested on.
pub fn test_pictures(settings: &Settings) -> Batch {
    pictures(settings, "test pictures").batch(TEST_PICTURES)
}

/// The net of some settings as it starts.
pub fn untrained(settings: &Settings) -> Result<Net, Error> {
    let &Settings { seed, initialisation, batch_norm, .. } = settings;
    Net::build(settings.design()?, &mut Initial { seed: u64::from(seed), initialisation, batch_norm })
}

/// Pictures as the net reads them.
pub fn to_tensor(batch: &Batch, side: usize) -> Result<Tensor, Error> {
    Ok(Tensor::from_vec(batch.pixels.clone(), (batch.labels.len(), side, side, 3), &Device::Cpu)?)
}

/// Loss and logits of a pass in training, and the gradient of every parameter. The statistics of the batch are taken over.
pub fn gradients(net: &mut Net, batch: &Batch, mut pass: Pass) -> Result<(f64, Vec<f32>, GradStore), Error> {
    let logits = net.forward(&to_tensor(batch, net.design.side)?, &mut pass, &mut |_| {})?;
    net.absorb(&pass);
    let loss = ops::cross_entropy(&logits, &batch.labels)?;
    let gradients = loss.backward()?;
    Ok((f64::from(loss.to_scalar::<f32>()?), logits.flatten_all()?.to_vec1()?, gradients))
}

/// Of every convolution.
pub fn gradient_norms(net: &Net, gradients: &GradStore) -> Result<Vec<LayerNorm>, Error> {
    let convolutions = net.parameters.iter().filter(|(_, var)| var.rank() == 4);
    let norm = |(name, var): &(String, candle_core::Var)| {
        let square = |values: &[f32]| Ok(values.iter().map(|&v| f64::from(v) * f64::from(v)).sum::<f64>());
        // A block that was left out has none.
        let square = gradients.get(var).map_or(Ok(0.0), |gradient| with_values(gradient, square))?;
        Ok(LayerNorm { name: name.trim_end_matches(".weight").to_string(), gradient: square.sqrt() })
    };
    convolutions.map(norm).collect()
}

/// Pictures that run together where nothing is learnt.
const RUN: usize = 50;

/// Logits of every picture, in inference.
pub fn logits(net: &Net, batch: &Batch) -> Result<Vec<f32>, Error> {
    let mut all = Vec::new();
    for part in batch.parts(RUN) {
        let logits = net.forward(&to_tensor(&part, net.design.side)?.detach(), &mut Pass::inference(), &mut |_| {})?;
        all.extend(logits.flatten_all()?.to_vec1::<f32>()?);
    }
    Ok(all)
}

/// Of pictures with labels, in inference.
pub fn evaluate(net: &Net, batch: &Batch) -> Result<Evaluation, Error> {
    let logits = logits(net, batch)?;
    let rows = logits.chunks_exact(net.design.classes).zip(&batch.labels);
    let loss = |(row, &label): (&[f32], &usize)| -ops::softmax(row).nth(label).unwrap_or(f64::NAN).ln();
    let pictures = batch.labels.len();
    let accuracy = correct(&logits, &batch.labels) as f64 / pictures as f64;
    Ok(Evaluation { loss: rows.map(loss).sum::<f64>() / pictures as f64, accuracy, pictures })
}

/// The likeliest class of every row.
pub fn likeliest(row: &[f32]) -> usize {
    let best = row.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1).then(b.0.cmp(&a.0)));
    best.map_or(0, |(class, _)| class)
}

/// How many rows of logits are highest where their label is. Those of a net that has diverged are right about nothing.
pub fn correct(logits: &[f32], labels: &[usize]) -> usize {
    let rows = logits.chunks_exact(logits.len() / labels.len().max(1)).zip(labels);
    rows.filter(|(row, label)| row.iter().all(|v| v.is_finite()) && likeliest(row) == **label).count()
}
