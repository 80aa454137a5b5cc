//! Pictures to learn from, made here: ten classes of shape and texture, as many as anybody wants.
//!
//! A class is told by form alone. Colours, place, size and turn are random, and noise lies over everything.

use super::random::Random;

/// By class.
pub const LABELS: [&str; 10] = [
    "disc",
    "square",
    "triangle",
    "cross",
    "ring",
    "horizontal stripes",
    "vertical stripes",
    "diagonal stripes",
    "checks",
    "rings",
];

/// What of a colour's three parts the two colours of a picture differ by at least, in one part.
const CONTRAST: f32 = 0.35;
/// Of a picture's centre, in a picture that goes from -1 to 1.
const OFFSET: f32 = 0.35;
/// Half of a shape's width.
const SIZES: [f32; 2] = [0.45, 0.75];
/// In radians.
const TURN: f32 = 0.35;
/// Stripes, checks and rings repeat after this part of a shape's size.
const PERIOD: f32 = 0.9;
/// What is taken off pixels, which go from 0 to 1.
pub const MEAN: f32 = 0.5;
/// What pixels are divided by, less the mean.
pub const DEVIATION: f32 = 0.25;

/// A batch: pictures `[height][width][3]` one after the other, normalised, and a class for each.
#[derive(Clone, Debug, PartialEq)]
pub struct Batch {
    /// Normalised by [`MEAN`] and [`DEVIATION`].
    pub pixels: Vec<f32>,
    /// One per picture: an index of [`LABELS`].
    pub labels: Vec<usize>,
}

impl Batch {
    fn picture(&self) -> usize {
        self.pixels.len() / self.labels.len().max(1)
    }

    /// The first `count` pictures, or all where there are fewer.
    pub fn first(&self, count: usize) -> Batch {
        let count = count.min(self.labels.len());
        Batch { pixels: self.pixels[..count * self.picture()].to_vec(), labels: self.labels[..count].to_vec() }
    }

    /// At most `size` pictures at a time.
    pub fn parts(&self, size: usize) -> impl Iterator<Item = Batch> + '_ {
        let pixels = self.pixels.chunks((size * self.picture()).max(1));
        let part = |(pixels, labels): (&[f32], &[usize])| Batch { pixels: pixels.to_vec(), labels: labels.to_vec() };
        pixels.zip(self.labels.chunks(size)).map(part)
    }
}

/// An endless stream of pictures.
pub struct Pictures {
    side: usize,
    noise: f32,
    random: Random,
}

impl Pictures {
    /// `noise`: its standard deviation, where a colour goes from 0 to 1.
    pub fn new(side: usize, noise: f32, random: Random) -> Pictures {
        Pictures { side, noise, random }
    }

    /// The next `size` pictures.
    pub fn batch(&mut self, size: usize) -> Batch {
        let mut batch = Batch { pixels: Vec::with_capacity(size * self.side * self.side * 3), labels: Vec::new() };
        for _ in 0..size {
            let class = self.random.below(LABELS.len());
            batch.labels.push(class);
            self.paint(class, &mut batch.pixels);
        }
        batch
    }

    /// Appends one picture.
    fn paint(&mut self, class: usize, pixels: &mut Vec<f32>) {
        let random = &mut self.random;
        let colours = loop {
            let mut colour = || [(); 3].map(|()| random.unit());
            let (figure, ground) = (colour(), colour());
            if figure.iter().zip(ground).any(|(f, g)| (f - g).abs() >= CONTRAST) {
                break [ground, figure];
            }
        };
        let [x0, y0] = [(); 2].map(|()| random.between(-OFFSET, OFFSET));
        let size = random.between(SIZES[0], SIZES[1]);
        let (sin, cos) = random.between(-TURN, TURN).sin_cos();
        let start = pixels.len();
        let place = |i: usize| (i as f32 + 0.5) / self.side as f32 * 2.0 - 1.0;
        for (y, x) in (0..self.side).flat_map(|y| (0..self.side).map(move |x| (y, x))) {
            let (dx, dy) = ((place(x) - x0) / size, (place(y) - y0) / size);
            let inside = covers(class, cos * dx + sin * dy, cos * dy - sin * dx);
            pixels.extend(colours[usize::from(inside)]);
        }
        let pixels = &mut pixels[start..];
        self.random.add_noise(pixels, self.noise);
        pixels.iter_mut().for_each(|value| *value = (*value - MEAN) / DEVIATION);
    }
}

/// Whether the shape of a class, turned upright and made 1 large, covers a point.
fn covers(class: usize, x: f32, y: f32) -> bool {
    let radius = x.hypot(y);
    let second = |v: f32| (v / (PERIOD / 2.0)).floor().rem_euclid(2.0) == 1.0;
    match class {
        0 => radius < 1.0,
        1 => x.abs().max(y.abs()) < 0.85,
        2 => y < 0.7 && y > 2.0 * x.abs() - 1.0,
        3 => x.abs().min(y.abs()) < 0.3 && x.abs().max(y.abs()) < 1.0,
        4 => (0.55..1.0).contains(&radius),
        5 => second(y),
        6 => second(x),
        7 => second((x + y) * std::f32::consts::FRAC_1_SQRT_2),
        8 => second(x) != second(y),
        _ => second(radius),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_decides_the_pictures() {
        let batch = |seed| Pictures::new(16, 0.25, Random::of(seed, "training")).batch(8);
        assert_eq!(batch(3), batch(3));
        assert!(batch(3) != batch(4));
    }

    #[test]
    fn pictures_are_of_all_classes_and_of_two_colours() {
        let side = 16;
        let batch = Pictures::new(side, 0.0, Random::of(0, "test")).batch(500);
        let mut seen = [0; LABELS.len()];
        for (picture, &label) in batch.pixels.chunks_exact(side * side * 3).zip(&batch.labels) {
            seen[label] += 1;
            let mut colours: Vec<&[f32]> = picture.chunks_exact(3).collect();
            colours.sort_by(|a, b| a.partial_cmp(b).unwrap());
            colours.dedup();
            assert_eq!(colours.len(), 2, "{}", LABELS[label]);
            let apart = colours[0].iter().zip(colours[1]).map(|(a, b)| (a - b).abs() * DEVIATION);
            assert!(apart.fold(0.0, f32::max) >= CONTRAST - 1e-6);
        }
        assert!(seen.iter().all(|&n| (25..75).contains(&n)), "{seen:?}");
    }
}
