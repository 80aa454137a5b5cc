//! What a model takes of the heap while it loads, and after.

mod common;

use common::gguf::{self, File};
use common::heap::{self, live};
use skipscope::arch::Architecture;
use skipscope::image::Picture;
use skipscope::loader::Loader;
use skipscope::model::Model;
use skipscope::network::Network;
use skipscope::weights::synthetic::Synthetic;
use skipscope::weights::{MOST_CLASSES, TensorType};

#[global_allocator]
static COUNTING: heap::Counting = heap::Counting;

/// Loads a file of the page's in pieces as the network brings them: the model, its bytes, and the most that was live.
fn load(name: &str) -> Option<(Model, isize, isize)> {
    use std::io::Read;
    let path = format!("{}/www/public/models/{name}.gguf", env!("CARGO_MANIFEST_DIR"));
    let mut file = std::fs::File::open(path).ok()?;
    let before = live();
    heap::start();
    let mut loader = Loader::new();
    let mut piece = vec![0; 1 << 16];
    loop {
        let read = file.read(&mut piece).unwrap();
        if read == 0 {
            break;
        }
        loader.push(&piece[..read]);
    }
    let model = loader.finish().unwrap();
    Some((model, live() - before, heap::most() as isize))
}

#[test]
fn a_model_takes_little_more_than_its_packed_weights_and_leaves_nothing_behind() {
    let pixels = vec![255; 40 * 30 * 4];
    for name in ["resnet20", "plain56", "resnet50"] {
        let mut said = String::new();
        let mut before = 0;
        for round in 0..3 {
            let Some((mut model, after, most)) = load(name) else {
                eprintln!("SKIPPED: {name} is absent");
                break;
            };
            let weights = 4 * model.network().architecture().parameters();
            let times = |bytes: isize| bytes as f64 / weights as f64;
            if round == 0 {
                said = format!("{name}: {:.2} times its f32 weights; at most {:.2} times", times(after), times(most));
            }
            if name == "resnet50" {
                // Winograd's and Strassen's weights are larger than the filters they are made of.
                assert!(times(most) < 2.2, "at most {most} bytes were live");
            }
            let held = live();
            for _ in 0..3 {
                model.classify(&Picture::new(&pixels, 40, 30).unwrap()).unwrap();
            }
            assert_eq!(live(), held, "{name}: left behind by a run");
            drop(model);
            // What the first round leaves may be the standard library's.
            if round > 0 {
                assert_eq!(live(), before, "{name}: left behind by a model");
            }
            before = live();
        }
        println!("{said}");
    }
}

/// Of 1 GiB, the most that a page's threads share, and often half of it. The weights are made as they are taken, one tensor at a time.
#[test]
fn a_large_model_takes_little_more_than_twice_its_weights() {
    for (name, allowed) in [("resnet101", 2.15), ("resnet152", 2.15)] {
        let architecture = Architecture::named(name).unwrap();
        let before = live();
        heap::start();
        let network = Network::build(&architecture, 224, &mut Synthetic::folded(&architecture)).unwrap();
        let weights = 4.0 * architecture.parameters() as f64;
        let (after, most) = ((live() - before) as f64 / weights, heap::most() as f64 / weights);
        println!("{name}: {after:.2} times its f32 weights; at most {most:.2} times");
        assert!(most < allowed, "{name} took {most:.3} times its weights");
        drop(network);
    }
}

/// A header of some 2 MB may state a classifier for 250,000 empty labels. Of its weights a little has come: a loader waits for
/// twice the bytes of its last look at an unfinished header.
#[test]
fn a_header_alone_takes_no_memory() {
    for classes in [MOST_CLASSES, MOST_CLASSES + 1, 250_000, 500_000] {
        let architecture = Architecture::named("resnet50").unwrap();
        let labels = vec![String::new(); 10];
        let mut file = File::of(&architecture, 224, &labels, TensorType::F32, |_, _| Vec::new());
        file.set("skipscope.labels", gguf::texts(&vec![""; classes]));
        file.tensor("fc.weight").shape[0] = classes as u64;
        file.tensor("fc.bias").shape[0] = classes as u64;
        let mut end = 0;
        for tensor in &mut file.tensors {
            tensor.offset = Some(end);
            end = (end + 4 * tensor.shape.iter().product::<u64>()).next_multiple_of(gguf::ALIGNMENT as u64);
        }
        let header = file.header();
        heap::start();
        let mut loader = Loader::new();
        header.chunks(1 << 16).for_each(|piece| loader.push(piece));
        header.chunks(1 << 16).for_each(|piece| loader.push(&vec![0; piece.len()]));
        // What it holds is twice the largest convolution's weights, and a few times the header itself.
        let (most, allowed) = (heap::most(), 2 * 9_500_000 + 12 * header.len());
        assert!(most < allowed, "{classes} classes: a header of {} bytes took {most}", header.len());
        let error = loader.finish().err().expect("an error").to_string();
        let expected = if classes > MOST_CLASSES { "32768 are the most" } else { "cut off" };
        assert!(error.contains(expected), "{error}");
    }
}
