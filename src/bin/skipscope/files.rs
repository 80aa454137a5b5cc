//! What comes from the disk and goes there.

use anyhow::{Context, Result};
use image::{DynamicImage, ImageDecoder, ImageReader};
use skipscope::image::{Picture, on_white};
use skipscope::model::Model;
use std::io::Cursor;
use std::path::Path;

pub fn read(path: &Path) -> Result<Vec<u8>> {
    std::fs::read(path).with_context(|| path.display().to_string())
}

/// A file appears under its name only when it is complete: another program may be waiting for it.
pub fn write_whole(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut part = path.as_os_str().to_owned();
    part.push(".part");
    std::fs::write(&part, bytes)?;
    std::fs::rename(&part, path)
}

pub fn open_model(path: &Path) -> Result<Model> {
    Model::open(&read(path)?).with_context(|| path.display().to_string())
}

/// Opaque and upright.
pub struct Rgba {
    pixels: Vec<u8>,
    width: usize,
    height: usize,
}

impl Rgba {
    pub fn picture(&self) -> Result<Picture<'_>> {
        Ok(Picture::new(&self.pixels, self.width, self.height)?)
    }
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
