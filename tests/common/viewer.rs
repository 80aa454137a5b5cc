//! Lesions that resume where they begin, whole blocks, class activation maps, crops.

use super::random::Random;
use skipscope::arch::Architecture;
use skipscope::image::{Crop, Picture};
use skipscope::kernels::Layout;
use skipscope::lesion::{Lesion, Scales};
use skipscope::model::Model;
use skipscope::network::Network;
use skipscope::trace::{Branch, Map, Recorder};
use skipscope::viewer::Viewer;
use skipscope::weights::synthetic::{Synthetic, image};

pub fn viewer(model: &str) -> Viewer {
    let bytes: &[u8] = match model {
        "resnet20" => include_bytes!("../../www/public/models/resnet20.gguf"),
        "plain20" => include_bytes!("../../www/public/models/plain20.gguf"),
        _ => panic!("no such model in the repository: {model}"),
    };
    let mut viewer = Viewer::new(Model::open(bytes).unwrap());
    viewer.look(&Picture::new(&pixels(70, 50), 70, 50).unwrap(), None).unwrap();
    viewer
}

pub fn pixels(width: usize, height: usize) -> Vec<u8> {
    let mut random = Random::new(7);
    let smooth = |p: usize| 128.0 + 90.0 * ((p % width) as f32 / 9.0).sin() * ((p / width) as f32 / 7.0).cos();
    (0..width * height * 4).map(|i| (smooth(i / 4) + 20.0 * random.signed() + (i % 4) as f32) as u8).collect()
}

pub fn lesion(block: usize, identity: f32, residual: f32) -> Lesion {
    let mut lesion = Lesion::none();
    lesion.set(block, Scales { identity, residual }).unwrap();
    lesion
}

fn bits(values: &[f64]) -> Vec<u64> {
    values.iter().map(|v| v.to_bits()).collect()
}

/// What a run recorded, from a block on, to the bit.
fn recorded(recorder: &Recorder, from: usize) -> Vec<(String, Vec<u32>)> {
    let count = recorder.from() + recorder.blocks().len();
    let map = |block: usize, branch| recorder.block(block).unwrap().mean_map(branch).unwrap_or_default();
    (from..count)
        .map(|block| {
            let maps = Branch::ALL.iter().flat_map(|&branch| map(block, branch)).map(|v| v.to_bits()).collect();
            (format!("{:?}", recorder.block(block).unwrap().statistics), maps)
        })
        .collect()
}

pub fn a_resumed_lesion_is_to_the_bit_what_a_run_from_the_pixels_gives() {
    for model in ["resnet20", "plain20"] {
        let mut viewer = viewer(model);
        let mut intact = Recorder::new(None);
        viewer.run(&Lesion::none(), None, &mut intact).unwrap();
        let blocks = intact.blocks().len();
        for block in 0..blocks {
            let lesion = lesion(block, 0.5, 0.3 * block as f32);
            let mut fresh = Recorder::new(None);
            let expected = viewer.run(&lesion, None, &mut fresh).unwrap();
            assert_eq!((fresh.from(), fresh.blocks().len()), (0, blocks), "nothing is remembered yet");
            assert!(
                recorded(&fresh, 0)[..block] == recorded(&intact, 0)[..block],
                "before the lesion all is as it was"
            );
            assert!(recorded(&fresh, block) != recorded(&intact, block), "block {block} of {model}");

            viewer.remember(&mut Recorder::new(None)).unwrap();
            let mut resumed = Recorder::new(None);
            let found = viewer.run(&lesion, None, &mut resumed).unwrap();
            assert_eq!((resumed.from(), resumed.blocks().len()), (block, blocks - block));
            assert_eq!(bits(&found), bits(&expected));
            assert!(recorded(&resumed, block) == recorded(&fresh, block), "block {block} of {model}");
            let picture = pixels(70, 50);
            viewer.look(&Picture::new(&picture, 70, 50).unwrap(), None).unwrap(); // which forgets
        }
    }
}

pub fn scales_of_one_change_no_bit() {
    let mut viewer = viewer("resnet20");
    let plain = viewer.run(&Lesion::none(), None, &mut Recorder::new(None)).unwrap();
    let remembered = viewer.remember(&mut Recorder::new(None)).unwrap();
    let ones = Lesion::from_scales(&[1.0; 18], 9).unwrap();
    assert_eq!(ones.first(), None);
    assert_eq!(bits(&viewer.run(&ones, None, &mut Recorder::new(None)).unwrap()), bits(&plain));
    assert_eq!(bits(&remembered), bits(&plain));
    // And with the arithmetic of a lesion, resumed in the middle.
    let mut network_run = Recorder::new(None);
    let cut_and_restored = lesion(4, 1.0, 1.0);
    assert_eq!(bits(&viewer.run(&cut_and_restored, Some(3), &mut network_run).unwrap()), bits(&plain));
}

