//! What one block does with a picture, as NumPy files [channels, height, width]: identity.npy (x, after any projection),
//! residual.npy (F(x)) and output.npy (the ReLU of their sum). A plain net has no identity.
//!
//!     cargo run --example trace_block -- www/public/models/resnet20.gguf tests/fixtures/images/chelsea.webp layer2.0 target/traced

mod common;

use anyhow::{Context, Result};
use npyz::WriterBuilder;
use skipscope::image::Picture;
use skipscope::lesion::Lesion;
use skipscope::trace::{Activation, Recorder};
use std::fs::File;
use std::io::BufWriter;
use std::path::Path;

fn main() -> Result<()> {
    let [model, picture, block, folder] = common::arguments("trace_block MODEL PICTURE BLOCK FOLDER")?;
    let mut model = common::model(&model)?;
    let (rgba, width, height) = common::picture(&picture)?;
    let square = Picture::new(&rgba, width, height)?.seen_by(&model.card)?;

    let names: Vec<&str> = model.network().flow().blocks().iter().map(|block| &*block.name).collect();
    let index = names.iter().position(|name| *name == block);
    let index = index.with_context(|| format!("there is no block '{block}'; there are {}", names.join(", ")))?;
    let mut recorder = Recorder::new(Some(index));
    model.run(&square, &Lesion::none(), &mut recorder)?;

    let kept = recorder.kept().context("the block did not run")?;
    let maps =
        [("identity", kept.identity.as_ref()), ("residual", Some(&kept.residual)), ("output", Some(&kept.output))];
    std::fs::create_dir_all(&folder).with_context(|| folder.clone())?;
    for (name, map) in maps {
        let Some(map) = map else { continue };
        let path = Path::new(&folder).join(format!("{name}.npy"));
        write(map, &path).with_context(|| path.display().to_string())?;
        println!("{}: {} x {} x {}", path.display(), map.channels, map.height, map.width);
    }
    Ok(())
}

fn write(map: &Activation, path: &Path) -> Result<()> {
    let shape = [map.channels, map.height, map.width].map(|n| n as u64);
    let file = BufWriter::new(File::create(path)?);
    let mut npy = npyz::WriteOptions::new().default_dtype().shape(&shape).writer(file).begin_nd()?;
    npy.extend((0..map.channels).flat_map(|channel| map.channel(channel)))?;
    Ok(npy.finish()?)
}
