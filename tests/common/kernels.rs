//! Every kernel against a naive f64 version of itself, over random shapes. Run natively and in every wasm flavour.

use super::random::Random;
pub use super::training::{batch_norms_match_naive, weight_gradients_match_naive};
use skipscope::kernels::{
    Algorithm, Aligned, Conv, Filter, Layout, Norm, TileSize, average_pool, global_average_pool, max_pool, option_a,
    pair_moments, relu, sum, with_team,
};
use std::ops::Range;

/// Of the rms of the expected values.
const TOLERANCE: f64 = 1e-5;

/// One random convolution.
#[derive(Debug)]
pub struct Case {
    input: Layout,
    output: Layout,
    filter: Filter,
    residual: bool,
    relu: bool,
    algorithm: Algorithm,
}

impl Case {
    pub fn new(input: Layout, outputs: usize, kernel: usize, stride: usize, random: &mut Random) -> Case {
        let output = Layout::map(input.height().div_ceil(stride), input.width().div_ceil(stride), outputs);
        let filter = Filter::new(kernel, stride);
        let algorithm = Algorithm::choose(&input, &output, filter);
        Case { input, output, filter, residual: random.coin(), relu: random.coin(), algorithm }
    }

    pub fn grouped(self, groups: usize) -> Case {
        Case { filter: self.filter.grouped(groups), algorithm: Algorithm::Grouped, ..self }
    }

    pub fn by(self, algorithm: Algorithm) -> Case {
        Case { algorithm, ..self }
    }

    /// Plans the convolution, runs it, compares it.
    pub fn check(&self, random: &mut Random) {
        let Case { input, output, filter, residual, relu, algorithm } = *self;
        let depth = input.channels() / filter.groups * filter.kernel.pow(2);
        // Variance 1 at the output, bias apart.
        let scale = 3.0 / (depth as f32).sqrt();
        let weight: Vec<f32> = (0..output.channels() * depth).map(|_| random.signed() * scale).collect();
        let bias: Vec<f32> = (0..output.channels()).map(|_| random.signed()).collect();
        let x = random_map(&input, random);
        let r = residual.then(|| random_map(&output, random));

        let conv = Conv::plan_with(algorithm, input, output, filter, &weight, &bias);
        assert_eq!(conv.algorithm(), algorithm);
        let mut scratch = Aligned::zeros(conv.scratch_len());
        let mut y = Aligned::zeros(output.len());
        // Twice: what a run leaves behind must not change the next.
        for _ in 0..2 {
            with_team(|| conv.run(&x, r.as_deref(), relu, &mut y, &mut scratch)); // threads, where built with them
        }

        let expected = naive(self, &x, &weight, &bias, r.as_deref());
        compare(&format!("{self:?}"), &output, &y, &expected);
    }
}

/// Pixel by pixel, channel by channel, in f64.
fn naive(case: &Case, x: &[f32], weight: &[f32], bias: &[f32], r: Option<&[f32]>) -> Vec<f64> {
    let Case { input, output, filter: Filter { kernel, stride, groups }, relu, .. } = *case;
    let (inputs, outputs) = (input.channels() / groups, output.channels() / groups);
    let pad = (kernel / 2) as isize;
    let mut expected = Vec::new();
    for (y, x_) in pixels(&output) {
        for k in 0..output.channels() {
            let mut sum = f64::from(bias[k]);
            for t in 0..kernel * kernel {
                let row = (y * stride + t / kernel) as isize - pad;
                let column = (x_ * stride + t % kernel) as isize - pad;
                if row < 0 || column < 0 || row >= input.height() as isize || column >= input.width() as isize {
                    continue;
                }
                let at = input.at(row as usize, column as usize) + k / outputs * inputs;
                for c in 0..inputs {
                    let w = weight[(k * inputs + c) * kernel * kernel + t];
                    sum += f64::from(w) * f64::from(x[at + c]);
                }
            }
            sum += r.map_or(0.0, |r| f64::from(r[output.at(y, x_) + k]));
            expected.push(if relu { sum.max(0.0) } else { sum });
        }
    }
    expected
}