/// Every kind of shortcut, at every block: projections are ResNet-18's.
pub fn networks_resume_at_every_block() {
    let architecture = Architecture::named("resnet18").unwrap();
    let side = 64;
    let mut network = Network::build(&architecture, side, &mut Synthetic::with_batch_norm(&architecture)).unwrap();
    let layout = network.input_layout();
    let chw = image(side);
    for (i, value) in chw.iter().enumerate() {
        let (c, place) = (i / (side * side), i % (side * side));
        network.input()[layout.at(place / side, place % side) + c] = *value;
    }
    let nothing = Lesion::none();
    let blocks = network.flow().blocks().len();
    assert!(network.resume(0, &nothing, &mut Recorder::new(None)).is_none(), "nothing is remembered yet");
    let logits = network.forward_remembered(&nothing, &mut Recorder::new(None)).to_vec();
    for block in 0..blocks {
        let resumed = network.resume(block, &nothing, &mut Recorder::new(None));
        assert_eq!(resumed, Some(&logits[..]), "from block {block}");
    }
    assert!(network.resume(blocks, &nothing, &mut Recorder::new(None)).is_none(), "there is no such block");
    network.forget();
    assert!(network.resume(0, &nothing, &mut Recorder::new(None)).is_none());
}

pub fn a_block_before_the_lesion_is_kept_when_asked_for() {
    let mut viewer = viewer("resnet20");
    viewer.remember(&mut Recorder::new(None)).unwrap();
    let mut intact = Recorder::new(Some(2));
    viewer.run(&Lesion::none(), Some(2), &mut intact).unwrap();
    let mut cut = Recorder::new(Some(2));
    viewer.run(&lesion(6, 1.0, 0.0), Some(2), &mut cut).unwrap();
    assert_eq!(cut.from(), 2);
    let (a, b) = (intact.kept().unwrap(), cut.kept().unwrap());
    assert_eq!((&a.identity, &a.residual, &a.output), (&b.identity, &b.residual, &b.output));
}

/// relu(conv1) goes into the last convolution: what the steps show must be what the block computes with.
pub fn inner_steps_are_those_of_the_run() {
    let mut viewer = viewer("resnet20");
    let mut recorder = Recorder::new(Some(4));
    let probed = viewer.run(&Lesion::none(), Some(4), &mut recorder).unwrap();
    let unprobed = viewer.run(&Lesion::none(), None, &mut Recorder::new(None)).unwrap();
    assert_eq!(bits(&probed), bits(&unprobed), "looking changes nothing");
    let [step] = recorder.steps() else { panic!("a basic block has one inner step") };
    assert_eq!((step.channels, step.height, step.width), (32, 16, 16));
    assert!(step.data.iter().any(|&v| v < 0.0), "before its ReLU");
}

pub fn channels_come_one_after_the_other() {
    let layout = Layout::map(5, 3, 21);
    let data: Vec<f32> = (0..layout.len()).map(|i| i as f32).collect();
    let map = Map { layout, data: &data };
    let (whole, mut seen) = (map.to_activation(), 0);
    map.planes(|channel, plane| {
        assert_eq!(channel, seen);
        assert_eq!(plane, whole.channel(channel));
        seen += 1;
    });
    assert_eq!(seen, 21);
}

/// Zhou et al.: the mean of a class's map, and a bias that does not depend on the picture, are its logit.
pub fn class_activation_maps_sum_up_to_the_logits() {
    let mut viewer = viewer("resnet20");
    let mut differences = Vec::new();
    for shift in [0, 13, 29] {
        let picture = pixels(70 + shift, 50 + shift);
        viewer.look(&Picture::new(&picture, 70 + shift, 50 + shift).unwrap(), None).unwrap();
        let probabilities = viewer.run(&Lesion::none(), None, &mut Recorder::new(None)).unwrap();
        let mean = |class: usize| {
            let cam = viewer.cam(class).unwrap();
            assert_eq!((cam.height, cam.width, cam.values.len()), (8, 8, 64));
            cam.values.iter().map(|&v| f64::from(v)).sum::<f64>() / 64.0
        };
        // The logits' difference between two classes, less the maps': the difference of their biases.
        let bias: Vec<f64> =
            (1..10).map(|c| (probabilities[c] / probabilities[0]).ln() - (mean(c) - mean(0))).collect();
        differences.push(bias);
    }
    for other in &differences[1..] {
        for (a, b) in other.iter().zip(&differences[0]) {
            assert!((a - b).abs() < 1e-4, "{a} is not {b}");
        }
    }
    assert!(viewer.cam(10).is_none());
}

pub fn a_viewer_sees_the_crop_it_is_given() {
    let mut viewer = viewer("resnet20");
    let centre = (viewer.square().to_vec(), viewer.crop());
    let picture = pixels(70, 50);
    let picture = Picture::new(&picture, 70, 50).unwrap();
    viewer.look(&picture, Some(Crop { left: 60.0, top: 2.0, side: 32.0 })).unwrap();
    assert_eq!(viewer.crop(), Crop { left: 38.0, top: 2.0, side: 32.0 }, "moved into the picture");
    assert_ne!(viewer.square(), centre.0);
    // 32 pixels to 32: nothing is resized, so they are the picture's own.
    let pixel = |x: usize, y: usize| pixels(70, 50)[4 * (70 * y + x)..][..3].to_vec();
    assert_eq!(viewer.square()[..3], pixel(38, 2));
    viewer.look(&picture, None).unwrap();
    assert_eq!((viewer.square().to_vec(), viewer.crop()), centre);
}
