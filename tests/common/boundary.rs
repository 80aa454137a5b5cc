//! What JavaScript may hand to the exports: any number, any object.

use js_sys::{Error, Object, Reflect, Uint8ClampedArray};
use skipscope::wasm::engine::{Loader, Network};
use wasm_bindgen::{JsCast, JsError, JsValue};
use web_sys::ImageData;

fn network() -> Network {
    let mut loader = Loader::new();
    loader.push(include_bytes!("../../www/public/models/resnet20.gguf"));
    said(loader.finish()).expect("a good file")
}

fn said<T>(result: Result<T, JsError>) -> Result<T, String> {
    result.map_err(|error| JsValue::from(error).unchecked_into::<Error>().message().into())
}

/// No number that JavaScript has becomes another: -1 would be four billion, and NaN the first of all.
pub fn counts_and_indices_are_checked() {
    let mut network = network();
    for wrong in [-1.0, -0.5, 1.5, f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1e300] {
        let error = said(network.trace(None, wrong, None, false)).err().expect("an error");
        assert!(error.contains("whole number"), "{wrong}: {error}");
        assert!(said(network.trace(None, 5.0, Some(wrong), false)).is_err(), "keep {wrong}");
        assert!(said(network.cam(wrong)).is_err() && said(network.class_weights(wrong)).is_err(), "class {wrong}");
    }
    for (top_k, expected) in [(0.0, 0), (3.0, 3), (10.0, 10), (4e9, 10)] {
        let trace = said(network.trace(None, top_k, None, false)).expect("a run");
        assert_eq!(said(trace.top()).expect("classes").len(), expected);
    }
    assert!(said(network.trace(None, 1.0, Some(9.0), false)).is_err_and(|error| error.contains("no such block")));
    let trace = said(network.trace(None, 1.0, Some(8.0), false)).expect("a run");
    assert_eq!((trace.steps().len(), trace.from()), (1, 0));
    assert!(said(network.cam(9.0)).is_ok() && said(network.cam(10.0)).is_err());
}

pub fn scales_are_checked() {
    let mut network = network();
    let scales = |scale: f32| vec![scale; 18];
    for wrong in [1e38, -1e38, 1000.1, f32::NAN, f32::INFINITY] {
        let error = said(network.trace(Some(scales(wrong)), 1.0, None, false)).err().expect("an error");
        assert!(error.contains("from -1000 to 1000"), "{wrong}: {error}");
        assert!(said(network.probabilities(&scales(wrong))).is_err());
    }
    let error = said(network.probabilities(&[1.0; 17])).expect_err("an error");
    assert!(error.contains("two scales per block"), "{error}");
    // Within the limit, and beyond what f32 holds all the same: nine blocks of a thousand times, squared by every sum.
    let mut all = 0;
    for scale in [1.0, -1.0, 10.0, 1000.0, -1000.0] {
        match said(network.probabilities(&scales(scale))) {
            Ok(probabilities) => {
                let sum: f32 = probabilities.to_vec().iter().sum();
                assert!((sum - 1.0).abs() < 1e-3, "{scale}: {sum}");
                all += 1;
            }
            Err(error) => assert!(error.contains("beyond"), "{error}"),
        }
    }
    assert!(all >= 3);
}

pub fn crops_are_objects_of_three_numbers() {
    let mut network = network();
    let object = |fields: &[(&str, JsValue)]| {
        let object = Object::new();
        fields.iter().for_each(|(name, value)| drop(Reflect::set(&object, &(*name).into(), value)));
        object
    };
    let crop = |fields| Some(object(fields).unchecked_into());
    // Node has none of its own.
    let pixels = Uint8ClampedArray::new_with_length(60 * 40 * 4);
    let image = object(&[("data", pixels.into()), ("width", 60.into()), ("height", 40.into())]);
    let image: ImageData = image.unchecked_into();
    for fields in [
        &[("left", 5.into()), ("top", 6.into()), ("side", 20.into())][..],
        &[("left", JsValue::NULL), ("top", "x".into()), ("side", f64::NAN.into())],
        &[],
    ] {
        said(network.look(&image, crop(fields))).expect("a crop that is moved into the picture");
        assert!(said(network.trace(None, 1.0, None, false)).is_ok());
    }
    said(network.look(&image, None)).expect("the centre");
}

pub fn branches_are_names() {
    let trace = said(network().trace(None, 1.0, Some(3.0), false)).expect("a run");
    let named = |name: &str| JsValue::from(name).unchecked_into();
    for (name, whole) in [("identity", true), ("residual", true), ("sum", false), ("output", true)] {
        assert!(said(trace.mean_map(3.0, named(name))).expect("a branch").is_some(), "{name}");
        assert_eq!(said(trace.tensor(named(name))).expect("a branch").is_some(), whole, "{name}");
    }
    assert!(said(trace.mean_map(9.0, named("sum"))).expect("no such block").is_none());
    for wrong in [f64::NAN, -1.0, 0.5] {
        assert!(said(trace.mean_map(wrong, named("sum"))).is_err());
        assert!(said(trace.colours(wrong, named("sum"))).is_err());
    }
    assert!(said(trace.tensor(named("Sum"))).is_err() && said(trace.tensor(JsValue::NULL.unchecked_into())).is_err());
}

pub fn a_broken_file_is_an_error() {
    let mut loader = Loader::new();
    loader.push(b"no model at all");
    let error = said(loader.finish()).err().expect("an error");
    assert!(error.contains("GGUF"), "{error}");
}
