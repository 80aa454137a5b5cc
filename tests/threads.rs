//! Layers that threads share, natively: whatever pool they were planned for and whatever pool they run in.
#![cfg(all(feature = "threads", not(target_arch = "wasm32")))]

mod common;

use common::random::Random;
use rayon::{ThreadPool, ThreadPoolBuilder};
use skipscope::kernels::{Algorithm, Aligned, Conv, Filter, Layout, TileSize, with_team};
use std::process::Command;

/// Runs of a layer in one team: milliseconds, in which sleeping helpers come.
const ROUNDS: usize = 30;

const THREADS: [usize; 4] = [2, 3, 4, 8];

/// Where something is done: outside of any pool, where rayon's global one helps, or inside of one.
type Place<'a> = Option<&'a ThreadPool>;

fn at<R: Send>(place: Place<'_>, work: impl FnOnce() -> R + Send) -> R {
    match place {
        None => work(),
        Some(pool) => pool.install(work),
    }
}

fn pool(threads: usize) -> ThreadPool {
    ThreadPoolBuilder::new().num_threads(threads).build().unwrap()
}

struct Case {
    what: String,
    input: Layout,
    output: Layout,
    filter: Filter,
    algorithm: Algorithm,
    weight: Vec<f32>,
    bias: Vec<f32>,
    x: Aligned,
    /// By one thread.
    expected: Vec<u32>,
}

/// Layers whose blocks threads share, and layers with a block for each; every algorithm.
fn cases() -> Vec<Case> {
    let mut random = Random::new(21);
    let winograd = Algorithm::Winograd;
    let shapes = [
        (6, 40, 3, 1, winograd(TileSize::T2x2)),
        (40, 8, 3, 1, winograd(TileSize::T2x2)),
        (15, 16, 3, 1, winograd(TileSize::T4x4)),
        (56, 8, 3, 2, winograd(TileSize::Strided2x2)),
        (5, 32, 1, 1, Algorithm::Strassen),
        (50, 16, 1, 1, Algorithm::Strassen),
        (19, 24, 3, 1, Algorithm::Gemm),
        (19, 24, 3, 1, Algorithm::Grouped),
    ];
    let case = |(side, channels, kernel, stride, algorithm): (usize, usize, usize, usize, Algorithm)| {
        let input = Layout::map(side, side, channels);
        let output = Layout::map(side.div_ceil(stride), side.div_ceil(stride), channels);
        let mut x = Aligned::zeros(input.len());
        for p in 0..side * side {
            x[input.at(p / side, p % side)..][..channels].fill_with(|| random.signed());
        }
        let what = format!("{algorithm:?} of {side}x{side}x{channels}");
        let groups = if algorithm == Algorithm::Grouped { 6 } else { 1 };
        let filter = Filter::new(kernel, stride).grouped(groups);
        let weight = (0..channels / groups * channels * kernel * kernel).map(|_| random.signed()).collect();
        let bias = (0..channels).map(|_| random.signed()).collect();
        let mut case = Case { what, input, output, filter, algorithm, weight, bias, x, expected: Vec::new() };
        case.expected = case.run(&case.plan(), Conv::run);
        case
    };
    shapes.map(case).into_iter().collect()
}

impl Case {
    fn plan(&self) -> Conv {
        let &Case { input, output, filter, algorithm, .. } = self;
        Conv::plan_with(algorithm, input, output, filter, &self.weight, &self.bias)
    }

    /// The output's bits; fails where more was written than the scratch that the layer asked for.
    fn run(
        &self,
        conv: &Conv,
        run: impl FnOnce(&Conv, &[f32], Option<&[f32]>, bool, &mut [f32], &mut [f32]),
    ) -> Vec<u32> {
        let mut y = Aligned::zeros(self.output.len());
        let planned = conv.scratch_len();
        let guard = 1 << 16; // more than one thread's share, which is what one slot too many would write
        let mut scratch = Aligned::zeros(planned + guard);
        scratch.fill(f32::from_bits(0xFFC0_1234));
        run(conv, &self.x, None, false, &mut y, &mut scratch);
        let intact = scratch[planned..].iter().all(|v| v.to_bits() == 0xFFC0_1234);
        assert!(intact, "{}: written behind its scratch", self.what);
        y.iter().map(|v| v.to_bits()).collect()
    }
}

/// Every layer, planned in one place and run in the other; many times in one team, since helpers come as they will.
fn check(cases: &[Case], plan: Place<'_>, run: Place<'_>) {
    for case in cases {
        let conv = at(plan, || case.plan());
        let again = |conv: &Conv, x: &[f32], r: Option<&[f32]>, relu, y: &mut [f32], scratch: &mut [f32]| {
            at(run, || with_team(|| (0..ROUNDS).for_each(|_| conv.run(x, r, relu, y, scratch))));
        };
        assert!(case.run(&conv, again) == case.expected, "{}: another result with threads", case.what);
    }
}

#[test]
fn layers_run_in_any_pool_whichever_they_were_planned_in() {
    let cases = cases();
    for threads in THREADS {
        let (one, other) = (pool(threads), pool(threads));
        check(&cases, Some(&one), Some(&one));
        check(&cases, Some(&one), Some(&other));
        check(&cases, None, Some(&one));
        check(&cases, Some(&one), None);
    }
    check(&cases, Some(&pool(2)), Some(&pool(8)));
    check(&cases, Some(&pool(8)), Some(&pool(2)));
    check(&cases, Some(&pool(1)), Some(&pool(4)));
    check(&cases, Some(&pool(4)), Some(&pool(1)));
}

/// The global pool is made once in a process, so each size has a process of its own.
#[test]
fn layers_run_with_a_global_pool_of_any_size() {
    for threads in THREADS {
        let mut inner = Command::new(std::env::current_exe().unwrap());
        inner.args(["--exact", "--ignored", "layers_run_with_this_global_pool"]);
        let found = inner.env("RAYON_NUM_THREADS", threads.to_string()).output().unwrap();
        let said = String::from_utf8_lossy(&found.stdout);
        assert!(found.status.success() && said.contains("1 passed"), "{threads} threads: {said}");
    }
}

#[test]
#[ignore = "run by the test above"]
fn layers_run_with_this_global_pool() {
    check(&cases(), None, None);
}

/// Several callers at once, of one pool and of the global one.
#[test]
fn layers_run_at_the_same_time_side_by_side() {
    let cases = cases();
    let shared = pool(3);
    std::thread::scope(|scope| {
        for place in [Some(&shared), Some(&shared), None, None] {
            let cases = &cases;
            scope.spawn(move || check(cases, place, place));
        }
    });
}
