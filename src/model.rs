//! A model file opened: what the page and the command line classify and trace pictures with.

use crate::image::{self, Picture, normalise};
use crate::lesion::Lesion;
use crate::network::Network;
use crate::trace::{NoProbe, Probe};
use crate::weights::{self, Card, ModelFile};
use serde::Serialize;

/// A run whose numbers grew beyond f32: a model file may hold any finite weights, and a lesion may scale every block.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
#[error("the network's numbers grew beyond what it computes with")]
pub struct NotFinite;

/// Why a picture cannot be classified.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The picture itself.
    #[error(transparent)]
    Picture(#[from] image::Error),
    /// What the network made of it.
    #[error(transparent)]
    NotFinite(#[from] NotFinite),
}

/// A network with the card of its model file.
pub struct Model {
    /// What the model file says about itself.
    pub card: Card,
    network: Network,
}

/// One class of a picture.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub struct Prediction {
    /// The class: its place in the card's labels, and among the logits.
    pub index: usize,
    /// The card's name of it.
    pub label: String,
    /// Softmax over all classes: 0 to 1.
    pub probability: f64,
}

impl Model {
    /// From a whole model file.
    pub fn open(bytes: &[u8]) -> Result<Model, weights::Error> {
        let file = ModelFile::open(bytes)?;
        let network = Network::build(file.architecture(), file.card.input_side, &mut file.tensors(bytes))?;
        Ok(Model::new(file.card, network))
    }

    /// Of parts: `network` is built for the sides and classes that `card` states.
    pub fn new(card: Card, network: Network) -> Model {
        Model { card, network }
    }

    /// The compiled network.
    pub fn network(&self) -> &Network {
        &self.network
    }

    /// The compiled network, to run it on an input of one's own.
    pub fn network_mut(&mut self) -> &mut Network {
        &mut self.network
    }

    /// Every class, most probable first.
    pub fn classify(&mut self, picture: &Picture<'_>) -> Result<Vec<Prediction>, Error> {
        let square = picture.seen_by(&self.card)?;
        Ok(self.run(&square, &Lesion::none(), &mut NoProbe)?)
    }

    /// Every class, most probable first, from the square that [`Picture::seen_by`] cut, with a lesion and a probe.
    pub fn run(
        &mut self,
        square: &[u8],
        lesion: &Lesion,
        probe: &mut impl Probe,
    ) -> Result<Vec<Prediction>, NotFinite> {
        self.set_input(square);
        Ok(rank(&softmax(self.network.forward(lesion, probe))?, &self.card.labels))
    }

    /// Hands the network the square that [`Picture::seen_by`] cut.
    pub fn set_input(&mut self, square: &[u8]) {
        let layout = self.network.input_layout();
        normalise(square, self.card.mean, self.card.std, &layout, self.network.input());
    }
}

/// Probabilities by class.
pub fn softmax(logits: &[f32]) -> Result<Vec<f64>, NotFinite> {
    if !logits.iter().all(|logit| logit.is_finite()) {
        return Err(NotFinite);
    }
    let largest = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let mut weights: Vec<f64> = logits.iter().map(|&l| f64::from(l - largest).exp()).collect();
    let total: f64 = weights.iter().sum();
    weights.iter_mut().for_each(|weight| *weight /= total);
    Ok(weights)
}

/// Sorted by probability; equals in the order of their classes.
pub fn rank(probabilities: &[f64], labels: &[String]) -> Vec<Prediction> {
    let mut ranked: Vec<Prediction> = probabilities
        .iter()
        .zip(labels)
        .enumerate()
        .map(|(index, (&probability, label))| Prediction { index, label: label.clone(), probability })
        .collect();
    ranked.sort_by(|a, b| b.probability.total_cmp(&a.probability));
    ranked
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_probability_is_made_of_what_is_no_number() {
        for wrong in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
            assert_eq!(softmax(&[0.0, wrong]), Err(NotFinite));
        }
        assert_eq!(softmax(&[f32::MAX, f32::MIN]), Ok(vec![1.0, 0.0]));
    }

    #[test]
    fn probabilities_are_a_softmax_in_order() {
        let labels: Vec<String> = ["a", "b", "c"].map(String::from).into();
        let ranked = rank(&softmax(&[1000.0, 1002.0, 1000.0]).unwrap(), &labels);
        let order: Vec<&str> = ranked.iter().map(|p| p.label.as_str()).collect();
        assert_eq!(order, ["b", "a", "c"]);
        let e2 = 2f64.exp();
        assert!((ranked[0].probability - e2 / (e2 + 2.0)).abs() < 1e-12);
        assert!((ranked.iter().map(|p| p.probability).sum::<f64>() - 1.0).abs() < 1e-12);
    }
}
