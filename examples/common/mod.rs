//! What the examples share: a model of any file, and a picture's pixels.

use anyhow::{Context, Result, anyhow};
use skipscope::image::on_white;
use skipscope::model::Model;
use skipscope::network::Network;
use skipscope::weights::answers::Answers;
use skipscope::weights::foreign::{Error, Foreign};
use skipscope::weights::formats::{Bytes, FileBytes};
use std::path::Path;

/// The command line's arguments; an error that says how the example is called where they are not as many.
pub fn arguments<const N: usize>(usage: &str) -> Result<[String; N]> {
    let given: Vec<String> = std::env::args().skip(1).collect();
    given.try_into().map_err(|_| anyhow!("called as: {usage}"))
}

/// A model file (.gguf), or a ResNet from elsewhere (.safetensors, .pth, .onnx). What such a file does not say, how pictures are
/// normalised and what the classes are called, is the usual here; [`Answers`] can say otherwise.
pub fn model(path: &str) -> Result<Model> {
    let bytes = FileBytes::open(path.as_ref()).with_context(|| path.to_string())?;
    let beside = |name: &str| {
        let name = Path::new(name).file_name()?; // ONNX may keep its weights in the same folder, nowhere else
        let file = FileBytes::open(&Path::new(path).with_file_name(name)).ok()?;
        Some(Box::new(file) as Box<dyn Bytes>)
    };
    let foreign = match Foreign::open(&bytes, &beside) {
        Err(Error::Gguf) => return Model::open(&std::fs::read(path)?).with_context(|| path.to_string()),
        opened => opened.with_context(|| path.to_string())?,
    };
    let answers = Answers::default();
    let card = foreign.card(&answers);
    let network = Network::build(&card.architecture()?, card.input_side, &mut *foreign.source(&answers));
    Ok(Model::new(card, network.with_context(|| path.to_string())?))
}

/// RGBA, row by row, width and height. EXIF's orientation is not looked at: `skipscope classify` turns pictures upright.
pub fn picture(path: &str) -> Result<(Vec<u8>, usize, usize)> {
    let decoded = image::ImageReader::open(path).and_then(image::ImageReader::with_guessed_format);
    let decoded = decoded.map_err(anyhow::Error::from).and_then(|file| Ok(file.decode()?.into_rgba8()));
    let decoded = decoded.with_context(|| path.to_string())?;
    let (width, height) = (decoded.width() as usize, decoded.height() as usize);
    let mut rgba = decoded.into_raw();
    on_white(&mut rgba);
    Ok((rgba, width, height))
}
