//! All channels of a block in one picture: what it is made of, and what it looks like, for eyes:
//!
//!     cargo test --test colours -- --ignored
//!
//! writes target/colours/<model>-<picture>.png, a row per block: the photo, x, F(x), sum, output. More pictures: their paths in
//! COLOURS_OF, with a colon between.
#![cfg(not(target_arch = "wasm32"))]

mod common;

common::colour_tests!(test, println);

use image::imageops::{FilterType, overlay, resize};
use image::{Rgba, RgbaImage};
use skipscope::image::Picture;
use skipscope::lesion::Lesion;
use skipscope::model::Model;
use skipscope::trace::Branch;
use skipscope::viewer::Viewer;
use std::path::Path;

const SIDE: u32 = 168;

#[test]
#[ignore = "writes pictures to look at"]
fn pictures_to_look_at() {
    let more = std::env::var("COLOURS_OF").unwrap_or_default();
    let samples = ["cat", "astronaut", "horse", "palace"].map(|name| format!("www/public/samples/{name}.jpg"));
    std::fs::create_dir_all("target/colours").unwrap();
    for (model, blocks) in [
        ("resnet50", vec!["layer1.0", "layer1.2", "layer2.1", "layer3.3", "layer4.2"]),
        ("resnet20", vec!["layer1.0", "layer1.1", "layer1.2", "layer2.1", "layer3.2"]),
    ] {
        let Ok(bytes) = std::fs::read(format!("www/public/models/{model}.gguf")) else {
            println!("{model} is not there: ./pkg-scripts/models");
            continue;
        };
        let mut viewer = Viewer::new(Model::open(&bytes).unwrap());
        let names: Vec<String> =
            viewer.model().network().flow().blocks().iter().map(|block| block.name.clone()).collect();
        for path in samples.iter().map(String::as_str).chain(more.split(':').filter(|path| !path.is_empty())) {
            let pixels = image::open(path).unwrap().into_rgba8();
            let (width, height) = (pixels.width() as usize, pixels.height() as usize);
            viewer.look(&Picture::new(&pixels, width, height).unwrap(), None).unwrap();
            let mut recorder = viewer.recorder(None);
            viewer.run(&Lesion::none(), None, &mut recorder).unwrap();

            let mut sheet = RgbaImage::from_pixel(5 * (SIDE + 8), blocks.len() as u32 * (SIDE + 8), Rgba([255; 4]));
            let mut put = |row: usize, column: usize, side: usize, rgba: &[u8]| {
                let tile = RgbaImage::from_raw(side as u32, side as u32, rgba.to_vec()).unwrap();
                let tile = resize(&tile, SIDE, SIDE, FilterType::Nearest);
                overlay(&mut sheet, &tile, (column as i64) * i64::from(SIDE + 8), (row as i64) * i64::from(SIDE + 8));
            };
            for (row, name) in blocks.iter().enumerate() {
                let block = names.iter().position(|other| other == name).unwrap();
                let colours = &recorder.block(block).unwrap().colours;
                println!("{model} {path} {name}: {:?}", colours.explained);
                put(row, 0, viewer.model().card.input_side, viewer.square());
                for (column, branch) in Branch::ALL.into_iter().enumerate() {
                    if let Some(rgba) = colours.of(branch) {
                        put(row, column + 1, colours.width, rgba);
                    }
                }
            }
            let stem = Path::new(path).file_stem().unwrap().to_str().unwrap();
            sheet.save(format!("target/colours/{model}-{stem}.png")).unwrap();
        }
    }
}
