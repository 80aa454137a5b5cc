//! Principal components against a naive f64 version, and what blocks look like painted on them.

use super::random::Random;
use super::viewer::{lesion, pixels, viewer};
use skipscope::image::Picture;
use skipscope::kernels::{COMPONENTS, Components, Layout, leading_components, project, with_team};
use skipscope::lesion::{Lesion, Scales};
use skipscope::trace::{BlockColours, Branch, Branches, Map, Probe, Recorder};
use skipscope::viewer::Viewer;

/// Rows whose channels mix a few sources of falling strength, around a mean.
fn mixed(rows: usize, channels: usize, fall: f32, random: &mut Random) -> Vec<f32> {
    let sources = channels.min(12);
    let mixing: Vec<f32> = (0..sources * channels).map(|_| random.signed()).collect();
    let mean: Vec<f32> = (0..channels).map(|_| 3.0 * random.signed()).collect();
    let mut all = Vec::new();
    for _ in 0..rows {
        let strengths: Vec<f32> = (0..sources).map(|s| fall.powi(s as i32) * random.signed()).collect();
        all.extend(
            (0..channels).map(|c| mean[c] + (0..sources).map(|s| strengths[s] * mixing[s * channels + c]).sum::<f32>()),
        );
    }
    all
}

fn mean(rows: &[f32], channels: usize) -> Vec<f32> {
    let count = (rows.len() / channels) as f32;
    (0..channels).map(|c| rows.iter().skip(c).step_by(channels).sum::<f32>() / count).collect()
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn exact(values: &[f32]) -> Vec<f64> {
    values.iter().map(|&v| f64::from(v)).collect()
}

/// All eigenvalues and eigenvectors of the rows' second moments, with the mean's direction taken out: Jacobi's method, in f64.
fn naive(rows: &[f32], channels: usize, without: &[f32]) -> Vec<(f64, Vec<f64>)> {
    let without = exact(without);
    let square = dot(&without, &without);
    let mut a = vec![vec![0.0; channels]; channels];
    for row in rows.chunks_exact(channels) {
        let mut row = exact(row);
        if square > 0.0 {
            let share = dot(&row, &without) / square;
            row.iter_mut().zip(&without).for_each(|(r, w)| *r -= share * w);
        }
        (0..channels).for_each(|i| (0..channels).for_each(|k| a[i][k] += row[i] * row[k]));
    }
    let mut v: Vec<Vec<f64>> =
        (0..channels).map(|i| (0..channels).map(|k| f64::from(u8::from(i == k))).collect()).collect();
    for _ in 0..30 {
        for p in 0..channels {
            for q in p + 1..channels {
                if a[p][q].abs() < 1e-300 {
                    continue;
                }
                let theta = (a[q][q] - a[p][p]) / (2.0 * a[p][q]);
                let t = theta.signum() / (theta.abs() + theta.hypot(1.0));
                let (c, s) = (1.0 / t.hypot(1.0), t / t.hypot(1.0));
                for k in 0..channels {
                    (a[k][p], a[k][q]) = (c * a[k][p] - s * a[k][q], s * a[k][p] + c * a[k][q]);
                    (v[k][p], v[k][q]) = (c * v[k][p] - s * v[k][q], s * v[k][p] + c * v[k][q]);
                }
                #[allow(clippy::needless_range_loop, reason = "two rows at once")]
                for k in 0..channels {
                    (a[p][k], a[q][k]) = (c * a[p][k] - s * a[q][k], s * a[p][k] + c * a[q][k]);
                }
            }
        }
    }
    let mut all: Vec<(f64, Vec<f64>)> =
        (0..channels).map(|j| (a[j][j], v.iter().map(|row| row[j]).collect())).collect();
    all.sort_by(|a, b| b.0.total_cmp(&a.0));
    all
}

fn vectors(components: &Components) -> Vec<Vec<f64>> {
    components.vectors.chunks_exact(components.vectors.len() / COMPONENTS).map(exact).collect()
}

/// Of length one and at right angles, or zero.
fn check_basis(components: &Components) {
    let vectors = vectors(components);
    for (i, a) in vectors.iter().enumerate() {
        let there = if components.values[i] > 0.0 { 1.0 } else { 0.0 };
        assert!((dot(a, a) - there).abs() < 1e-5, "{components:?}");
        vectors[..i].iter().for_each(|b| assert!(dot(a, b).abs() < 1e-5, "{components:?}"));
    }
}

/// In order too, and at right angles to `without`.
fn check_orthonormal(components: &Components, without: &[f32]) {
    check_basis(components);
    let without = exact(without);
    for a in vectors(components) {
        assert!(dot(&a, &without).abs() < 1e-5 * (1.0 + dot(&without, &without).sqrt()));
    }
    assert!(components.values.is_sorted_by(|a, b| a >= b));
}

pub fn components_match_naive() {
    let mut random = Random::new(21);
    for (rows, channels, fall) in [(50, 8, 0.7), (133, 16, 0.8), (9, 24, 0.6), (200, 64, 0.7), (41, 32, 0.3)] {
        let data = mixed(rows, channels, fall, &mut random);
        let mean = mean(&data, channels);
        let found = leading_components(&data, channels, std::slice::from_ref(&mean), None, 30);
        check_orthonormal(&found, &mean);
        let expected = naive(&data, channels, &mean);
        for (j, vector) in vectors(&found).iter().enumerate() {
            let (value, exact) = &expected[j];
            assert!((found.values[j] / value - 1.0).abs() < 1e-4, "{j}: {} is not {value}", found.values[j]);
            let aligned = dot(vector, exact).abs();
            assert!(aligned > 1.0 - 1e-3, "component {j} of {rows} x {channels}: {aligned}");
            assert!(vector.iter().sum::<f64>() > 0.0, "the sum of loadings is positive");
        }
    }
}

/// As the page asks for them: three passes over rows whose spectrum is as flat as a ResNet's.
pub fn few_passes_catch_most() {
    let mut random = Random::new(22);
    for (rows, channels) in [(392, 64), (98, 128), (50, 96)] {
        let data = mixed(rows, channels, 0.93, &mut random);
        let mean = mean(&data, channels);
        let found = leading_components(&data, channels, std::slice::from_ref(&mean), None, 3);
        check_orthonormal(&found, &mean);
        let (caught, most): (f64, f64) = (
            found.values.iter().sum(),
            naive(&data, channels, &mean)[..COMPONENTS].iter().map(|(value, _)| value).sum(),
        );
        assert!((0.97..1.0001).contains(&(caught / most)), "{rows} x {channels}: {caught} of {most}");
    }
}

/// One pass from what was found for rows that are alike, on axes that stay where they were.
pub fn components_follow_those_before() {
    let mut random = Random::new(25);
    let channels = 64;
    let data = mixed(300, channels, 0.85, &mut random);
    let without = [mean(&data, channels)];
    let before = leading_components(&data, channels, &without, None, 20);
    let again = leading_components(&data, channels, &without, Some(&before), 1).turned_to(&before);
    let apart = |a: &Components, b: &Components| {
        a.vectors.iter().zip(&b.vectors).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max)
    };
    assert!(apart(&again, &before) < 1e-3, "{}", apart(&again, &before));

    // The first two swapped in strength: the same axes, with each other's values.
    let axes = vectors(&before);
    let stretch = (before.values[0] / before.values[1]).sqrt();
    let mut swapped = data.clone();
    for row in swapped.chunks_exact_mut(channels) {
        let [a, b] = [0, 1].map(|j| dot(&exact(row), &axes[j]));
        let (more, less) = (b * (1.2 * stretch - 1.0), a * (1.0 / stretch - 1.0));
        (0..channels).for_each(|c| row[c] += (more * axes[1][c] + less * axes[0][c]) as f32);
    }
    let without = [mean(&swapped, channels), without[0].clone()];
    let plain = leading_components(&swapped, channels, &without, None, 20);
    assert!(apart(&plain, &before) > 0.1);
    let turned = leading_components(&swapped, channels, &without, Some(&before), 4).turned_to(&before);
    check_basis(&turned);
    assert!(turned.values[1] > turned.values[0], "{:?}", turned.values);
    let along = |j: usize| dot(&vectors(&turned)[j], &axes[j]);
    assert!((0..2).all(|j| along(j) > 0.9), "{} {}", along(0), along(1));
    let sum = |of: &Components| of.values.iter().sum::<f64>();
    assert!((sum(&turned) / sum(&plain) - 1.0).abs() < 1e-2, "{turned:?} {plain:?}");

    // A direction that nothing before had.
    let one =
        |at: usize| -> Vec<f32> { (0..640).map(|i| if i % 16 == at { (i / 16) as f32 - 19.5 } else { 0.0 }).collect() };
    let before = leading_components(&one(2), 16, &[], None, 3);
    let other = leading_components(&one(9), 16, &[], Some(&before), 1);
    assert!((other.vectors[9] - 1.0).abs() < 1e-5 && other.values[1] == 0.0, "{other:?}");
    assert_eq!(other.clone().turned_to(&before), other, "no axes are made up");
    assert_eq!(leading_components(&one(9), 16, &[], Some(&leading_components(&[], 8, &[], None, 3)), 2).values[1], 0.0);
}