fn pixels(layout: &Layout) -> impl Iterator<Item = (usize, usize)> + use<> {
    let (height, width, _) = layout.shape();
    (0..height).flat_map(move |y| (0..width).map(move |x| (y, x)))
}

/// Random values at valid pixels and channels, zeros elsewhere.
fn random_map(layout: &Layout, random: &mut Random) -> Aligned {
    let mut data = Aligned::zeros(layout.len());
    for (y, x) in pixels(layout) {
        data[layout.at(y, x)..][..layout.channels()].fill_with(|| random.signed());
    }
    data
}

/// Valid values as expected; everything else still zero.
fn compare(what: &str, layout: &Layout, found: &[f32], expected: &[f64]) {
    let (mut error, mut square, mut worst) = (0.0, 0.0, 0.0_f64);
    let mut rest = found.to_vec();
    for ((y, x), expected) in pixels(layout).zip(expected.chunks_exact(layout.channels())) {
        let at = layout.at(y, x);
        for (&f, &e) in found[at..].iter().zip(expected) {
            error += (f64::from(f) - e).powi(2);
            square += e * e;
            worst = worst.max((f64::from(f) - e).abs());
        }
        rest[at..at + layout.channels()].fill(0.0);
    }
    // The values have variance 1 or so; a single one may be close to zero by chance.
    let n = expected.len() as f64;
    let rms = (square / n).sqrt().max(0.5);
    assert!((error / n).sqrt() <= TOLERANCE * rms, "{what}: rms error {:e} of {rms}", (error / n).sqrt());
    assert!(worst <= 10.0 * TOLERANCE * rms, "{what}: worst error {worst:e} of {rms}");
    assert!(rest.iter().all(|&f| f == 0.0), "{what}: halo or padding channels were written");
}

/// Convolutions of every kernel size and stride, over maps: channels and sides that no block size divides.
pub fn convolutions_match_naive() {
    let mut random = Random::new(1);
    for _ in 0..240 {
        let channels = random.pick(&[1, 3, 7, 8, 16, 19, 24, 40, 64]);
        let outputs = random.pick(&[1, 5, 8, 10, 16, 27, 64]);
        let (height, width) = (random.between(1, 17), random.between(1, 17));
        let (kernel, stride) = (random.pick(&[1, 3]), random.between(1, 2));
        Case::new(Layout::map(height, width, channels), outputs, kernel, stride, &mut random)
            .by(Algorithm::Gemm)
            .check(&mut random);
    }
}

/// Deep sums, up to ResNet-50's deepest.
pub fn deep_convolutions_match_naive() {
    let mut random = Random::new(2);
    for (channels, kernel) in [(512, 1), (520, 1), (2048, 1), (57, 3), (64, 3), (193, 3), (512, 3)] {
        for (side, stride) in [(1, 1), (7, 1), (4, 2)] {
            Case::new(Layout::map(side, side, channels), 12, kernel, stride, &mut random)
                .by(Algorithm::Gemm)
                .check(&mut random);
        }
    }
}

/// Groups with whole panels of outputs, with halves of one, and with neither; of more inputs than outputs and of fewer; on maps
/// and on images; a last panel that is not full.
pub fn grouped_convolutions_match_naive() {
    let mut random = Random::new(15);
    for _ in 0..240 {
        let groups = random.pick(&[1, 2, 3, 4, 5, 8, 16, 32]);
        let inputs = groups * random.pick(&[1, 2, 3, 4, 6, 8, 16]);
        let outputs = groups * random.pick(&[1, 2, 3, 4, 5, 6, 8, 9, 12, 16, 20]);
        let (height, width) = (random.between(1, 14), random.between(1, 14));
        let (kernel, stride) = (random.pick(&[1, 3, 3]), random.between(1, 2));
        let input = match random.coin() {
            true => Layout::map(height, width, inputs),
            false => Layout::image(height, width, inputs, kernel),
        };
        Case::new(input, outputs, kernel, stride, &mut random).grouped(groups).check(&mut random);
    }
    // One filter a channel, and ResNeXt's own: 32x4d and 64x4d, rows at power-of-two distances.
    for (side, channels, groups, stride) in [
        (5, 19, 19, 1),
        (6, 64, 64, 2),
        (6, 128, 32, 1),
        (7, 256, 32, 2),
        (4, 256, 64, 1),
        (5, 512, 64, 2),
        (4, 1024, 32, 1),
        (3, 2048, 32, 2),
    ] {
        let input = Layout::map(side, side, channels);
        Case::new(input, channels, 3, stride, &mut random).grouped(groups).check(&mut random);
    }
}

