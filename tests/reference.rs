//! The engine against stock candle-nn, beyond the golden cases: odd image sides, every family, block by block.

mod common;

use candle_core::{Device, Tensor};
use common::golden::{fill, logit_error};
use skipscope::arch::Architecture;
use skipscope::lesion::Lesion;
use skipscope::network::Network;
use skipscope::reference::{BlockTensors, Reference};
use skipscope::trace::{Branches, Map, Probe};
use skipscope::weights::synthetic::{Synthetic, image};

/// Largest difference to the reference's tensors, relative to their rms.
struct Against {
    blocks: Vec<BlockTensors>,
    worst: f32,
}

impl Against {
    fn compare(&mut self, ours: Map<'_>, theirs: &Tensor) {
        let ours = ours.to_activation().to_tensor().unwrap();
        assert_eq!(ours.dims(), theirs.dims());
        let scalar = |t: candle_core::Result<Tensor>| t.unwrap().to_scalar::<f32>().unwrap();
        let rms = scalar(theirs.sqr().unwrap().mean_all()).sqrt();
        let worst = scalar((ours - theirs).unwrap().abs().unwrap().max_all());
        self.worst = self.worst.max(worst / rms);
    }
}

impl Probe for Against {
    fn wants(&self, _block: usize) -> bool {
        true
    }

    fn see(&mut self, block: usize, branches: Branches<'_>) {
        let BlockTensors { identity, residual, output } = &self.blocks[block];
        let (identity, residual, output) = (identity.clone(), residual.clone(), output.clone());
        assert_eq!(identity.is_some(), branches.identity.is_some());
        if let (Some(ours), Some(theirs)) = (branches.identity, identity) {
            self.compare(ours, &theirs);
        }
        self.compare(branches.residual, &residual);
        self.compare(branches.output, &output);
    }
}

fn agrees(name: &str, side: usize) {
    let architecture = Architecture::named(name).unwrap();
    let weights = || Synthetic::with_batch_norm(&architecture);
    let reference = Reference::build(&architecture, &mut weights()).unwrap();
    let pixels = image(side);
    let (logits, blocks) =
        reference.forward(&Tensor::from_slice(&pixels, (1, 3, side, side), &Device::Cpu).unwrap()).unwrap();
    let logits = logits.squeeze(0).unwrap().to_vec1::<f32>().unwrap();

    let mut network = Network::build(&architecture, side, &mut weights()).unwrap();
    fill(&mut network, &pixels);
    let mut against = Against { blocks, worst: 0.0 };
    let ours = network.forward(&Lesion::none(), &mut against).to_vec();
    let expected: Vec<f64> = logits.iter().map(|&v| f64::from(v)).collect();
    let error = logit_error(&ours, &expected);
    assert!(error < 1e-3 && against.worst < 1e-3, "{name} at {side}: logits {error}, blocks {}", against.worst);
}

#[test]
fn basic_blocks_at_an_odd_side() {
    agrees("resnet18", 75);
}

#[test]
fn bottlenecks_at_a_small_side() {
    agrees("resnet50", 33);
}

#[test]
fn option_a_shortcuts() {
    agrees("resnet20", 32);
    agrees("resnet32", 27);
}

#[test]
fn plain_nets() {
    agrees("plain20", 32);
    agrees("plain18", 64);
    agrees("plain50", 40);
}

#[test]
fn one_pixel() {
    agrees("resnet20", 1);
    agrees("resnet18", 1);
}
