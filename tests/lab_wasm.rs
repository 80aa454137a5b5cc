//! The lab inside WebAssembly: the native checks against PyTorch, what JavaScript may hand to the exports, and a report of its speed.
#![cfg(target_arch = "wasm32")]

mod common;

use common::{differences, kernels, lab};
use js_sys::{Error, JSON, Reflect};
use skipscope::lab::ensembles::Surgery;
use skipscope::lab::wasm::{Experiment, Trainer, check_settings, default_settings, gradient_flow};
use tsify::Ts;
use wasm_bindgen::{JsCast, JsError, JsValue};
use wasm_bindgen_test::{console_log, wasm_bindgen_test};

#[wasm_bindgen_test]
fn kernels_match_naive() {
    kernels::weight_gradients_match_naive();
    kernels::batch_norms_match_naive();
}

#[wasm_bindgen_test]
fn gradients_are_those_of_finite_differences() {
    differences::convolutions();
    differences::stems();
    differences::batch_norms();
    differences::sums_and_shortcuts();
    differences::heads();
}

#[wasm_bindgen_test]
fn nets_train_as_in_pytorch() {
    lab::training_is_pytorchs(true, |what| console_log!("{what}"));
    lab::training_is_pytorchs(false, |what| console_log!("{what}"));
}

#[wasm_bindgen_test]
fn gradients_flow_and_split_as_in_pytorch() {
    lab::gradient_flow_is_pytorchs(|what| console_log!("{what}"));
    lab::paths_are_pytorchs(|what| console_log!("{what}"));
}

#[wasm_bindgen_test]
fn a_seed_decides_a_run() {
    lab::a_seed_decides_a_run();
}

fn said<T>(result: Result<T, JsError>) -> Result<T, String> {
    result.map_err(|error| JsValue::from(error).unchecked_into::<Error>().message().into())
}

fn object<T: tsify::Tsify>(json: &str) -> Ts<T>
where
    T::JsType: JsCast,
{
    Ts::new_unchecked(JSON::parse(json).expect("JSON"))
}

#[wasm_bindgen_test]
fn settings_are_checked() {
    for (json, expected) in [
        ("{\"depth\": 21}", "6 n + 2"),
        ("{\"depth\": -2}", ""),
        ("{\"depth\": 20.5}", ""),
        ("{\"width\": 12}", "8, 16, 24 or 32"),
        ("{\"wiring\": \"dense\"}", "dense"),
        ("{\"wiring\": {\"scaled\": 1e9}}", "scaled"),
        ("{\"learningRate\": 1e99}", ""),
        ("{\"seed\": -1}", ""),
        ("3", ""),
        ("null", ""),
    ] {
        let error = said(check_settings(object(json))).err().unwrap_or_else(|| panic!("{json}"));
        assert!(error.contains(expected), "{json}: {error}");
        assert!(said(Trainer::new(object(json))).is_err() && said(gradient_flow(object(json))).is_err());
    }
    for json in ["{}", "{\"wiring\": \"skip-init\"}", "{\"wiring\": {\"scaled\": 0.5}}", "{\"depth\": 110}"] {
        assert_eq!(said(check_settings(object(json))), Ok(()), "{json}");
    }
    let settings = said(default_settings()).expect("settings").js_value();
    assert_eq!(Reflect::get(&settings, &"depth".into()).unwrap().as_f64(), Some(20.0));
    assert_eq!(said(check_settings(Ts::new_unchecked(settings))), Ok(()));
}

