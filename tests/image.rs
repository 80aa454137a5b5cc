//! Pictures to network input: what PIL and torchvision make of them, and shapes that nobody takes a photo in.
#![cfg(not(target_arch = "wasm32"))]

use skipscope::image::{Error, Picture, normalise, on_white};
use skipscope::kernels::Layout;

struct Rgba {
    pixels: Vec<u8>,
    width: usize,
    height: usize,
}

fn fixture(name: &str) -> Rgba {
    let path = format!("{}/tests/fixtures/images/{name}.webp", env!("CARGO_MANIFEST_DIR"));
    let image = image::open(path).unwrap().into_rgba8();
    let (width, height) = (image.width() as usize, image.height() as usize);
    Rgba { pixels: image.into_raw(), width, height }
}

#[test]
fn the_square_is_pillows() {
    for name in ["chelsea", "coffee", "rocket", "small"] {
        let Rgba { pixels, width, height } = fixture(name);
        let picture = Picture::new(&pixels, width, height).unwrap();
        for (resize, crop) in [(256, 224), (32, 32)] {
            let expected = fixture(&format!("{name}_{resize}_{crop}")).pixels;
            let square = picture.centre(resize, crop).unwrap();
            assert_eq!(square.len(), crop * crop * 4);
            let differences = square.iter().zip(&expected).map(|(a, b)| a.abs_diff(*b));
            let (worst, unequal) = differences.fold((0, 0), |(w, n), d| (w.max(d), n + usize::from(d > 0)));
            println!("{name} {resize}/{crop}: at most {worst}/255, {unequal} of {} values differ", square.len());
            assert!(worst <= 1, "{name} {resize}/{crop}: {worst}");
        }
    }
}

/// A square that is already of the right size stays as it is: CIFAR's pictures do.
#[test]
fn nothing_is_resampled_without_need() {
    let square: Vec<u8> = (0..32 * 32 * 4).map(|i| if i % 4 == 3 { 255 } else { (i * 37 % 251) as u8 }).collect();
    assert_eq!(Picture::new(&square, 32, 32).unwrap().centre(32, 32).unwrap(), square);
}

#[test]
fn extreme_shapes_work() {
    for (width, height) in [(1, 1), (1, 5000), (5000, 1), (2, 3), (1, 1 << 20), (1 << 20, 1), (33, 32), (4001, 7)] {
        let pixels: Vec<u8> = [10, 130, 250, 255].repeat(width * height);
        let picture = Picture::new(&pixels, width, height).unwrap();
        for (resize, crop) in [(256, 224), (32, 32), (255, 224), (1024, 8)] {
            let square = picture.centre(resize, crop).unwrap();
            assert_eq!(square, [10, 130, 250, 255].repeat(crop * crop), "{width} x {height}, {resize}/{crop}");
        }
    }
}

#[test]
fn impossible_shapes_are_errors() {
    assert!(matches!(Picture::new(&[], 0, 0), Err(Error::Empty(0, 0))));
    assert!(matches!(Picture::new(&[], 0, 7), Err(Error::Empty(0, 7))));
    assert!(matches!(Picture::new(&[0; 16], 2, 1), Err(Error::Length { bytes: 16, width: 2, height: 1 })));
    assert!(matches!(Picture::new(&[0; 16], usize::MAX, 4), Err(Error::TooLarge(..))));
    assert!(matches!(Picture::new(&[0; 16], 1 << 20, 1 << 20), Err(Error::Length { .. })));
}

/// Colour under transparent pixels must neither vanish nor shine through.
#[test]
fn alpha_ends_on_white() {
    let mut pixels = [10, 20, 30, 255, 10, 20, 30, 0, 0, 100, 200, 128];
    on_white(&mut pixels);
    assert_eq!(pixels, [10, 20, 30, 255, 255, 255, 255, 255, 127, 177, 227, 255]);
}

#[test]
fn the_input_is_normalised_in_place() {
    let layout = Layout::image(2, 2, 3, 7);
    let mut input = vec![0.0; layout.len()];
    let pixels = [0, 51, 255, 255, 255, 0, 51, 255, 51, 255, 0, 255, 1, 2, 3, 255];
    normalise(&pixels, [0.5, 0.2, 0.0], [0.5, 0.1, 2.0], &layout, &mut input);
    let seen: Vec<f32> = layout.pixels(&input).flatten().copied().collect();
    let expected = [-1.0, 0.0, 0.5, 1.0, -2.0, 0.1, -0.6, 8.0, 0.0];
    seen.iter().zip(expected).for_each(|(a, b)| assert!((a - b).abs() < 1e-6, "{a} where {b} is due"));
    let set = |values: &[f32]| values.iter().filter(|v| **v != 0.0).count();
    assert_eq!(set(&input), set(&seen), "the halo stays zero");
}