/// To the bit, an output sees its own group's inputs alone, where groups share no half of a panel; anywhere, what other groups hold
/// changes nothing as long as it is finite.
pub fn groups_do_not_see_each_other() {
    let mut random = Random::new(16);
    for (groups, inputs, outputs) in [(4, 8, 8), (6, 4, 4), (3, 16, 12), (5, 3, 3), (16, 1, 1), (4, 2, 6)] {
        let (i, o) = (Layout::map(5, 6, groups * inputs), Layout::map(5, 6, groups * outputs));
        let weight: Vec<f32> = (0..groups * outputs * inputs * 9).map(|_| random.signed()).collect();
        let bias = vec![0.5; groups * outputs];
        let conv = Conv::plan(i, o, Filter::new(3, 1).grouped(groups), &weight, &bias);
        let x = random_map(&i, &mut random);
        let run = |x: &[f32]| {
            let mut y = Aligned::zeros(o.len());
            conv.run(x, None, false, &mut y, &mut []);
            y
        };
        let before = run(&x);
        for group in 0..groups {
            for strange in [1e30, f32::NAN] {
                if strange.is_nan() && outputs % 4 != 0 {
                    continue;
                }
                let mut x = x.clone();
                for (y, column) in pixels(&i) {
                    x[i.at(y, column) + group * inputs..][..inputs].fill(strange);
                }
                for (k, (a, b)) in o.pixels(&before).flatten().zip(o.pixels(&run(&x)).flatten()).enumerate() {
                    let own = k % o.channels() / outputs == group;
                    assert_eq!(a.to_bits() == b.to_bits(), !own, "{groups} groups, {strange} in {group}: {a} and {b}");
                }
            }
        }
    }
}

/// Winograd's algorithm in every tile size: tiles that stick out on the right and below, maps smaller than a tile.
pub fn winograd_matches_naive() {
    let mut random = Random::new(9);
    for size in [TileSize::T2x2, TileSize::T2x4, TileSize::T4x4] {
        for _ in 0..60 {
            let channels = random.pick(&[1, 3, 8, 16, 19, 64, 130]);
            let outputs = random.pick(&[1, 8, 10, 16, 27, 64]);
            let input = Layout::map(random.between(1, 22), random.between(1, 22), channels);
            Case::new(input, outputs, 3, 1, &mut random).by(Algorithm::Winograd(size)).check(&mut random);
        }
        for (side, channels) in [(14, 256), (7, 512), (56, 64), (3, 600)] {
            let input = Layout::map(side, side, channels);
            Case::new(input, 16, 3, 1, &mut random).by(Algorithm::Winograd(size)).check(&mut random);
        }
    }
}

/// 1x1 with either stride, over maps with a pixel left over and without.
pub fn strassen_matches_naive() {
    let mut random = Random::new(11);
    for _ in 0..80 {
        let (channels, outputs) = (random.pick(&[8, 16, 24, 64, 136, 264]), random.pick(&[16, 32, 48, 64, 160]));
        let input = Layout::map(random.between(1, 15), random.between(1, 15), channels);
        Case::new(input, outputs, 1, random.between(1, 2), &mut random).by(Algorithm::Strassen).check(&mut random);
    }
    for (side, channels, outputs) in [(7, 2048, 512), (14, 256, 1024), (28, 512, 128)] {
        let input = Layout::map(side, side, channels);
        Case::new(input, outputs, 1, 1, &mut random).by(Algorithm::Strassen).check(&mut random);
    }
}

