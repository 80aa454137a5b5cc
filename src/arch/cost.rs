//! What an architecture costs, counted from its steps: for whoever compares designs.

use super::{Architecture, Op};

/// Of one image of one side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cost {
    /// Convolutions outside of projections, and the linear layer. The number in a net's name ([`Architecture::depth`]) where its stem is
    /// one convolution; a deep stem has three.
    pub layers: usize,
    /// Residual or plain ones.
    pub blocks: usize,
    /// As papers count them: weights, the linear layer's biases, and two numbers a channel of every batch norm.
    pub parameters: usize,
    /// Multiply-accumulates of convolutions and the linear layer, as the paper counts: no batch norm, no pooling, no bias.
    pub macs: u64,
    /// Of a network with batch norm folded, in f32.
    pub weight_bytes: usize,
}

impl Architecture {
    /// What it costs to run it on a square image of that side.
    pub fn cost(&self, image_side: usize) -> Cost {
        let flow = self.flow();
        let (blocks, all) = (flow.blocks(), 0..flow.steps().len());
        let projects = |step: usize| blocks.iter().any(|block| block.identity_steps.contains(&step));
        let layer = |step: &usize| matches!(flow.steps()[*step].op, Op::Conv(_) | Op::Linear) && !projects(*step);
        // A folded convolution has one bias a channel: in its place batch norm has two numbers, and a convolution without one has none.
        let beside = |step: usize| match flow.steps()[step].conv() {
            Some(conv) if conv.norm.is_some() => conv.outputs as isize,
            Some(conv) => -(conv.outputs as isize),
            None => 0,
        };
        let folded = flow.parameters(all.clone());
        Cost {
            layers: all.clone().filter(layer).count(),
            blocks: blocks.len(),
            parameters: folded.saturating_add_signed(all.clone().map(beside).sum()),
            macs: flow.macs(all, image_side),
            weight_bytes: folded * size_of::<f32>(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::NAMES;
    use super::*;

    fn cost(name: &str) -> Cost {
        let architecture = Architecture::named(name).unwrap();
        architecture.cost(architecture.input_side())
    }

    /// Depth is the number in the name.
    #[test]
    fn layers_are_those_that_the_paper_counts() {
        for name in NAMES {
            let layers = name.trim_start_matches(|c: char| !c.is_ascii_digit());
            assert_eq!(cost(name).layers.to_string(), layers, "{name}");
        }
        // A deep stem has two more, a first block with a norm of its own has none more.
        assert_eq!(["resnet50d", "resnetv2_50", "resnext101_32x8d"].map(|name| cost(name).layers), [52, 50, 101]);
        assert_eq!(["resnet18", "resnet50", "resnet110"].map(|name| cost(name).blocks), [8, 16, 54]);
    }

    #[test]
    fn weights_take_four_bytes_a_folded_parameter() {
        let architecture = Architecture::named("resnet50").unwrap();
        assert_eq!(architecture.cost(224).weight_bytes, 4 * architecture.parameters());
        assert_eq!(architecture.cost(112).weight_bytes, architecture.cost(224).weight_bytes);
        assert!(architecture.cost(112).macs < architecture.cost(224).macs / 3);
    }
}
