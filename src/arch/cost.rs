//! What an architecture costs, counted from its steps: for whoever compares designs.

use super::{Architecture, Op};

/// Of one image of one side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cost {
    /// Convolutions outside of projections, and the linear layer: the number in the paper's names.
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
    use super::super::{DERIVED, NAMES};
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

    /// torchvision's documentation, in 10^9, and the parameters that its weights and timm's (1.0.31) are published with.
    #[test]
    fn what_is_published_is_what_is_counted() {
        let torchvision = [
            ("resnet18", 11_689_512, 1.814),
            ("resnet34", 21_797_672, 3.664),
            ("resnet50", 25_557_032, 4.089),
            ("resnet101", 44_549_160, 7.801),
            ("resnet152", 60_192_808, 11.514),
            ("resnext50_32x4d", 25_028_904, 4.23),
            ("resnext101_32x8d", 88_791_336, 16.414),
            ("resnext101_64x4d", 83_455_272, 15.46),
            ("wide_resnet50_2", 68_883_240, 11.398),
            ("wide_resnet101_2", 126_886_696, 22.753),
        ];
        for (name, parameters, giga) in torchvision {
            let Cost { parameters: counted, macs, .. } = cost(name);
            assert_eq!(counted, parameters, "{name}");
            assert!((macs as f64 / 1e9 - giga).abs() < 0.001, "{name}: {macs} multiply-adds, published {giga}");
        }
        let timm = [
            ("resnext101_32x4d", 44_177_704),
            ("resnet18d", 11_708_744),
            ("resnet34d", 21_816_904),
            ("resnet50d", 25_576_264),
            ("resnet101d", 44_568_392),
            ("resnet152d", 60_212_040),
            ("resnetv2_50", 25_549_352),
            ("resnetv2_101", 44_541_480),
            ("resnetv2_152", 60_185_128),
        ];
        for (name, parameters) in timm {
            assert_eq!(cost(name).parameters, parameters, "{name}");
        }
        for (name, _) in DERIVED {
            let published =
                torchvision.iter().any(|(known, ..)| *known == name) || timm.iter().any(|(n, _)| *n == name);
            assert!(published, "{name}");
        }
    }

    /// Table 6 of the paper, in millions.
    #[test]
    fn the_cifar_nets_have_the_parameters_of_table_6() {
        for (name, millions) in
            [("resnet20", 0.27), ("resnet32", 0.46), ("resnet44", 0.66), ("resnet56", 0.85), ("resnet110", 1.7)]
        {
            let ours = cost(name).parameters as f64 / 1e6;
            assert!((ours - millions).abs() < 0.035, "{name}: {ours}");
        }
    }

    #[test]
    fn weights_take_four_bytes_a_folded_parameter() {
        let architecture = Architecture::named("resnet50").unwrap();
        assert_eq!(architecture.cost(224).weight_bytes, 4 * architecture.parameters());
        assert_eq!(architecture.cost(112).weight_bytes, architecture.cost(224).weight_bytes);
        assert!(architecture.cost(112).macs < architecture.cost(224).macs / 3);
    }
}
