//! A net that experiments are made on, and the pictures they are made with.

use super::data::{Batch, LABELS};
use super::ensembles::{self, Operated, Surgery};
use super::net::{Design, Net, Wiring};
use super::paths::{self, Paths};
use super::random::Random;
use super::relu_loss::{self, ReluLoss};
use super::surface::Surface;
use super::trainer::{likeliest, logits, test_pictures, to_tensor, untrained};
use super::{Error, Settings, export};
use crate::arch::Architecture;
use crate::image::{Picture, normalise};
use crate::kernels::Layout;
use crate::weights::{Card, ModelFile};

/// Most pictures that a subject keeps: of 32 x 32 pixels 12 MB.
const MOST_PICTURES: usize = 1000;

/// One of the CIFAR designs.
pub struct Subject {
    net: Net,
    card: Card,
    pictures: Batch,
}

impl Subject {
    /// A net of the lab's, as it is now.
    pub fn of(net: Net, card: Card, pictures: Batch) -> Subject {
        Subject { net, card, pictures }
    }

    /// A model file of a CIFAR design. It has no pictures yet.
    pub fn open(bytes: &[u8]) -> Result<Subject, Error> {
        let file = ModelFile::open(bytes)?;
        let architecture = file.architecture();
        let (blocks, side) = (architecture.stages[0], file.card.input_side);
        let design = Design {
            depth: 6 * blocks + 2,
            width: architecture.width,
            wiring: if architecture.residual() { Wiring::Residual } else { Wiring::Plain },
            side,
            classes: architecture.classes,
        };
        // All that the lab's nets cannot be: projections, bottlenecks, other stages, pre-activation, grey pictures.
        let own = Architecture { name: architecture.name.clone(), ..design.architecture() };
        if own != *architecture || architecture.width % 8 != 0 || side > 64 {
            return Err(Error::Settings(format!("{} is none of the CIFAR designs that the lab takes", file.card.id)));
        }
        let net = Net::build(design, &mut file.tensors(bytes))?;
        Ok(Subject { net, card: file.card, pictures: Batch { pixels: Vec::new(), labels: Vec::new() } })
    }

    /// A net that was trained with these settings, from all its numbers. It has batch norm as it was learnt, which a model file folds
    /// away, and any wiring. No pictures yet.
    pub fn restore(numbers: &[f32], settings: &Settings) -> Result<Subject, Error> {
        let mut net = untrained(settings)?;
        net.take_over(numbers)?;
        let card = export::card(&net, "lab", "A net of the lab's", "");
        Ok(Subject { net, card, pictures: Batch { pixels: Vec::new(), labels: Vec::new() } })
    }

    /// The net itself.
    pub fn net(&self) -> &Net {
        &self.net
    }

    /// What it says about itself.
    pub fn card(&self) -> &Card {
        &self.card
    }

    /// Those that were taken in.
    pub fn pictures(&self) -> &Batch {
        &self.pictures
    }

    /// Leaves it without pictures.
    pub fn forget_pictures(&mut self) {
        self.pictures = Batch { pixels: Vec::new(), labels: Vec::new() };
    }

    /// Takes a picture in. Without a label, what the intact net takes it for is right. Its class.
    pub fn add(&mut self, picture: &Picture<'_>, label: Option<usize>) -> Result<usize, Error> {
        if self.pictures.labels.len() >= MOST_PICTURES {
            return Err(too_many());
        }
        if let Some(label) = label.filter(|&label| label >= self.net.design.classes) {
            return Err(Error::Settings(format!("there is no class {label}")));
        }
        let square = picture.seen_by(&self.card).map_err(|error| Error::Settings(error.to_string()))?;
        let layout = Layout::image(self.net.design.side, self.net.design.side, 3, 1);
        let mut map = vec![0.0; layout.len()];
        normalise(&square, self.card.mean, self.card.std, &layout, &mut map);
        let mut one = Batch { pixels: layout.pixels(&map).flatten().copied().collect(), labels: vec![0] };
        one.labels[0] = match label {
            Some(label) => label,
            None => likeliest(&logits(&self.net, &one)?),
        };
        self.pictures.pixels.append(&mut one.pixels);
        self.pictures.labels.push(one.labels[0]);
        Ok(one.labels[0])
    }

    /// Takes in what nets of these settings are tested on: the first `count` of those pictures.
    pub fn add_test_pictures(&mut self, settings: &Settings, count: usize) -> Result<(), Error> {
        if settings.design()?.side != self.net.design.side || self.card.labels != LABELS {
            return Err(Error::Settings(format!("{} is no net of the lab’s for such pictures", self.card.title)));
        }
        let mut batch = test_pictures(settings).first(count);
        if self.pictures.labels.len() + batch.labels.len() > MOST_PICTURES {
            return Err(too_many());
        }
        self.pictures.pixels.append(&mut batch.pixels);
        self.pictures.labels.append(&mut batch.labels);
        Ok(())
    }

    fn one(&self, picture: usize) -> Result<Batch, Error> {
        let found = self.pictures.parts(1).nth(picture);
        found.ok_or_else(|| Error::Settings(format!("there is no picture {picture}")))
    }

    /// Of a picture; `class`: the likeliest where none is given.
    pub fn paths(&self, picture: usize, class: Option<usize>) -> Result<Paths, Error> {
        Ok(paths::split(&self.net, &to_tensor(&self.one(picture)?, self.net.design.side)?, class)?.paths)
    }

    /// Of a picture, block by block; an error where there is no such picture.
    pub fn relu_loss(&self, picture: usize) -> Result<Vec<ReluLoss>, Error> {
        relu_loss::of(&self.net, &self.one(picture)?)
    }

    /// One draw, on all pictures. The same count and seed give the same blocks, in every net of that depth.
    pub fn operate(&self, surgery: Surgery, count: usize, seed: u32) -> Result<Operated, Error> {
        if self.pictures.labels.is_empty() {
            return Err(Error::Settings("there is no picture to try it on".into()));
        }
        let mut random = Random::of(u64::from(seed), &format!("{count} blocks"));
        let order = ensembles::draw(&self.net, surgery, count, &mut random)?;
        ensembles::operate(&self.net, &order, &self.pictures)
    }

    /// How many blocks can be deleted.
    pub fn deletable(&self) -> usize {
        ensembles::deletable(&self.net).len()
    }

    /// How many pairs of blocks can be swapped.
    pub fn swappable(&self) -> usize {
        ensembles::swappable(&self.net)
    }

    /// The loss on all pictures around the net's weights, along two directions that the seed draws.
    pub fn surface(&self, seed: u32) -> Result<Surface, Error> {
        Surface::around(&self.net, self.pictures.clone(), seed)
    }
}

fn too_many() -> Error {
    Error::Settings(format!("{MOST_PICTURES} pictures are the most"))
}