/// Less than three directions, equal ones, nothing at all.
pub fn degenerate_rows_have_components() {
    let none = (vec![0.0; 24], [0.0; 3]);
    let parts = |found: Components| (found.vectors, found.values);
    assert_eq!(parts(leading_components(&[], 8, &[], None, 3)), none);
    assert_eq!(parts(leading_components(&[0.0; 80], 8, &[vec![0.0; 8]], None, 3)), none);
    assert_eq!(parts(leading_components(&[f32::MIN_POSITIVE; 80], 8, &[], None, 3)), none);
    assert_eq!(leading_components(&[f32::MAX; 80], 8, &[], None, 3).vectors.len(), 24);
    assert_eq!(parts(leading_components(&[2.0; 80], 8, &[vec![2.0; 8]], None, 3)), none, "constant");

    // One direction, then two: (3, 4) in the first channels, and the sixth.
    let one: Vec<f32> =
        (0..10).flat_map(|i| [3.0, 4.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0].map(|v| v * (i as f32 - 4.5))).collect();
    let found = leading_components(&one, 8, &[], None, 3);
    assert_eq!(found.values[1..], [0.0; 2]);
    assert!((found.vectors[0] - 0.6).abs() < 1e-6 && (found.vectors[1] - 0.8).abs() < 1e-6, "{found:?}");
    assert!(found.vectors[8..].iter().all(|&v| v == 0.0));
    let mut two = one.clone();
    two.iter_mut().skip(5).step_by(16).for_each(|v| *v = -2.0);
    let found = leading_components(&two, 8, &[], None, 3);
    assert!(found.values[1] > 0.0 && found.values[2] == 0.0 && found.vectors[8 + 5] > 0.99, "{found:?}");

    // Loadings that add up to nothing: the first of the largest is positive.
    let even: Vec<f32> =
        (0..10).flat_map(|i| [1.0, -1.0, -1.0, 1.0, 0.0, 0.0, 0.0, 0.0].map(|v| v * (4.5 - i as f32))).collect();
    assert!(leading_components(&even, 8, &[], None, 3).vectors[0] > 0.0);
    let odd: Vec<f32> = even.iter().map(|v| -v).collect();
    assert_eq!(leading_components(&odd, 8, &[], None, 3).vectors, leading_components(&even, 8, &[], None, 3).vectors);

    // Every direction alike.
    let equal: Vec<f32> = (0..64 * 8).map(|i| if i / 8 % 8 == i % 8 { 1.0 } else { 0.0 }).collect();
    let found = leading_components(&equal, 8, &[], None, 3);
    check_orthonormal(&found, &[0.0; 8]);
    found.values.iter().for_each(|value| assert!((value - 8.0).abs() < 1e-4, "{found:?}"));
}