/// The same for stride 2: maps of odd and even sides, as far as the tiles lie inside.
pub fn winograd_with_stride_matches_naive() {
    let mut random = Random::new(10);
    for size in [TileSize::Strided2x2, TileSize::Strided4x4] {
        let mut checked = 0;
        while checked < 60 {
            let channels = random.pick(&[1, 3, 8, 16, 19, 64, 130]);
            let outputs = random.pick(&[1, 8, 10, 16, 27, 64]);
            let input = Layout::map(random.between(1, 26), random.between(1, 26), channels);
            let case = Case::new(input, outputs, 3, 2, &mut random);
            if size.fits(&input, &case.output, 3, 2) {
                case.by(Algorithm::Winograd(size)).check(&mut random);
                checked += 1;
            }
        }
        for (side, channels) in [(56, 128), (28, 256), (14, 512), (13, 600)] {
            let input = Layout::map(side, side, channels);
            let case = Case::new(input, 16, 3, 2, &mut random);
            if size.fits(&input, &case.output, 3, 2) {
                case.by(Algorithm::Winograd(size)).check(&mut random);
            }
        }
    }
}

/// What is planned for the shapes of the networks; a change here changes time and memory.
pub fn algorithms_are_chosen_by_shape() {
    let choose = |side: usize, channels: usize, kernel: usize, stride: usize| {
        let output = Layout::map(side.div_ceil(stride), side.div_ceil(stride), channels);
        Algorithm::choose(&Layout::map(side, side, channels), &output, Filter::new(kernel, stride))
    };
    let winograd = Algorithm::Winograd;
    for (side, channels) in [(56, 64), (28, 128), (14, 256), (32, 16), (16, 32), (8, 64), (14, 512)] {
        assert_eq!(choose(side, channels, 3, 1), winograd(TileSize::T4x4), "{side}x{side}x{channels}");
    }
    // Where weights are many and tiles few: 14x14.
    for (side, channels, leaner) in [(14, 256, TileSize::T2x4), (28, 128, TileSize::T4x4), (7, 512, TileSize::T2x2)] {
        let map = Layout::map(side, side, channels);
        assert_eq!(choose(side, channels, 3, 1).leaner(&map), winograd(leaner), "{side}x{side}x{channels}");
    }
    assert_eq!(choose(7, 512, 3, 1), winograd(TileSize::T2x2));
    assert_eq!(choose(7, 256, 3, 1), winograd(TileSize::T4x4));
    assert_eq!(choose(4, 512, 3, 1), winograd(TileSize::T2x2));
    assert_eq!(choose(56, 128, 3, 2), winograd(TileSize::Strided4x4));
    assert_eq!(choose(28, 256, 3, 2), winograd(TileSize::Strided2x2));
    assert_eq!(choose(14, 512, 3, 2), Algorithm::Gemm);
    for (side, channels) in [(28, 256), (14, 1024)] {
        assert_eq!(choose(side, channels, 1, 1), Algorithm::Strassen);
    }
    let between =
        |inputs, outputs| Algorithm::choose(&Layout::map(7, 7, inputs), &Layout::map(7, 7, outputs), Filter::new(1, 1));
    assert_eq!(between(2048, 512), Algorithm::Strassen);
    assert_eq!(between(512, 2048), Algorithm::Gemm);
    assert_eq!(choose(28, 128, 1, 1), Algorithm::Gemm);
    assert_eq!(choose(4, 2048, 1, 1), Algorithm::Gemm);
    for (side, kernel, stride) in [(1, 3, 1), (56, 1, 1), (2, 3, 2)] {
        assert_eq!(choose(side, 64, kernel, stride), Algorithm::Gemm);
    }
    // Whatever else the shape would allow: of all algorithms only one knows groups.
    for (side, channels, kernel, groups) in [(56, 128, 3, 32), (14, 1024, 1, 2), (7, 64, 3, 64)] {
        let map = Layout::map(side, side, channels);
        assert_eq!(Algorithm::choose(&map, &map, Filter::new(kernel, 1).grouped(groups)), Algorithm::Grouped);
        assert_ne!(Algorithm::choose(&map, &map, Filter::new(kernel, 1).grouped(1)), Algorithm::Grouped);
    }
    let (image, map) = (Layout::image(224, 224, 3, 7), Layout::map(112, 112, 64));
    assert_eq!(Algorithm::choose(&image, &map, Filter::new(7, 2)), winograd(TileSize::Stem3x3));
    let image = Layout::image(32, 32, 3, 3);
    assert_eq!(Algorithm::choose(&image, &Layout::map(32, 32, 16), Filter::new(3, 1)), Algorithm::Gemm);
}

