//! Layers, parameters and multiply-accumulates, against what is published about them.

use super::*;

/// The number in a name is that of the layers which are there: convolutions outside projections, and the linear layer.
#[test]
fn depth_is_the_number_in_the_name() {
    for name in NAMES.into_iter().chain(DERIVED.map(|(name, _)| name)) {
        let arch = Architecture::named(name).unwrap();
        let flow = arch.flow();
        let convolutions = flow.blocks().iter().map(|block| &flow.steps()[block.residual_steps.clone()]);
        assert_eq!(arch.depth(), 2 + convolutions.map(<[Step]>::len).sum::<usize>(), "{name}");
        let digits =
            name.trim_start_matches(|c: char| !c.is_ascii_digit() || name.starts_with("resnetv2_") && c == '2');
        let stated: String = digits.chars().take_while(char::is_ascii_digit).collect();
        assert_eq!(arch.depth().to_string(), stated, "{name}");
    }
    assert_eq!(
        Architecture::named("basic 4-4-4, width 160, 3x3 stem, stem width 16").map(|arch| arch.depth()),
        Some(26)
    );
}

/// He et al., Table 1: FLOPs are multiply-adds, in 10^9. The table does not say of what; these do: stem, blocks and classifier,
/// without batch norm, pooling and biases; option A in the nets of basic blocks (with projections ResNet-34 has 3.66, and would be
/// printed as 3.7) and projections in those of bottlenecks (without them ResNet-50 has 3.50), which stride in their first 1x1 (in the
/// 3x3 ResNet-50 has 4.09). Ours round to what is printed but for ResNet-50's: of 3.86 the table has 3.8.
#[test]
fn macs_agree_with_table_1() {
    let table = [
        ("resnet18", 18, 1.8, 1_794_805_760),
        ("resnet34", 34, 3.6, 3_644_493_824),
        ("resnet50", 50, 3.8, 3_857_973_248),
        ("resnet101", 101, 7.6, 7_570_194_432),
        ("resnet152", 152, 11.3, 11_282_415_616),
    ];
    for (name, layers, printed, macs) in table {
        let mut arch = Architecture::named(name).unwrap().with_stride_in_1x1(true);
        if arch.kind == BlockKind::Basic {
            arch.shortcuts = Shortcuts::OptionA;
        }
        assert_eq!((arch.depth(), arch.macs(224)), (layers, macs), "{name}");
        let apart = (macs as f64 / 1e9 - printed).abs();
        assert!(apart < 0.05 || name == "resnet50" && apart < 0.06, "{name}: {apart}");
    }
}

/// He et al., Table 6 (section 4.2), in millions.
#[test]
fn cifar_parameters_agree_with_section_4_2() {
    let table = [
        ("resnet20", 20, 0.27, 0.005),
        ("resnet32", 32, 0.46, 0.005),
        ("resnet44", 44, 0.66, 0.005),
        ("resnet56", 56, 0.85, 0.005),
        ("resnet110", 110, 1.7, 0.035),
    ];
    for (name, layers, millions, within) in table {
        let arch = Architecture::named(name).unwrap();
        assert_eq!(arch.depth(), layers);
        for parameters in [arch.parameters(), arch.cost(32).parameters] {
            assert!((parameters as f64 / 1e6 - millions).abs() <= within, "{name}: {parameters}");
        }
    }
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
        let Cost { parameters: counted, macs, .. } = Architecture::named(name).unwrap().cost(224);
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
        assert_eq!(Architecture::named(name).unwrap().cost(224).parameters, parameters, "{name}");
    }
    for (name, _) in DERIVED {
        let published = torchvision.iter().any(|(known, ..)| *known == name) || timm.iter().any(|(n, _)| *n == name);
        assert!(published, "{name}");
    }
}
