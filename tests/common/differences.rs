//! Gradients of the lab's operations against finite differences.

use super::random::Random;
use candle_core::{Device, Result, Tensor, Var};
use skipscope::lab::ops::{self, Join, Statistics};

/// Of the gradient's rms. The values are f32, so that a difference is good to 1e-4 or so.
const TOLERANCE: f64 = 3e-3;

fn random(shape: &[usize], random: &mut Random) -> Tensor {
    let values: Vec<f32> = (0..shape.iter().product()).map(|_| random.signed()).collect();
    Tensor::from_vec(values, shape, &Device::Cpu).unwrap()
}

fn values(tensor: &Tensor) -> Vec<f32> {
    tensor.flatten_all().unwrap().to_vec1().unwrap()
}

/// The gradient of a random weighting of what `f` makes, with respect to each of its arguments, against central differences.
fn check(what: &str, shapes: &[&[usize]], f: impl Fn(&[Tensor]) -> Result<Tensor>) {
    let mut numbers = Random::new(what.len() as u64);
    let arguments: Vec<Var> =
        shapes.iter().map(|shape| Var::from_tensor(&random(shape, &mut numbers)).unwrap()).collect();
    let tensors = |arguments: &[Var]| arguments.iter().map(|a| a.as_tensor().clone()).collect::<Vec<_>>();
    let y = f(&tensors(&arguments)).unwrap();
    let weights = random(y.dims(), &mut numbers);
    let gradients = (&y * &weights).unwrap().sum_all().unwrap().backward().unwrap();
    let weights = values(&weights);
    let total = |arguments: &[Tensor]| -> f64 {
        values(&f(arguments).unwrap()).iter().zip(&weights).map(|(y, w)| f64::from(*y) * f64::from(*w)).sum()
    };
    for (index, argument) in arguments.iter().enumerate() {
        let gradient = values(gradients.get(argument).unwrap_or_else(|| panic!("{what}: argument {index}")));
        assert_eq!(gradient.len(), argument.elem_count());
        let rms = (gradient.iter().map(|&g| f64::from(g).powi(2)).sum::<f64>() / gradient.len() as f64).sqrt();
        let at = values(argument);
        for _ in 0..12 {
            let i = numbers.between(0, at.len() - 1);
            let step = 1e-2;
            let moved = |by: f32| {
                let mut at = at.clone();
                at[i] += by;
                let mut all = tensors(&arguments);
                all[index] = Tensor::from_vec(at, argument.shape(), &Device::Cpu).unwrap();
                total(&all)
            };
            let difference = (moved(step) - moved(-step)) / (2.0 * f64::from(step));
            let error = (difference - f64::from(gradient[i])).abs() / rms.max(1e-3);
            assert!(error < TOLERANCE, "{what}: argument {index}, value {i}: {difference} is not {}", gradient[i]);
        }
    }
}

pub fn convolutions() {
    for (stride, inputs, outputs, height, width) in
        [(1, 8, 8, 16, 16), (2, 8, 16, 8, 8), (2, 16, 32, 7, 5), (1, 24, 16, 5, 9), (1, 8, 8, 1, 1)]
    {
        let shapes: [&[usize]; 2] = [&[3, height, width, inputs], &[outputs, inputs, 3, 3]];
        check(&format!("{shapes:?} with stride {stride}"), &shapes, |a| ops::conv(&a[0], &a[1], stride));
    }
}

/// Of a picture, whose own gradient nobody asks for.
pub fn stems() {
    for (stride, height, width) in [(1, 8, 8), (2, 9, 8)] {
        let picture = random(&[3, height, width, 3], &mut Random::new(3));
        check(&format!("a stem with stride {stride}"), &[&[16, 3, 3, 3]], |a| ops::conv(&picture, &a[0], stride));
    }
}

/// With the ReLU that may follow; away from its kink, where there is no derivative.
pub fn batch_norms() {
    let shapes: [&[usize]; 3] = [&[4, 3, 5, 16], &[16], &[16]];
    check("batch norm", &shapes, |a| Ok(ops::norm(&a[0], (&a[1], &a[2]), Statistics::Batch, 1e-5, false)?.0));
    let (mean, variance) = (vec![0.25; 16], vec![2.0; 16]);
    let fixed = Statistics::Fixed { mean: &mean, variance: &variance };
    check("batch norm in inference", &shapes, |a| Ok(ops::norm(&a[0], (&a[1], &a[2]), fixed, 1e-5, false)?.0));
    // Shifted so far that every ReLU is on for the first half of channels, and off for the second.
    let shift =
        Tensor::from_vec((0..16).map(|c| if c < 8 { 9.0 } else { -9.0f32 }).collect(), 16, &Device::Cpu).unwrap();
    check("batch norm and ReLU", &shapes, |a| {
        Ok(ops::norm(&a[0], (&a[1], &(&a[2] + &shift)?), Statistics::Batch, 1e-5, true)?.0)
    });
}

pub fn sums_and_shortcuts() {
    let map: &[usize] = &[2, 5, 4, 8];
    // No value is as close to zero as a step: ReLU has no derivative there.
    let away = |x: &Tensor| x.sign()?.affine(0.5, 0.0)? + x;
    check("ReLU", &[map], |a| ops::relu(&away(&a[0])?));
    check("option A", &[map], |a| ops::subsample(&a[0], 16));
    check("scale", &[map, &[1]], |a| ops::scale(&a[0], &a[1]));
    let linear = Join { identity_scale: 0.5, residual_scale: 0.75, relu: false };
    check("sum", &[map, map], |a| ops::join(&a[0], &a[1], linear));
    let relu = Join { relu: true, ..linear };
    let signs = Tensor::from_vec((0..320).map(|i| if i % 3 == 0 { 4.0 } else { -4.0f32 }).collect(), map, &Device::Cpu)
        .unwrap();
    check("sum and ReLU", &[map, map], |a| ops::join(&(&a[0] + &signs)?, &a[1], relu));
}

pub fn heads() {
    check("mean over places", &[&[3, 4, 5, 8]], |a| ops::mean(&a[0]));
    check("cross-entropy", &[&[4, 10]], |a| ops::cross_entropy(&a[0], &[3, 0, 9, 3]));
}
