//! A model file that arrives in pieces gives the model that the whole file gives, and never lies in memory as a whole.

use skipscope::image::Picture;
use skipscope::loader::Loader;
use skipscope::model::Model;
use skipscope::weights::{Error, ModelFile};

const FILES: [&str; 2] = ["resnet20", "plain20"];

fn bytes(name: &str) -> Vec<u8> {
    std::fs::read(format!("{}/www/public/models/{name}.gguf", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

fn load(bytes: &[u8], piece: usize) -> Result<Model, Error> {
    let mut loader = Loader::new();
    bytes.chunks(piece).for_each(|piece| loader.push(piece));
    loader.finish()
}

fn probabilities(mut model: Model) -> Vec<(usize, f64)> {
    let pixels: Vec<u8> = (0..40 * 30 * 4).map(|i| (i * i % 251) as u8 | if i % 4 == 3 { 255 } else { 0 }).collect();
    let ranked = model.classify(&Picture::new(&pixels, 40, 30).unwrap()).unwrap();
    ranked.iter().map(|p| (p.index, p.probability)).collect()
}

#[test]
fn pieces_of_any_size_give_the_same_model() {
    for name in FILES {
        let file = bytes(name);
        let whole = probabilities(Model::open(&file).unwrap());
        for piece in [97, 4096, 65_536, file.len()] {
            assert_eq!(probabilities(load(&file, piece).unwrap()), whole, "{name} in pieces of {piece}");
        }
    }
}

#[test]
fn what_is_packed_is_let_go() {
    for name in FILES {
        let file = bytes(name);
        let mut loader = Loader::new();
        let mut most = 0;
        for piece in file.chunks(4096) {
            loader.push(piece);
            most = most.max(loader.held());
        }
        // A block of the last stage is a quarter of these nets.
        assert!(most < file.len() / 3, "{name}: {most} of {} bytes were held at once", file.len());
        assert!(loader.held() < 4096 + 32);
        loader.finish().unwrap();
    }
}

#[test]
fn every_truncation_is_an_error() {
    let file = bytes("resnet20");
    let used = ModelFile::open(&file).unwrap().len();
    for len in (0..used).step_by(10_007).chain([used - 1]) {
        let error = load(&file[..len], 4096).err().expect("an error").to_string();
        assert!(error.contains("cut off"), "{len}: {error}");
    }
}

/// Its bytes may still turn out not to be what the registry promised, and that is the better message.
#[test]
fn an_error_waits_for_the_end() {
    for (at, what) in [(0, "GGUF"), (5, "version")] {
        let mut file = bytes("resnet20");
        file[at] ^= 0x40;
        let mut loader = Loader::new();
        for piece in file.chunks(4096) {
            loader.push(piece);
        }
        assert_eq!(loader.held(), 0);
        let error = loader.finish().err().expect("an error").to_string();
        assert!(error.contains(what), "{error}");
    }
}
