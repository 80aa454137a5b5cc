//! The five likeliest classes of a picture, by a model file or a ResNet from elsewhere (.safetensors, .pth, .onnx).
//!
//!     cargo run --example classify -- www/public/models/resnet20.gguf tests/fixtures/images/chelsea.webp

mod common;

use anyhow::Result;
use skipscope::image::Picture;

fn main() -> Result<()> {
    let [model, picture] = common::arguments("classify MODEL PICTURE")?;
    let mut model = common::model(&model)?;
    let (rgba, width, height) = common::picture(&picture)?;
    for class in model.classify(&Picture::new(&rgba, width, height)?)?.iter().take(5) {
        println!("{:5.1} %  {} ({})", 100.0 * class.probability, class.label, class.index);
    }
    Ok(())
}
