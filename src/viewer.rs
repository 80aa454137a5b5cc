//! A model looking at one picture: one intact run can be remembered, and lesions then resume where they begin.

use crate::cam::class_activation_map;
use crate::image::{self, Crop, Picture};
use crate::lesion::Lesion;
use crate::model::{Model, NotFinite, softmax};
use crate::trace::{Bases, Map, Probe, Recorder};

/// A model and the picture it looks at. The network remembers an intact run on that picture, or none.
pub struct Viewer {
    model: Model,
    square: Vec<u8>,
    crop: Crop,
    bases: Bases,
    holds_colours: bool,
}

/// A class's evidence by place, row-major.
#[derive(Clone, Debug, PartialEq)]
pub struct Evidence {
    /// Rows.
    pub height: usize,
    /// Columns.
    pub width: usize,
    /// `height * width` of them: the evidence of a place. Their mean plus the class's bias is its logit.
    pub values: Vec<f32>,
}

impl Viewer {
    /// Looks at black until a picture comes.
    pub fn new(model: Model) -> Viewer {
        let side = model.card.input_side;
        let crop = Crop { left: 0.0, top: 0.0, side: side as f64 };
        Viewer { square: vec![0; side * side * 4], crop, bases: Bases::default(), holds_colours: false, model }
    }

    /// The model that looks.
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
        self.model.network_mut().forget();
        if !self.holds_colours {
            self.bases.clear();
        }
        Ok(())
    }

    /// Whether colours mean the same from picture to picture, the frames of a video say: what the first intact run after this
    /// was painted on then stays, until it is taken back.
    pub fn hold_colours(&mut self, hold: bool) {
        self.holds_colours = hold;
        if !hold {
            self.bases.clear();
        }
    }

    /// A recorder that paints on the bases of the intact run on this picture, where there was one.
    pub fn recorder(&self, keep: Option<usize>) -> Recorder {
        Recorder::new(keep).painting_on(self.bases.clone())
    }

    /// Paints later runs as this one, if it was of the intact net: cutting a branch does not change what a colour means.
    pub fn learn_colours(&mut self, lesion: &Lesion, recorder: &Recorder) {
        if lesion.first().is_none() {
            self.bases = recorder.bases().clone();
        }
    }

    /// Runs the intact net and remembers the run. Probabilities by class.
    pub fn remember(&mut self, probe: &mut impl Probe) -> Result<Vec<f64>, NotFinite> {
        self.set_input();
        softmax(self.model.network_mut().forward_remembered(&Lesion::none(), probe))
    }

    /// A run. Where the intact one is remembered, a lesion's begins at its first changed block, or at `keep` where that comes
    /// before. Probabilities by class.
    pub fn run(&mut self, lesion: &Lesion, keep: Option<usize>, probe: &mut impl Probe) -> Result<Vec<f64>, NotFinite> {
        if let Some(first) = lesion.first().filter(|_| self.model.network().remembers()) {
            let first = keep.map_or(first, |keep| keep.min(first));
            if let Some(logits) = self.model.network_mut().resume(first, lesion, probe) {
                return softmax(logits);
            }
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
        Some(Evidence { height: layout.height(), width: layout.width(), values })
    }
}
