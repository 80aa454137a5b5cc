//! Networks against PyTorch float64.

mod common;

use common::golden::{CASES, case};

macro_rules! parity {
    ($($test:ident: $name:literal;)*) => {
        $(#[test]
        fn $test() {
            println!("{} {:?}", $name, case($name).check());
        })*

        #[test]
        fn every_case_is_tested() {
            let tested = [$($name),*];
            assert!(CASES.iter().all(|c| tested.contains(&c.name)) && tested.len() == CASES.len());
        }
    };
}

parity! {
    resnet18: "resnet18";
    resnet34: "resnet34";
    resnet50: "resnet50";
    resnet50_v1_stride: "resnet50-stride-in-1x1";
    resnet50_lesioned: "resnet50-without-blocks-4-9";
    resnet101: "resnet101";
    resnet152: "resnet152";
    cifar_resnet20: "cifar-resnet20";
    cifar_resnet56: "cifar-resnet56";
    cifar_plain20: "cifar-plain20";
}