/// To the bit, and projections with them.
pub fn components_do_not_depend_on_threads() {
    let mut random = Random::new(23);
    for _ in 0..20 {
        let layout = Layout::map(random.between(1, 20), random.between(1, 20), random.pick(&[1, 8, 19, 64]));
        let [map, other] = [0, 1].map(|_| block(layout, |_, _| random.signed()));
        let scales = (random.signed(), random.signed());
        let rows: Vec<f32> = (0..random.between(1, 90) * layout.pixel()).map(|_| random.signed()).collect();
        let work = || {
            let components = leading_components(&rows, layout.pixel(), &[mean(&rows, layout.pixel())], None, 3);
            let mut to = vec![Default::default(); layout.height() * layout.width()];
            project(&layout, &map, &other, scales, &components.vectors, &mut to);
            (components, to)
        };
        let (alone, together) = (work(), with_team(work));
        assert_eq!(alone, together);
        for (place, (x, f)) in alone.1.iter().zip(layout.pixels(&map).zip(layout.pixels(&other))) {
            let output: Vec<f32> = x.iter().zip(f).map(|(x, f)| (scales.0 * x + scales.1 * f).max(0.0)).collect();
            for (values, pixel) in place.iter().zip([x, f, &output]) {
                for (value, vector) in values.iter().zip(vectors(&alone.0)) {
                    assert!((f64::from(*value) - dot(&exact(pixel), &vector[..layout.channels()])).abs() < 1e-5);
                }
            }
        }
    }
}

