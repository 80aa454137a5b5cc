//! Shared by the native and the wasm test binaries.
#![allow(dead_code, unused_macros, unused_imports, reason = "each binary uses its part")]

#[cfg(all(target_arch = "wasm32", not(any(feature = "convert", feature = "lab"))))]
pub mod boundary;
pub mod colours;
#[cfg(feature = "convert")]
pub mod converted;
pub mod designs;
#[cfg(feature = "lab")]
pub mod differences;
pub mod gguf;
pub mod golden;
pub mod heap;
pub mod hostile;
pub mod kernels;
#[cfg(feature = "lab")]
pub mod lab;
pub mod onnx;
pub mod pth;
pub mod random;
pub mod sides;
#[cfg(feature = "lab")]
pub mod stock;
pub mod training;
pub mod viewer;
pub mod zip;

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
            grouped_convolutions_match_naive
            groups_do_not_see_each_other
            winograd_matches_naive
            strassen_matches_naive
            winograd_with_stride_matches_naive
            algorithms_are_chosen_by_shape
            stems_match_naive
            linear_layers_match_naive
            max_pool_matches_naive
            average_pool_matches_naive
            norms_match_naive
            global_average_pool_matches_naive
            sums_match_naive
            option_a_matches_naive
            moments_do_not_depend_on_threads
            relu_keeps_nan
            weight_gradients_match_naive
            batch_norms_match_naive
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

/// One test per function of [`sides`], under the given attribute.
macro_rules! side_tests {
    ($attribute:meta) => {
        common::side_tests! {
            $attribute:
            maps_of_every_side_are_written_whole
            convolutions_of_large_images_match_naive
            networks_run_on_large_images
        }
    };
    ($attribute:meta: $($test:ident)*) => {
        $(#[$attribute]
        fn $test() {
            common::sides::$test();
        })*
    };
}
pub(crate) use side_tests;

/// One test per function of [`designs`], under the given attribute.
macro_rules! design_tests {
    ($attribute:meta) => {
        #[$attribute]
        fn networks_of_every_design_match_plain_steps() {
            common::designs::networks_of_every_design_match_plain_steps();
        }
    };
}
pub(crate) use design_tests;

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

/// One test per function of [`boundary`], under the given attribute.
macro_rules! boundary_tests {
    ($attribute:meta) => {
        common::boundary_tests! {
            $attribute:
            counts_and_indices_are_checked
            scales_are_checked
            crops_are_objects_of_three_numbers
            branches_are_names
            a_broken_file_is_an_error
        }
    };
    ($attribute:meta: $($test:ident)*) => {
        $(#[$attribute]
        fn $test() {
            common::boundary::$test();
        })*
    };
}
pub(crate) use boundary_tests;

/// Hostile files where nothing can catch a trap. `SKIPSCOPE_HOSTILE=100` at build time multiplies their number.
macro_rules! hostile_tests {
    ($attribute:meta, $print:ident) => {
        #[$attribute]
        fn mutated_files_are_survived() {
            common::hostile::all_survive(200, common::hostile::mutated, |what| $print!("{what}"));
        }

        #[$attribute]
        fn well_formed_hostile_files_are_survived() {
            common::hostile::all_survive(50, common::hostile::well_formed, |what| $print!("{what}"));
        }
    };
}
pub(crate) use hostile_tests;

/// One test per function of [`colours`], under the given attribute, and a report.
macro_rules! colour_tests {
    ($attribute:meta, $print:ident) => {
        common::colour_tests! {
            $attribute:
            components_match_naive
            few_passes_catch_most
            components_follow_those_before
            degenerate_rows_have_components
            components_do_not_depend_on_threads
            sums_look_like_what_is_added
            odd_maps_can_be_painted
            lesions_are_painted_as_the_intact_run
        }

        #[$attribute]
        fn report_the_time_of_a_block() {
            $print!("{}", common::colours::time_of_a_block());
        }
    };
    ($attribute:meta: $($test:ident)*) => {
        $(#[$attribute]
        fn $test() {
            common::colours::$test();
        })*
    };
}
pub(crate) use colour_tests;