#[wasm_bindgen_test]
fn a_trainer_learns_and_its_net_is_experimented_on() {
    let mut trainer = said(Trainer::new(object("{\"depth\": 14, \"side\": 8, \"batch\": 8}"))).expect("a trainer");
    assert_eq!(said(trainer.step(3.0)).expect("steps").len(), 3);
    for wrong in [-1.0, 0.5, f64::NAN, f64::INFINITY] {
        assert!(said(trainer.step(wrong)).is_err() && said(trainer.samples(wrong)).is_err());
        assert!(said(trainer.subject(Some(wrong))).is_err());
    }
    assert_eq!(said(trainer.gradient_norms()).expect("norms").len(), 13);
    assert_eq!(said(trainer.samples(12.0)).expect("samples").len(), 12);
    assert!(said(trainer.checkpoint()).expect("a file").length() > 10_000);

    let experiment = said(trainer.subject(Some(20.0))).expect("a subject");
    assert_eq!((experiment.pictures(), experiment.blocks(), experiment.deletable()), (20, 6, 3));
    assert_eq!(experiment.swappable(), 0);
    let surgery = |name: &str| Ts::<Surgery>::new_unchecked(name.into());
    assert!(said(experiment.operate(surgery("delete"), 3.0, 1.0)).is_ok());
    for (name, count, seed) in [("delete", 4.0, 1.0), ("swap", 1.0, 1.0), ("burn", 1.0, 1.0), ("delete", 1.0, -1.0)] {
        assert!(said(experiment.operate(surgery(name), count, seed)).is_err(), "{name} {count}");
    }
    assert!(said(experiment.paths(19.0, None)).is_ok() && said(experiment.paths(20.0, None)).is_err());
    assert!(said(experiment.paths(0.0, Some(10.0))).is_err());
    assert_eq!(said(experiment.relu_loss(0.0)).expect("blocks").len(), 6);

    // What it trained is a model that opens, and does on the same pictures what it did.
    let model = said(trainer.model("lab", "Lab", "")).expect("a model").to_vec();
    let mut opened = said(Experiment::open(&model)).expect("a net");
    assert_eq!((opened.blocks(), opened.labels().len()), (6, 10));
    let settings = || object("{\"depth\": 14, \"side\": 8, \"batch\": 8}");
    assert_eq!(said(opened.add_test_pictures(settings(), Some(20.0))), Ok(20));
    let error = |experiment: &Experiment| {
        let operated = said(experiment.operate(surgery("delete"), 2.0, 1.0)).expect("a draw").js_value();
        Reflect::get(&operated, &"error".into()).unwrap().as_f64()
    };
    assert_eq!(error(&opened), error(&experiment));
    for wrong in ["{\"side\": 16}", "{\"depth\": 9, \"side\": 8}"] {
        assert!(said(opened.add_test_pictures(object(wrong), None)).is_err(), "{wrong}");
    }
    assert!(said(opened.add_test_pictures(settings(), Some(-1.0))).is_err());
    assert_eq!(said(opened.add_test_pictures(settings(), None)), Ok(520));
    let mut surface = said(experiment.surface(3.0)).expect("a surface");
    assert_eq!(said(surface.row(&[-1.0, 0.0, 1.0], 0.5)).expect("losses").len(), 3);
    assert!(said(experiment.surface(-1.0)).is_err());
    assert!(said(Experiment::open(b"no model")).is_err());
    let numbers = said(trainer.numbers()).expect("numbers").to_vec();
    let mut restored = said(Experiment::restore(&numbers, settings())).expect("a net");
    assert_eq!(said(restored.add_test_pictures(settings(), Some(20.0))), Ok(20));
    assert_eq!(error(&restored), error(&experiment));
    assert!(said(Experiment::restore(&numbers, object("{\"depth\": 20, \"side\": 8}"))).is_err());
    assert!(said(Experiment::restore(&numbers, object("3"))).is_err());
}

#[wasm_bindgen_test]
fn a_surface_is_the_loss_around_the_weights() {
    lab::surface_is_the_loss_around_the_weights();
}

#[wasm_bindgen_test]
fn nets_are_restored() {
    lab::nets_are_restored();
}

#[wasm_bindgen_test]
fn blocks_are_deleted_and_swapped() {
    lab::blocks_are_deleted_and_swapped();
}

#[wasm_bindgen_test]
fn report_the_time_of_a_step() {
    console_log!("{}", lab::time_of_a_step());
}
