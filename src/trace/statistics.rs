//! Numbers about the branches of one block, gathered in one pass over its maps.

use super::{Branches, Map};
use crate::kernels::{Moments, pair_moments};
use serde::Serialize;

/// Over all values of one map.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub struct Statistics {
    /// Mean of all values.
    pub mean: f64,
    /// Root of the mean square.
    pub rms: f64,
    /// The least value.
    pub min: f32,
    /// The greatest value.
    pub max: f32,
}

/// Over one block in one run.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify), tsify(missing_as_null))]
pub struct BlockStatistics {
    /// x; a plain net has none.
    pub identity: Option<Statistics>,
    /// F(x).
    pub residual: Statistics,
    /// What goes into the last ReLU, or is the output where there is none.
    pub sum: Statistics,
    /// What the next block reads.
    pub output: Statistics,
    /// Cosine of x and F(x), both taken as one long vector; none without identity, or where either is all zero.
    pub cosine: Option<f64>,
    /// Share of the sum below zero, which ReLU clips: 0 to 1. 0 where no ReLU follows.
    pub clipped: f64,
}

impl Statistics {
    fn of(moments: Moments, count: f64) -> Statistics {
        let Moments { sum, square, min, max } = moments;
        Statistics { mean: sum / count, rms: (square / count).sqrt(), min, max }
    }
}

