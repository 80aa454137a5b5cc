//! What training needs of the kernels, against naive f64.

use super::random::Random;
use skipscope::kernels::{BatchNorm, Layout, WeightGradient};

const TOLERANCE: f64 = 1e-5;

fn signed(n: usize, random: &mut Random) -> Vec<f32> {
    (0..n).map(|_| random.signed()).collect()
}

fn compare(what: &str, found: &[f32], expected: &[f64]) {
    compare_sums(what, found, expected, expected);
}

/// `terms`: what was added up to it. Where they cancel, what is left has their rounding.
fn compare_sums(what: &str, found: &[f32], expected: &[f64], terms: &[f64]) {
    assert_eq!(found.len(), expected.len(), "{what}");
    let rms = (terms.iter().map(|e| e * e).sum::<f64>() / terms.len() as f64).sqrt();
    for (i, (&found, &expected)) in found.iter().zip(expected).enumerate() {
        assert!(
            (f64::from(found) - expected).abs() <= TOLERANCE * (rms + 1e-3),
            "{what} [{i}]: {found} is not {expected}"
        );
    }
}

pub fn weight_gradients_match_naive() {
    let mut random = Random::new(7);
    for _ in 0..40 {
        let (stride, kernel) = (random.between(1, 2), random.pick(&[1, 3, 3, 3]));
        let (height, width) = (random.between(1, 17), random.between(1, 17));
        let (inputs, outputs) = (random.pick(&[3, 8, 16, 32]), random.pick(&[8, 16, 24]));
        let input =
            if inputs == 3 { Layout::image(height, width, 3, kernel) } else { Layout::map(height, width, inputs) };
        if kernel == 1 && inputs != 3 {
            continue; // a map's halo is one pixel
        }
        let output = Layout::dense(height.div_ceil(stride), width.div_ceil(stride), outputs);
        let mut gradient = WeightGradient::new(input, output, kernel, stride);
        let mut expected = vec![0.0; outputs * inputs * kernel * kernel];
        for maps in [1, random.between(1, 5)] {
            let mut x = vec![0.0; maps * input.len()];
            for map in x.chunks_exact_mut(input.len()) {
                for (y, x) in (0..height).flat_map(|y| (0..width).map(move |x| (y, x))) {
                    map[input.at(y, x)..][..inputs].fill_with(|| random.signed());
                }
            }
            let dy = signed(maps * output.len(), &mut random);
            gradient.add(&x, &dy);
            for (i, value) in expected.iter_mut().enumerate() {
                let (k, c, tap) =
                    (i / (inputs * kernel * kernel), i / (kernel * kernel) % inputs, i % (kernel * kernel));
                for map in 0..maps {
                    for (row, column) in (0..output.height()).flat_map(|y| (0..output.width()).map(move |x| (y, x))) {
                        let (y, x_) = (row * stride + tap / kernel, column * stride + tap % kernel);
                        let (y, x_) = (y as isize - (kernel / 2) as isize, x_ as isize - (kernel / 2) as isize);
                        if y >= 0 && x_ >= 0 && y < height as isize && x_ < width as isize {
                            let x = x[map * input.len() + input.at(y as usize, x_ as usize) + c];
                            let dy = dy[map * output.len() + output.at(row, column) + k];
                            *value += f64::from(x) * f64::from(dy);
                        }
                    }
                }
            }
        }
        compare(&format!("{input:?} to {output:?}, stride {stride}"), &gradient.finish(), &expected);
    }
}

pub fn batch_norms_match_naive() {
    let mut random = Random::new(8);
    for (pixels, channels, relu, batch) in [
        (1000, 8, true, true),
        (64, 32, false, true),
        (700, 16, true, false),
        (2, 8, false, true),
        (257, 24, true, true),
    ] {
        let offset: f32 = 3.0;
        let x: Vec<f32> = signed(pixels * channels, &mut random).iter().map(|v| offset + v).collect();
        let (gamma, beta) = (signed(channels, &mut random), signed(channels, &mut random));
        let dy = signed(x.len(), &mut random);
        let norm = match batch {
            true => BatchNorm::of_batch(&x, channels, 1e-5),
            false => BatchNorm::fixed(vec![offset + 0.1; channels], vec![0.5; channels], 1e-5),
        };
        let y = norm.forward(&x, &gamma, &beta, relu);
        let back = norm.backward(&x, &gamma, relu.then_some(&y), &dy, batch);
        let n = pixels as f64;
        let (mut y_, mut dx, mut d_gamma, mut d_beta) = (vec![0.0; x.len()], vec![0.0; x.len()], vec![], vec![]);
        let mut terms = vec![0.0; x.len()];
        for c in 0..channels {
            let at = |p: usize| p * channels + c;
            let of = |p: usize| f64::from(x[at(p)]);
            let (mean, variance) = match batch {
                true => {
                    let mean = (0..pixels).map(of).sum::<f64>() / n;
                    (mean, (0..pixels).map(|p| (of(p) - mean).powi(2)).sum::<f64>() / n)
                }
                false => (f64::from(norm.mean[c]), 0.5),
            };
            let scale = 1.0 / (variance + 1e-5).sqrt();
            let normal = |p: usize| (of(p) - mean) * scale;
            let sum = |p: usize| normal(p) * f64::from(gamma[c]) + f64::from(beta[c]);
            // What ReLU passed is what it passed: a value next to zero may round to either side.
            let dz = |p: usize| if relu && y[at(p)] <= 0.0 { 0.0 } else { f64::from(dy[at(p)]) };
            d_beta.push((0..pixels).map(dz).sum::<f64>());
            d_gamma.push((0..pixels).map(|p| dz(p) * normal(p)).sum::<f64>());
            for p in 0..pixels {
                y_[at(p)] = if relu { sum(p).max(0.0) } else { sum(p) };
                let through = if batch { (d_beta[c] + normal(p) * d_gamma[c]) / n } else { 0.0 };
                dx[at(p)] = f64::from(gamma[c]) * scale * (dz(p) - through);
                terms[at(p)] = f64::from(gamma[c]) * scale * dz(p);
            }
        }
        let what = format!("{pixels} pixels of {channels} channels");
        compare(&format!("{what}: y"), &y, &y_);
        compare_sums(&format!("{what}: dx"), &back.x, &dx, &terms); // two pixels cancel but for epsilon
        compare(&format!("{what}: gamma"), &back.gamma, &d_gamma);
        compare(&format!("{what}: beta"), &back.beta, &d_beta);
    }
}
