//! Shared by the native and the wasm test binaries.
#![allow(dead_code, unused_macros, unused_imports)] // each binary uses its part

pub mod golden;
pub mod kernels;
pub mod random;
pub mod viewer;

/// One test per golden case, under the given attribute, and one that no case is left out.
macro_rules! parity_tests {
    ($attribute:meta, $print:ident) => {
        common::parity_tests! {
            $attribute, $print:
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
    };
    ($attribute:meta, $print:ident: $($test:ident: $name:literal;)*) => {
        $(#[$attribute]
        fn $test() {
            $print!("{} {:?}", $name, common::golden::case($name).check());
        })*

        #[$attribute]
        fn every_case_is_tested() {
            let tested = [$($name),*];
            assert!(common::golden::CASES.iter().all(|c| tested.contains(&c.name)));
        }
    };
}
pub(crate) use parity_tests;

/// One test per function of [`kernels`], under the given attribute.
macro_rules! kernel_tests {
    ($attribute:meta) => {
        common::kernel_tests! {
            $attribute:
            convolutions_match_naive
            deep_convolutions_match_naive
            winograd_matches_naive
            strassen_matches_naive
            winograd_with_stride_matches_naive
            algorithms_are_chosen_by_shape
            stems_match_naive
            linear_layers_match_naive
            max_pool_matches_naive
            global_average_pool_matches_naive
            sum_relu_matches_naive
            option_a_matches_naive
            moments_do_not_depend_on_threads
        }
    };
    ($attribute:meta: $($test:ident)*) => {
        $(#[$attribute]
        fn $test() {
            common::kernels::$test();
        })*
    };
}
pub(crate) use kernel_tests;

/// One test per function of [`viewer`], under the given attribute.
macro_rules! viewer_tests {
    ($attribute:meta) => {
        common::viewer_tests! {
            $attribute:
            a_resumed_lesion_is_to_the_bit_what_a_run_from_the_pixels_gives
            scales_of_one_change_no_bit
            networks_resume_at_every_block
            a_block_before_the_lesion_is_kept_when_asked_for
            inner_steps_are_those_of_the_run
            channels_come_one_after_the_other
            class_activation_maps_sum_up_to_the_logits
            a_viewer_sees_the_crop_it_is_given
        }
    };
    ($attribute:meta: $($test:ident)*) => {
        $(#[$attribute]
        fn $test() {
            common::viewer::$test();
        })*
    };
}
pub(crate) use viewer_tests;
