//! A model file that runs, and pictures decoded for it.

use anyhow::{Context, Result};
use image::{DynamicImage, ImageDecoder, ImageReader};
use serde::Serialize;
use skipscope::image::{Picture, normalise, on_white};
use skipscope::lesion::Lesion;
use skipscope::network::Network;
use skipscope::trace::NoProbe;
use skipscope::weights::{Card, ModelFile};
use std::io::Cursor;
use std::path::Path;

pub struct Model {
    pub card: Card,
    network: Network,
}

#[derive(Serialize)]
pub struct Prediction {
    pub index: usize,
    pub label: String,
    pub probability: f64,
}

impl Model {
    pub fn load(path: &Path) -> Result<Model> {
        let bytes = read(path)?;
        Model::from_bytes(&bytes).with_context(|| path.display().to_string())
    }

    pub fn from_bytes(bytes: &[u8]) -> Result<Model> {
        let file = ModelFile::open(bytes)?;
        let network = Network::build(file.architecture(), file.card.input_side, &mut file.tensors(bytes))?;
        Ok(Model { card: file.card, network })
    }

    pub fn logits(&mut self, picture: &Rgba) -> Result<&[f32]> {
        let square = Picture::new(&picture.pixels, picture.width, picture.height)?.seen_by(&self.card)?;
        let layout = self.network.input_layout();
        normalise(&square, self.card.mean, self.card.std, &layout, self.network.input());
        Ok(self.network.forward(&Lesion::none(), &mut NoProbe))
    }

    /// The most probable classes, best first.
    pub fn classify(&mut self, picture: &Rgba, top: usize) -> Result<Vec<Prediction>> {
        let logits = self.logits(picture)?;
        let largest = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        let weights: Vec<f64> = logits.iter().map(|&l| f64::from(l - largest).exp()).collect();
        let sum: f64 = weights.iter().sum();
        let mut order: Vec<usize> = (0..weights.len()).collect();
        order.sort_by(|&a, &b| weights[b].total_cmp(&weights[a]).then(a.cmp(&b)));
        order.truncate(top);
        let labelled = |index: usize| Prediction {
            index,
            label: self.card.labels[index].clone(),
            probability: weights[index] / sum,
        };
        Ok(order.into_iter().map(labelled).collect())
    }
}

/// Opaque and upright.
pub struct Rgba {
    pixels: Vec<u8>,
    width: usize,
    height: usize,
}

/// Decodes JPEG, PNG, WebP, GIF or BMP as a browser shows it: EXIF orientation applied, transparency on white.
pub fn decode(bytes: &[u8]) -> Result<Rgba> {
    let mut decoder = ImageReader::new(Cursor::new(bytes)).with_guessed_format()?.into_decoder()?;
    let orientation = decoder.orientation()?;
    let mut image = DynamicImage::from_decoder(decoder)?;
    image.apply_orientation(orientation);
    let image = image.into_rgba8();
    let (width, height) = (image.width() as usize, image.height() as usize);
    let mut pixels = image.into_raw();
    on_white(&mut pixels);
    Ok(Rgba { pixels, width, height })
}

pub fn read(path: &Path) -> Result<Vec<u8>> {
    std::fs::read(path).with_context(|| path.display().to_string())
}
