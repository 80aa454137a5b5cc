//! Images of every side that a model card may name (8 to 512). In a browser a `usize` has 32 bits: what is computed of the pixels of
//! a large map must not overflow them.

use super::kernels::Case;
use super::random::Random;
use skipscope::arch::{Architecture, ConvSpec, Op};
use skipscope::kernels::{Algorithm, Aligned, Conv, Filter, Layout, with_team};
use skipscope::lesion::Lesion;
use skipscope::network::Network;
use skipscope::trace::NoProbe;
use skipscope::weights::synthetic::{self, Synthetic};
use std::collections::BTreeSet;

/// Among them the first whose number of pixels, times the number of tiles that they make, is more than 32 bits: 256 where a
/// tile has one row, 383 where it has five, 401 where it has six.
const LARGE: [usize; 6] = [256, 383, 384, 401, 448, 512];

/// Exact values: every pixel is computed, once and from its own input.
pub fn maps_of_every_side_are_written_whole() {
    let most = 512;
    let mut x = Aligned::zeros(Layout::image(most, most, 1, 1).len());
    let mut y = Aligned::zeros(Layout::map(most, most, 1).len());
    let value = |p: usize| (p % 8191) as f32;
    for side in 8..=most {
        let (input, output) = (Layout::image(side, side, 1, 1), Layout::map(side, side, 1));
        x.reshape(input.len());
        y.reshape(output.len());
        y.fill(f32::NAN);
        for p in 0..side * side {
            x[input.at(p / side, p % side)] = value(p);
        }
        let conv = Conv::plan_with(Algorithm::Gemm, input, output, Filter::new(1, 1), &[2.0], &[1.0]);
        with_team(|| conv.run(&x, None, false, &mut y, &mut []));
        for p in 0..side * side {
            assert_eq!(y[output.at(p / side, p % side)], 2.0 * value(p) + 1.0, "pixel {p} of side {side}");
        }
    }
}

fn map(side: usize, channels: usize) -> Layout {
    Layout::map(side, side, channels)
}

/// What the architectures that ship are planned to do, with as few channels as it takes.
pub fn convolutions_of_large_images_match_naive() {
    let mut random = Random::new(13);
    let mut planned = BTreeSet::new();
    for name in ["resnet18", "resnet50", "resnet20", "resnet50d"] {
        let flow = Architecture::named(name).unwrap().flow();
        for image in LARGE {
            let mut plan = |conv: &ConvSpec, side: usize, stem: bool| {
                let layout = if stem { Layout::image(side, side, 3, conv.kernel) } else { map(side, conv.inputs) };
                let output = map(conv.output_side(side), conv.outputs);
                let algorithm =
                    Algorithm::choose(&layout, &output, Filter::new(conv.kernel, conv.stride).grouped(conv.groups));
                planned.insert((side, stem, conv.kernel, conv.stride, algorithm));
            };
            let sides = flow.sides(image);
            for (index, step) in flow.steps().iter().enumerate() {
                if let Op::Conv(conv) = &step.op {
                    plan(conv, sides[step.from.index()], index == 0);
                }
            }
        }
    }
    assert!(planned.len() > 50, "{}", planned.len());
    for (side, stem, kernel, stride, algorithm) in planned {
        let (inputs, outputs) = if algorithm == Algorithm::Strassen { (8, 16) } else { (1, 1) };
        let input = if stem { Layout::image(side, side, inputs, kernel) } else { map(side, inputs) };
        Case::new(input, outputs, kernel, stride, &mut random).by(algorithm).check(&mut random);
    }
}

/// One block a stage, of few channels.
pub fn networks_run_on_large_images() {
    for (name, blocks, width) in [("resnet20", 3, 8), ("resnet18", 4, 8), ("resnet50", 4, 8)] {
        let architecture = Architecture {
            stages: vec![1; blocks],
            width,
            inner: width,
            stem_width: width,
            ..Architecture::named(name).unwrap()
        };
        for side in [448, 512] {
            let mut network = Network::build(&architecture, side, &mut Synthetic::folded(&architecture)).unwrap();
            super::golden::fill(&mut network, &synthetic::image(side));
            let logits = network.forward(&Lesion::none(), &mut NoProbe);
            assert!(logits.iter().all(|v| v.is_finite()) && logits[0] != logits[1], "{name} at {side}");
        }
    }
}