fn block(layout: Layout, mut value: impl FnMut(usize, usize) -> f32) -> Vec<f32> {
    let mut data = vec![0.0; layout.len()];
    for p in 0..layout.height() * layout.width() {
        let at = layout.at(p / layout.width(), p % layout.width());
        (0..layout.channels()).for_each(|c| data[at + c] = value(c, p));
    }
    data
}

/// A block with these x and F, painted on its own components.
pub fn painted(layout: Layout, x: Option<&[f32]>, f: &[f32], scales: Scales) -> BlockColours {
    let mut output = vec![0.0; layout.len()];
    skipscope::kernels::sum(&layout, x.map(|x| (x, scales.identity)), Some((f, scales.residual)), true, &mut output);
    let view = |data| Map { layout, data };
    let mut recorder = Recorder::new(None);
    recorder.see(0, Branches { identity: x.map(view), residual: view(f), scales, relu: true, output: view(&output) });
    recorder.blocks()[0].colours.clone()
}

fn grey(rgba: &[u8]) -> bool {
    rgba.chunks_exact(4).all(|p| p == &rgba[..4] && p[0] == p[1] && p[1] == p[2] && p[3] == 255)
}

/// Two patterns that cross, and a third that F adds.
fn pattern(layout: Layout) -> (Vec<f32>, Vec<f32>) {
    let wave = |p: usize, by: f32| ((p % layout.width()) as f32 / by).sin() * ((p / layout.width()) as f32 / by).cos();
    let x =
        block(layout, |c, p| (1.0 + wave(p, 5.0) * (c as f32).sin() + wave(p, 2.3) * (3.0 * c as f32).cos()).max(0.0));
    let f = block(layout, |c, p| wave(p, 3.1) * (2.0 * c as f32).sin() - 0.3);
    (x, f)
}

pub fn sums_look_like_what_is_added() {
    let layout = Layout::map(30, 28, 19);
    let (x, f) = pattern(layout);
    let scales = |identity, residual| Scales { identity, residual };
    let intact = painted(layout, Some(&x), &f, Scales::INTACT);
    let whole = |colours: &BlockColours| Branch::ALL.map(|branch| colours.of(branch).unwrap().to_vec());
    let all = whole(&intact);
    assert!(all.iter().all(|rgba| rgba.len() == 30 * 28 * 4 && !grey(rgba)));
    assert!((0..4).all(|i| all[..i].iter().all(|other| *other != all[i])), "four pictures");
    assert!(intact.explained[0] > 0.2 && intact.explained.iter().sum::<f32>() <= 1.0001, "{:?}", intact.explained);
    assert_eq!(all, whole(&painted(layout, Some(&x), &f, Scales::INTACT)), "the same again");

    let without_f = painted(layout, Some(&x), &f, scales(1.0, 0.0));
    assert_eq!(without_f.of(Branch::Sum), without_f.of(Branch::Identity));
    assert_eq!(without_f.of(Branch::Output), without_f.of(Branch::Identity), "x is not negative");
    let without_x = painted(layout, Some(&x), &f, scales(0.0, 1.0));
    assert_eq!(without_x.of(Branch::Sum), without_x.of(Branch::Residual));
    let cut = painted(layout, Some(&x), &f, scales(0.0, 0.0));
    assert!(grey(&cut.sum) && grey(&cut.output) && !grey(&cut.residual));

    let zero = vec![0.0; layout.len()];
    let plain = painted(layout, None, &f, Scales::INTACT);
    assert_eq!((plain.of(Branch::Identity), plain.of(Branch::Sum)), (None, plain.of(Branch::Residual)));
    let empty = painted(layout, Some(&zero), &zero, Scales::INTACT);
    assert!(whole(&empty).iter().all(|rgba| grey(rgba) && rgba[..4] == cut.sum[..4]), "one grey for all that is zero");
}