/// Stems read an image without padding channels.
pub fn stems_match_naive() {
    let mut random = Random::new(3);
    for _ in 0..60 {
        let (height, width) = (random.between(1, 33), random.between(1, 33));
        let (kernel, stride) = (random.pick(&[3, 7]), random.between(1, 2));
        let input = Layout::image(height, width, random.pick(&[1, 3, 4]), kernel);
        let outputs = random.pick(&[8, 16, 64, 13]);
        let case = Case::new(input, outputs, kernel, stride, &mut random);
        case.check(&mut random);
        case.by(Algorithm::Gemm).check(&mut random);
    }
}

/// The classifier is a 1x1 convolution of one pixel.
pub fn linear_layers_match_naive() {
    let mut random = Random::new(4);
    for (inputs, outputs) in [(512, 1000), (2048, 1000), (64, 10), (1, 1)] {
        let case = Case::new(Layout::map(1, 1, inputs), outputs, 1, 1, &mut random);
        Case { residual: false, relu: false, ..case }.check(&mut random);
    }
}

/// Signed values: where all of a window are below zero, the halo's zeros must not win.
pub fn max_pool_matches_naive() {
    let near = |i: usize, end: usize| (2 * i).saturating_sub(1)..(2 * i + 2).min(end);
    let largest = |window: &[f64]| window.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    pools_match_naive("max pool", Random::new(5), near, largest, max_pool);
}

/// At an odd side's end a window has two pixels, or one.
pub fn average_pool_matches_naive() {
    let near = |i: usize, end: usize| 2 * i..(2 * i + 2).min(end);
    let mean = |window: &[f64]| window.iter().sum::<f64>() / window.len() as f64;
    pools_match_naive("average pool", Random::new(17), near, mean, average_pool);
}

/// `near`: of the input's rows or columns up to the second number, those that an output's has.
fn pools_match_naive(
    what: &str,
    mut random: Random,
    near: impl Fn(usize, usize) -> Range<usize>,
    of: impl Fn(&[f64]) -> f64,
    pool: impl Fn(&Layout, &[f32], &Layout, &mut [f32]) + Sync,
) {
    for n in 0..60 {
        let (height, width) = (random.between(1, 20), random.between(1, 20));
        let channels = random.pick(&[1, 3, 8, 20, 64]);
        let (i, o) =
            (Layout::map(height, width, channels), Layout::map(height.div_ceil(2), width.div_ceil(2), channels));
        let mut from = random_map(&i, &mut random);
        if n % 3 == 0 {
            from.iter_mut().for_each(|v| *v = -v.abs());
        }
        let mut to = Aligned::zeros(o.len());
        with_team(|| pool(&i, &from, &o, &mut to));
        let mut expected = Vec::new();
        for (y, x) in pixels(&o) {
            for c in 0..channels {
                let places = near(y, height).flat_map(|y| near(x, width).map(move |x| (y, x)));
                let window: Vec<f64> = places.map(|(y, x)| f64::from(from[i.at(y, x) + c])).collect();
                expected.push(of(&window));
            }
        }
        compare(&format!("{what} of {i:?}"), &o, &to, &expected);
    }
}

