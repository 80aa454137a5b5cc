//! Three signed numbers as a colour that eyes tell apart evenly: lightness and two chromas (Ottosson 2020, OKLab).
//!
//! Beside plain red, green and blue this reads like a picture: shapes are carried by lightness, which every kind of colour
//! vision sees.

use std::sync::OnceLock;

/// Of zero, and how far it goes up and down.
const LIGHTNESS: (f32, f32) = (0.58, 0.40);
/// How far from grey.
const CHROMA: f32 = 0.17;
/// How much of its range a value at `reach` takes: 1 would be all.
const GAIN: f32 = 1.6;

/// RGBA of a value whose components lie about within plus and minus `reach`. Zero is grey, whatever is beyond draws near the
/// end of the range, and what is no number is a hole.
pub fn colour(value: [f32; 3], inverse_reach: [f32; 3]) -> [u8; 4] {
    let bent = |i: usize| {
        let v = value[i] * inverse_reach[i] * GAIN;
        let v = if v.is_finite() { v.clamp(-1e9, 1e9) } else { v }; // a larger one's square would not be
        v / (1.0 + v * v).sqrt()
    };
    let [light, a, b] = std::array::from_fn(bent);
    if !(light + a + b).is_finite() {
        return [0; 4];
    }
    let [r, g, b] = linear(LIGHTNESS.0 + LIGHTNESS.1 * light, CHROMA * a, CHROMA * b).map(encode);
    [r, g, b, 255]
}

fn linear(lightness: f32, a: f32, b: f32) -> [f32; 3] {
    let l = lightness + 0.396_337_78 * a + 0.215_803_76 * b;
    let m = lightness - 0.105_561_346 * a - 0.063_854_17 * b;
    let s = lightness - 0.089_484_18 * a - 1.291_485_5 * b;
    let [l, m, s] = [l, m, s].map(|v| v * v * v);
    [
        4.076_741_7 * l - 3.307_711_6 * m + 0.230_969_94 * s,
        -1.268_438 * l + 2.609_757_4 * m - 0.341_319_38 * s,
        -0.004_196_086_3 * l - 0.703_418_6 * m + 1.707_614_7 * s,
    ]
}

/// sRGB's curve, from a table: a power for every byte took longer than all the rest.
fn encode(linear: f32) -> u8 {
    const STEPS: usize = 4096; // the curve is steepest at black: 0.8 of a byte per step
    static TABLE: OnceLock<Vec<u8>> = OnceLock::new();
    let table = TABLE.get_or_init(|| {
        let curve = |v: f64| if v <= 0.003_130_8 { 12.92 * v } else { 1.055 * v.powf(1.0 / 2.4) - 0.055 };
        (0..=STEPS).map(|i| (255.0 * curve(i as f64 / STEPS as f64)).round() as u8).collect()
    });
    table[(linear.clamp(0.0, 1.0) * STEPS as f32 + 0.5) as usize]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zero_is_grey_and_ends_stay_in_the_range() {
        let [r, g, b, a] = colour([0.0; 3], [1.0; 3]);
        assert!(r == g && g == b && a == 255, "{r} {g} {b}");
        assert_eq!(colour([0.0; 3], [0.0; 3]), [r, g, b, 255]);
        let (dark, light) = (colour([-1e30, 0.0, 0.0], [1.0; 3]), colour([1e30, 0.0, 0.0], [1.0; 3]));
        assert!(dark[0] < r && r < light[0] && light[0] == light[2], "{dark:?} {light:?}");
    }

    #[test]
    fn what_is_no_number_is_a_hole() {
        assert_eq!(colour([0.0, f32::NAN, 0.0], [1.0; 3]), [0; 4]);
        assert_eq!(colour([f32::INFINITY, 0.0, 0.0], [1.0; 3]), [0; 4]);
    }

    /// Ottosson's own examples, in the other direction: white, and sRGB's red.
    #[test]
    fn known_colours() {
        assert_eq!(linear(1.0, 0.0, 0.0).map(encode), [255; 3]);
        assert_eq!(linear(0.627_96, 0.224_86, 0.125_85).map(encode), [255, 0, 0]);
    }
}