pub fn odd_maps_can_be_painted() {
    let mut random = Random::new(24);
    for (height, width, channels) in [(1, 1, 1), (1, 1, 64), (2, 3, 2), (5, 1, 3), (1, 40, 8), (14, 14, 1), (33, 15, 2)]
    {
        let layout = Layout::map(height, width, channels);
        let (x, f) = (block(layout, |_, _| random.signed().max(0.0)), block(layout, |_, _| random.signed()));
        let colours = painted(layout, Some(&x), &f, Scales::INTACT);
        assert!(Branch::ALL.iter().all(|&branch| colours.of(branch).unwrap().len() == height * width * 4));
        let constant = block(layout, |c, _| c as f32);
        let colours = painted(layout, Some(&constant), &constant, Scales::INTACT);
        assert!(grey(&colours.identity.unwrap()) && grey(&colours.output), "nothing varies");
    }
    // A few values that are no numbers: holes where they are, the rest as it is.
    let layout = Layout::map(28, 28, 12);
    for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, f32::MAX, 1e30] {
        let (mut x, f) = pattern(layout);
        x[layout.at(9, 9) + 3] = bad;
        x[layout.at(20, 2) + 1] = bad;
        let colours = painted(layout, Some(&x), &f, Scales::INTACT);
        let x = colours.of(Branch::Identity).unwrap();
        let holes = x.chunks_exact(4).filter(|p| p[3] == 0).count();
        assert!(holes <= 2 && (bad.is_finite() || holes == 2), "{bad}: {holes}");
        assert!(!grey(&colours.residual), "{bad}");
        let all = vec![bad; layout.len()];
        painted(layout, Some(&all), &all, Scales::INTACT);
    }
}

/// What the page compares: the intact run and lesions on one picture.
pub fn lesions_are_painted_as_the_intact_run() {
    let mut viewer = viewer("resnet20");
    let run = |viewer: &mut Viewer, lesion: &Lesion| {
        let mut recorder = viewer.recorder(None);
        viewer.run(lesion, None, &mut recorder).unwrap();
        viewer.learn_colours(lesion, &recorder);
        (0..9).map(|block| recorder.block(block).unwrap().colours.clone()).collect::<Vec<_>>()
    };
    let cut = lesion(3, 1.0, 0.0);
    let strange = run(&mut viewer, &cut);
    let intact = run(&mut viewer, &Lesion::none());
    assert_eq!(run(&mut viewer, &Lesion::none()), intact, "looking again changes nothing");
    let cut = run(&mut viewer, &cut);
    assert_eq!(cut[..3], intact[..3]);
    assert_eq!((&cut[3].identity, &cut[3].residual), (&intact[3].identity, &intact[3].residual));
    assert_eq!(Some(&cut[3].sum), cut[3].identity.as_ref());
    assert_ne!(cut[3].sum, intact[3].sum);
    assert_ne!(strange[3].identity, cut[3].identity, "on components of its own");

    // Another picture has its own, unless they are held.
    let look = |viewer: &mut Viewer, shift: usize| {
        let picture = pixels(70 + shift, 50);
        viewer.look(&Picture::new(&picture, 70 + shift, 50).unwrap(), None).unwrap();
        run(viewer, &Lesion::none())
    };
    let fresh = look(&mut viewer, 9);
    look(&mut viewer, 0);
    viewer.hold_colours(true);
    assert_eq!(run(&mut viewer, &Lesion::none()), intact, "the first since then");
    let held = look(&mut viewer, 9);
    assert_ne!(held, fresh);
    assert_eq!(look(&mut viewer, 0), intact);
    viewer.hold_colours(false);
    assert_eq!(look(&mut viewer, 9), fresh);
}

/// Milliseconds, the best of many, of looking into a block, statistics and colours; no assertion, machines differ.
pub fn time_of_a_block() -> String {
    let mut lines = String::new();
    for (side, channels) in [(56, 256), (28, 512), (14, 1024), (7, 2048), (32, 16)] {
        let layout = Layout::map(side, side, channels);
        let (x, f) = pattern(layout);
        let mut output = vec![0.0; layout.len()];
        skipscope::kernels::sum(&layout, Some((&x, 1.0)), Some((&f, 1.0)), true, &mut output);
        let view = |data| Map { layout, data };
        let branches = Branches {
            identity: Some(view(&x)),
            residual: view(&f),
            scales: Scales::INTACT,
            relu: true,
            output: view(&output),
        };
        let best = |work: &mut dyn FnMut()| {
            let mut time = || {
                let began = web_time::Instant::now();
                work();
                began.elapsed().as_secs_f64() * 1e3
            };
            (0..40).map(|_| time()).fold(f64::INFINITY, f64::min)
        };
        let mut recorder = Recorder::new(None);
        let first = best(&mut || {
            recorder = Recorder::new(None);
            recorder.see(0, branches);
        });
        let own = best(&mut || recorder.see(recorder.blocks().len(), branches));
        let bases = recorder.bases().clone();
        let mut recorder = Recorder::new(None).painting_on(bases);
        let given = best(&mut || recorder.see(0, branches));
        lines +=
            &format!("{side} x {side} x {channels}: {first:.2} ms, {own:.2} after another, {given:.2} on a basis\n");
    }
    lines
}