/// A shift that leaked into halo or padding channels would be what the next convolution reads as padding.
pub fn norms_match_naive() {
    let mut random = Random::new(18);
    for _ in 0..40 {
        let layout = Layout::map(random.between(1, 12), random.between(1, 12), random.pick(&[1, 3, 8, 13, 20, 64]));
        let from = random_map(&layout, &mut random);
        let (scale, shift): (Vec<f32>, Vec<f32>) =
            (0..layout.channels()).map(|_| (random.signed(), random.signed())).unzip();
        let norm = Norm::plan(layout, &scale, &shift);
        for relu in [true, false] {
            let mut to = Aligned::zeros(layout.len());
            with_team(|| norm.run(&from, relu, &mut to));
            let value = |(c, &x): (usize, &f32)| f64::from(x) * f64::from(scale[c]) + f64::from(shift[c]);
            let values = layout.pixels(&from).flat_map(|pixel| pixel.iter().enumerate().map(value));
            let expected: Vec<f64> = values.map(|v| if relu { v.max(0.0) } else { v }).collect();
            compare(&format!("norm of {layout:?}, ReLU: {relu}"), &layout, &to, &expected);
        }
    }
}

pub fn global_average_pool_matches_naive() {
    let mut random = Random::new(6);
    for _ in 0..40 {
        let channels = random.pick(&[1, 3, 8, 20, 64, 512]);
        let i = Layout::map(random.between(1, 14), random.between(1, 14), channels);
        let o = Layout::map(1, 1, channels);
        let from = random_map(&i, &mut random);
        let mut to = Aligned::zeros(o.len());
        global_average_pool(&i, &from, &o, &mut to);
        let n = (i.height() * i.width()) as f64;
        let mean = |c: usize| pixels(&i).map(|(y, x)| f64::from(from[i.at(y, x) + c])).sum::<f64>() / n;
        let expected: Vec<f64> = (0..channels).map(mean).collect();
        compare(&format!("mean of {i:?}"), &o, &to, &expected);
    }
}

/// Both branches, one of them, none; scaled as lesions scale them.
pub fn sums_match_naive() {
    let mut random = Random::new(7);
    for n in 0..40 {
        let layout = Layout::map(random.between(1, 9), random.between(1, 9), random.pick(&[1, 8, 13, 64]));
        let (i, r) = (random_map(&layout, &mut random), random_map(&layout, &mut random));
        let (a, b) = if n < 4 { (1.0, 1.0) } else { (random.signed(), random.signed()) };
        let (with_i, with_r) = (n & 1 == 0, n & 2 == 0);
        let with_relu = random.coin();
        let mut to = Aligned::zeros(layout.len());
        sum(&layout, with_i.then_some((&i[..], a)), with_r.then_some((&r[..], b)), with_relu, &mut to);
        let term = |with: bool, x: f32, scale: f32| if with { f64::from(x) * f64::from(scale) } else { 0.0 };
        let values = |map: &Aligned| layout.pixels(map).flatten().copied().collect::<Vec<f32>>();
        let expected: Vec<f64> = values(&i)
            .into_iter()
            .zip(values(&r))
            .map(|(i, r)| term(with_i, i, a) + term(with_r, r, b))
            .map(|sum| if with_relu { sum.max(0.0) } else { sum })
            .collect();
        compare(&format!("sum of {layout:?}"), &layout, &to, &expected);
    }
}

pub fn option_a_matches_naive() {
    let mut random = Random::new(8);
    for (side, channels, outputs) in [(1, 16, 32), (7, 16, 32), (8, 3, 8), (9, 32, 64)] {
        let i = Layout::map(side, side, channels);
        let o = Layout::map(side.div_ceil(2), side.div_ceil(2), outputs);
        let from = random_map(&i, &mut random);
        let mut to = Aligned::zeros(o.len());
        option_a(&i, &from, &o, &mut to);
        let pad = (outputs - channels) / 2;
        let mut expected = Vec::new();
        for (y, x) in pixels(&o) {
            let source = |k: usize| k.checked_sub(pad).filter(|&c| c < channels);
            let value = |k: usize| source(k).map_or(0.0, |c| f64::from(from[i.at(2 * y, 2 * x) + c]));
            expected.extend((0..outputs).map(value));
        }
        compare(&format!("option A of {i:?}"), &o, &to, &expected);
    }
}

