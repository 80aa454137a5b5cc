//! A model looking at one picture: one intact run can be remembered, and lesions then resume where they begin.

use crate::cam::class_activation_map;
use crate::image::{self, Crop, Picture};
use crate::lesion::Lesion;
use crate::model::{Model, softmax};
use crate::network::Checkpoints;
use crate::trace::{Map, Probe};

/// A model, the picture it looks at, and what it remembers of its intact run on it.
pub struct Viewer {
    model: Model,
    square: Vec<u8>,
    crop: Crop,
    checkpoints: Checkpoints,
}

/// A class's evidence by place, row-major.
#[derive(Clone, Debug, PartialEq)]
pub struct Evidence {
    pub height: usize,
    pub width: usize,
    pub values: Vec<f32>,
}

impl Viewer {
    /// Looks at black until a picture comes.
    pub fn new(model: Model) -> Viewer {
        let side = model.card.input_side;
        let crop = Crop { left: 0.0, top: 0.0, side: side as f64 };
        Viewer { square: vec![0; side * side * 4], crop, checkpoints: Checkpoints::default(), model }
    }

    pub fn model(&self) -> &Model {
        &self.model
    }

    /// The picture as the network sees it: RGBA, a square of the card's `input_side`.
    pub fn square(&self) -> &[u8] {
        &self.square
    }

    /// What of the picture that is.
    pub fn crop(&self) -> Crop {
        self.crop
    }

    /// Takes a picture in, or a square of it; without `crop`, its centre as torchvision cuts it.
    pub fn look(&mut self, picture: &Picture<'_>, crop: Option<Crop>) -> Result<(), image::Error> {
        let card = &self.model.card;
        (self.square, self.crop) = match crop {
            Some(crop) => (picture.cropped(crop, card.input_side)?, picture.within(crop)),
            None => (picture.seen_by(card)?, picture.central_crop(card.resize_side, card.input_side)),
        };
        self.checkpoints.clear();
        Ok(())
    }

    /// Runs the intact net and remembers the run.
    pub fn remember(&mut self, probe: &mut impl Probe) -> Vec<f64> {
        self.set_input();
        let logits = self.model.network_mut().forward_remembered(&Lesion::none(), probe, &mut self.checkpoints);
        softmax(logits)
    }

    /// A run. Where the intact one is remembered, a lesion's begins at its first changed block, or at `keep` where that comes
    /// before. Probabilities by class.
    pub fn run(&mut self, lesion: &Lesion, keep: Option<usize>, probe: &mut impl Probe) -> Vec<f64> {
        let resumed = lesion.first().filter(|_| !self.checkpoints.is_empty());
        if let Some(first) = resumed {
            let first = keep.map_or(first, |keep| keep.min(first));
            return softmax(self.model.network_mut().resume(&self.checkpoints, first, lesion, probe));
        }
        self.set_input();
        softmax(self.model.network_mut().forward(lesion, probe))
    }

    fn set_input(&mut self) {
        self.model.set_input(&self.square);
    }

    /// Where the last run saw evidence for a class; none before the first run, or where there is no such class.
    pub fn cam(&self, class: usize) -> Option<Evidence> {
        let network = self.model.network();
        let features @ Map { layout, .. } = network.features()?;
        let values = class_activation_map(features, &network.class_weights(class)?);
        Some(Evidence { height: layout.height, width: layout.width, values })
    }
}
