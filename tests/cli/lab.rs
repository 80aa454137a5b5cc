//! Nets that the lab trained: what leaves it is read back.

use super::random::Random;
use super::*;
use skipscope::image::Picture;
use skipscope::lab::net::Wiring;
use skipscope::lab::ops::softmax;
use skipscope::lab::subject::Subject;
use skipscope::lab::trainer::{Trainer, likeliest, logits};
use skipscope::lab::{Settings, export};
use skipscope::lesion::Lesion;
use skipscope::model::Model;
use skipscope::trace::NoProbe;

fn trained(wiring: Wiring, batch_norm: bool) -> Trainer {
    let settings = Settings { wiring, batch_norm, depth: 14, batch: 8, learning_rate: 0.02, ..Settings::default() };
    let mut trainer = Trainer::new(settings).unwrap();
    (0..8).for_each(|_| _ = trainer.step().unwrap());
    trainer
}

#[test]
fn a_net_that_the_lab_trained_is_read_back_with_equal_logits() {
    let here = folder("lab");
    let path = |name: &str| here.join(name).to_str().unwrap().to_string();
    let mut random = Random::new(5);
    let pixels: Vec<u8> = (0..16 * 16).flat_map(|_| [(); 4].map(|()| random.between(0, 255) as u8)).collect();
    let pixels: Vec<u8> = pixels.chunks_exact(4).flat_map(|p| [p[0], p[1], p[2], 255]).collect();
    let picture = image::RgbaImage::from_raw(16, 16, pixels.clone()).unwrap();
    std::fs::write(path("picture.png"), encode(&picture.into(), ImageFormat::Png)).unwrap();
    let picture = Picture::new(&pixels, 16, 16).unwrap();

    for (wiring, batch_norm) in [
        (Wiring::Residual, true),
        (Wiring::Plain, true),
        (Wiring::Residual, false),
        (Wiring::SkipInit, true),
        (Wiring::SkipInit, false),
        (Wiring::StochasticDepth, true),
    ] {
        let trainer = trained(wiring, batch_norm);
        let card = export::card(trainer.net(), "lab", "Lab", "");
        let mut subject = Subject::of(trainer.net().copy().unwrap(), card.clone(), trainer.test().first(0));
        subject.add(&picture, None).unwrap();
        let expected = logits(trainer.net(), subject.pictures()).unwrap();

        std::fs::write(path("net.safetensors"), export::checkpoint(trainer.net()).unwrap()).unwrap();
        std::fs::write(path("card.json"), serde_json::to_string(&card).unwrap()).unwrap();
        let (input, out, card) = (path("net.safetensors"), path("net.gguf"), path("card.json"));
        let ran = skipscope(["convert", &input, "--out", &out, "--card", &card, "--precision", "f32"]);
        assert_eq!(ran.code, Some(0), "{wiring:?}: {}", ran.err);
        let file = std::fs::read(&out).unwrap();
        let own = export::model(trainer.net(), "lab", "Lab", "").unwrap();
        let differ = file.iter().zip(&own).position(|(theirs, own)| theirs != own);
        assert_eq!(
            (differ, file.len()),
            (None, own.len()),
            "{wiring:?}, batch norm {batch_norm}: the lab writes the same itself"
        );

        let mut model = Model::open(&file).unwrap();
        model.set_input(&picture.seen_by(&model.card).unwrap());
        let found = model.network_mut().forward(&Lesion::none(), &mut NoProbe).to_vec();
        let scale = expected.iter().fold(0.0, |most: f32, v| most.max(v.abs()));
        let worst = found.iter().zip(&expected).map(|(f, e)| (f - e).abs()).fold(0.0, f32::max);
        assert!(worst < 1e-5 * scale, "{wiring:?}, batch norm {batch_norm}: {found:?} is not {expected:?}");

        let ran = skipscope(["classify", "--json", "--model", &out, "--top", "10", &path("picture.png")]);
        let line: Value = serde_json::from_str(&ran.out).unwrap_or_else(|_| panic!("{}", ran.err));
        assert_eq!(line["top"][0]["index"], likeliest(&expected));
        for (found, expected) in probabilities(&line).into_iter().zip(softmax(&expected)) {
            assert!((found - expected).abs() < 1e-5, "{wiring:?}: {found} is not {expected}");
        }
    }
}

#[test]
fn what_is_no_residual_net_is_not_written_down_as_one() {
    for wiring in [Wiring::PreActivation, Wiring::Scaled(0.5)] {
        assert!(export::checkpoint(trained(wiring, true).net()).unwrap_err().to_string().contains("residual"));
    }
}