/// The statistics of a block, and the mean over channels of each of its maps (identity, residual, sum, output; row-major).
pub(super) fn gather(branches: &Branches<'_>) -> (BlockStatistics, [Option<Vec<f32>>; 4]) {
    let Map { layout, data: residual } = branches.residual;
    let pixels = layout.height() * layout.width();
    let has_identity = branches.identity.is_some();
    // A plain net's sum is F(x) alone; what is gathered of the stand-in for x is discarded below.
    let (identity, a) = branches.identity.map_or((residual, 0.0), |x| (x.data, branches.scales.identity));
    let b = branches.scales.residual;
    let channels = layout.channels() as f64;
    let mut sums = vec![[0.0; 3]; pixels];
    let moments = pair_moments(&layout, identity, residual, (a, b), &mut sums);
    let mean =
        |sum: &dyn Fn(&[f64; 3]) -> f64| sums.iter().map(|sums| (sum(sums) / channels) as f32).collect::<Vec<_>>();
    let count = pixels as f64 * channels;
    let norms = (moments.x.square * moments.f.square).sqrt();
    let statistics = BlockStatistics {
        identity: has_identity.then(|| Statistics::of(moments.x, count)),
        residual: Statistics::of(moments.f, count),
        sum: Statistics::of(moments.s, count),
        output: Statistics::of(if branches.relu { moments.output } else { moments.s }, count),
        cosine: (has_identity && norms > 0.0).then(|| (moments.dot / norms).clamp(-1.0, 1.0)),
        clipped: if branches.relu { moments.below_zero / count } else { 0.0 },
    };
    let sum = |s: &[f64; 3]| f64::from(a) * s[0] + f64::from(b) * s[1];
    let output = |s: &[f64; 3]| if branches.relu { s[2] } else { sum(s) };
    let means = [has_identity.then(|| mean(&|s| s[0])), Some(mean(&|s| s[1])), Some(mean(&sum)), Some(mean(&output))];
    (statistics, means)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernels::Layout;
    use crate::lesion::Scales;
    use crate::trace::{Branch, Probe};
    use crate::trace::{Map, Recorder};

    /// A map whose value at (channel, pixel) is `f(channel, pixel)`.
    fn map(layout: Layout, f: impl Fn(usize, usize) -> f32) -> Vec<f32> {
        let mut data = vec![0.0; layout.len()];
        for p in 0..layout.height() * layout.width() {
            let at = layout.at(p / layout.width(), p % layout.width());
            (0..layout.channels()).for_each(|c| data[at + c] = f(c, p));
        }
        data
    }

    fn close(a: f64, b: f64) {
        assert!((a - b).abs() < 1e-6 * (1.0 + b.abs()), "{a} is not {b}");
    }

    /// Against sums written out one by one, with channels that do not fill the lanes.
    #[test]
    fn statistics_of_a_small_block() {
        let layout = Layout::map(3, 2, 11);
        let scales = Scales { identity: 0.5, residual: 2.0 };
        let x = |c: usize, p: usize| 1.0 + c as f32 + 0.25 * p as f32;
        let f = |c: usize, p: usize| if (c + p).is_multiple_of(2) { -2.0 - p as f32 } else { 0.5 * c as f32 };
        let sum = |c: usize, p: usize| 0.5 * x(c, p) + 2.0 * f(c, p);
        let (identity, residual) = (map(layout, x), map(layout, f));
        let output = map(layout, |c, p| sum(c, p).max(0.0));
        let view = |data| Map { layout, data };
        let branches = Branches {
            identity: Some(view(&identity)),
            residual: view(&residual),
            scales,
            relu: true,
            output: view(&output),
        };
        let mut recorder = Recorder::new(Some(0));
        recorder.see(0, branches);
        let statistics = &recorder.blocks()[0].statistics;

        let each =
            |f: &dyn Fn(usize, usize) -> f32| -> Vec<f64> { (0..66).map(|i| f64::from(f(i % 11, i / 11))).collect() };
        let expect = |found: Statistics, values: &[f64]| {
            close(found.mean, values.iter().sum::<f64>() / 66.0);
            close(found.rms, (values.iter().map(|v| v * v).sum::<f64>() / 66.0).sqrt());
            close(f64::from(found.min), values.iter().copied().fold(f64::INFINITY, f64::min));
            close(f64::from(found.max), values.iter().copied().fold(f64::NEG_INFINITY, f64::max));
        };
        let (xs, fs, sums) = (each(&x), each(&f), each(&sum));
        expect(statistics.identity.unwrap(), &xs);
        expect(statistics.residual, &fs);
        expect(statistics.sum, &sums);
        expect(statistics.output, &sums.iter().map(|s| s.max(0.0)).collect::<Vec<_>>());
        close(statistics.clipped, sums.iter().filter(|s| **s < 0.0).count() as f64 / 66.0);
        let dot: f64 = xs.iter().zip(&fs).map(|(x, f)| x * f).sum();
        let norm = |v: &[f64]| v.iter().map(|v| v * v).sum::<f64>().sqrt();
        close(statistics.cosine.unwrap(), dot / norm(&xs) / norm(&fs));

        let mean = recorder.blocks()[0].mean_map(Branch::Sum).unwrap();
        close(f64::from(mean[4]), sums[44..55].iter().sum::<f64>() / 11.0);
        assert_eq!(recorder.map(Branch::Sum, 3).unwrap(), (0..6).map(|p| sum(3, p)).collect::<Vec<_>>());
        assert_eq!(recorder.map(Branch::Output, 11), None);
        close(
            f64::from(recorder.channel_energy()[2]),
            ((0..6).map(|p| f(2, p).powi(2)).sum::<f32>() / 6.0).sqrt().into(),
        );
    }

    #[test]
    fn without_relu_the_output_is_the_sum() {
        let layout = Layout::map(2, 3, 9);
        let sum = |c: usize, p: usize| ((5 * c + 7 * p) % 11) as f32 - 5.0;
        let (identity, residual) = (map(layout, |c, p| sum(c, p) + c as f32), map(layout, |c, _| -(c as f32)));
        let output = map(layout, sum);
        let view = |data| Map { layout, data };
        let branches = Branches {
            identity: Some(view(&identity)),
            residual: view(&residual),
            scales: Scales::INTACT,
            relu: false,
            output: view(&output),
        };
        let (statistics, means) = gather(&branches);
        assert_eq!((statistics.output, statistics.clipped), (statistics.sum, 0.0));
        assert_eq!((statistics.output.min, statistics.output.max), (-5.0, 5.0));
        assert_eq!(means[3], means[2]);
        close(means[3].as_ref().unwrap()[1].into(), (0..9).map(|c| f64::from(sum(c, 1))).sum::<f64>() / 9.0);
        let colours = |relu| {
            let mut recorder = Recorder::new(None);
            recorder.see(0, Branches { relu, ..branches });
            recorder.blocks()[0].colours.clone()
        };
        assert!(colours(false).output == colours(false).sum && colours(true).output != colours(true).sum);
    }

    #[test]
    fn a_plain_block_has_no_identity() {
        let layout = Layout::map(1, 1, 8);
        let residual = map(layout, |c, _| c as f32 - 4.0);
        let output = map(layout, |c, _| (c as f32 - 4.0).max(0.0));
        let view = |data| Map { layout, data };
        let branches = Branches {
            identity: None,
            residual: view(&residual),
            scales: Scales::INTACT,
            relu: true,
            output: view(&output),
        };
        let (statistics, means) = gather(&branches);
        assert_eq!((statistics.identity, statistics.cosine), (None, None));
        assert_eq!(statistics.sum, statistics.residual);
        assert!(means[0].is_none());
        close(statistics.clipped, 0.5);
    }
}
