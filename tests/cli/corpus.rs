//! One cat in every dress that a picture file comes in: tests/fixtures/pictures/make.py made them. The browser tests hold the
//! page to the same expectations.

use super::*;
use std::collections::BTreeMap;

pub fn pictures() -> PathBuf {
    Path::new(ROOT).join("tests/fixtures/pictures")
}

/// Names with the network's ten probabilities.
pub fn expected() -> BTreeMap<String, Vec<f64>> {
    serde_json::from_slice(&std::fs::read(pictures().join("expected.json")).unwrap()).unwrap()
}

fn apart(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).fold(0.0, |worst, (a, b)| (a - b).abs().max(worst))
}

#[test]
fn every_dress_gives_what_is_expected() {
    let expected = expected();
    let files: Vec<String> = expected.keys().map(|name| pictures().join(name).display().to_string()).collect();
    let names: Vec<&str> = files.iter().map(String::as_str).collect();
    let (ran, lines) = classify(&names, &["--top", "10"]);
    assert_eq!((ran.code, lines.len()), (Some(0), files.len()), "{}", ran.err);
    for ((name, expected), line) in expected.iter().zip(&lines) {
        let off = apart(expected, &probabilities(line));
        assert!(off < 5e-4, "{name}: {off}");
    }
    let listed = std::fs::read_dir(pictures()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut pictures: Vec<String> = listed.filter(|name| !name.ends_with(".py") && !name.ends_with(".json")).collect();
    pictures.sort();
    assert!(pictures.iter().eq(expected.keys()), "each picture of the folder is expected to be something");
}

/// What is expected is not only what once came out: it is the same picture.
#[test]
fn dresses_do_not_change_the_cat() {
    let expected = expected();
    for (of, worst, names) in [
        (
            "rgb.png",
            1e-4,
            "exif-6.png exif-6.webp 16-bit.png srgb.png interlaced.png lossless.webp rgb.bmp top-down.bmp \
            animated.png animated.webp",
        ),
        ("grey.png", 1e-4, "16-bit-grey.png"),
        ("palette.png", 1e-4, "palette.bmp animated.gif"),
        ("alpha.png", 1e-4, "alpha.webp"),
        ("profile.png", 1e-4, "profile.webp"),
        // JPEG's losses differ with how the picture lies.
        ("rgb.png", 0.025, "exif-1.jpg exif-2.jpg exif-3.jpg exif-4.jpg exif-5.jpg exif-6.jpg exif-7.jpg exif-8.jpg"),
        ("rgb.png", 0.025, "progressive.jpg progressive-420.jpg restarts.jpg 420.jpg 422.jpg cmyk.jpg lossy.webp"),
        ("exif-1.jpg", 1e-4, "progressive.jpg restarts.jpg"),
        ("420.jpg", 1e-4, "progressive-420.jpg"),
        ("grey.png", 0.025, "grey.jpg"),
        ("profile.png", 0.04, "profile.jpg"),
    ] {
        for name in names.split_whitespace() {
            let off = apart(&expected[of], &expected[name]);
            assert!(off < worst, "{name} is {off} from {of}");
        }
    }
}