/// To the bit: what the page shows must not depend on the machine's threads.
pub fn moments_do_not_depend_on_threads() {
    let mut random = Random::new(12);
    for _ in 0..30 {
        let layout = Layout::map(random.between(1, 20), random.between(1, 20), random.pick(&[1, 8, 19, 64]));
        let (x, f) = (random_map(&layout, &mut random), random_map(&layout, &mut random));
        let scales = (random.signed(), random.signed());
        let gather = || {
            let mut pixels = vec![[0.0; 3]; layout.height() * layout.width()];
            let moments = pair_moments(&layout, &x, &f, scales, &mut pixels);
            (format!("{moments:?}"), pixels)
        };
        let (alone, together) = (gather(), with_team(gather));
        assert_eq!(alone, together);
        let sum: f64 = layout.pixels(&x).flatten().map(|&v| f64::from(v)).sum();
        let found: f64 = alone.1.iter().map(|pixel| pixel[0]).sum();
        assert!((found - sum).abs() <= 1e-4 * (1.0 + sum.abs()), "{found} is not {sum}");
    }
}

/// A NaN that a ReLU made zero would leave a blank map, and hide that something is wrong.
pub fn relu_keeps_nan() {
    let mut random = Random::new(14);
    let layout = Layout::map(5, 6, 16);
    let mut map = random_map(&layout, &mut random);
    for at in (0..7).map(|i| layout.at(i % 5, i % 6) + 2 * i) {
        map[at] = f32::NAN;
    }
    let check = |what: &str, found: &[f32], from: &[f32]| {
        for (found, &from) in layout.pixels(found).flatten().zip(layout.pixels(from).flatten()) {
            let kept = if from.is_nan() { found.is_nan() } else { *found == from.max(0.0) };
            assert!(kept, "{what}: {from} became {found}");
        }
    };
    let mut to = map.clone();
    relu(&layout, &mut to);
    check("relu", &to, &map);
    assert!(to.iter().filter(|v| v.is_nan()).count() == 7);

    let zeros = Aligned::zeros(layout.len());
    for (identity, residual) in [(Some(&map), None), (None, Some(&map)), (Some(&map), Some(&zeros))] {
        sum(&layout, identity.map(|m| (&m[..], 1.0)), residual.map(|m| (&m[..], 1.0)), true, &mut to);
        check("sum", &to, &map);
    }
    Norm::plan(layout, &[1.0; 16], &[0.0; 16]).run(&map, true, &mut to);
    check("norm", &to, &map);

    // A NaN of the input reaches what it is a part of, by every algorithm that a 1x1 or 3x3 convolution has.
    let by = [Algorithm::Gemm, Algorithm::Grouped, Algorithm::Strassen];
    let winograd = [TileSize::T2x2, TileSize::T2x4, TileSize::T4x4].map(Algorithm::Winograd);
    for algorithm in by.into_iter().chain(winograd) {
        let kernel = if matches!(algorithm, Algorithm::Winograd(_)) { 3 } else { 1 };
        let weight = vec![1.0; 16 * 16 * kernel * kernel];
        let conv = Conv::plan_with(algorithm, layout, layout, Filter::new(kernel, 1), &weight, &[-1e6; 16]);
        let mut scratch = Aligned::zeros(conv.scratch_len());
        conv.run(&map, None, true, &mut to, &mut scratch);
        for (found, from) in layout.pixels(&to).zip(layout.pixels(&map)) {
            let whole = !from.iter().any(|v| v.is_nan()) || found.iter().all(|v| v.is_nan());
            assert!(whole, "{algorithm:?}: {from:?} became {found:?}");
        }
    }
}
