//! Checkpoints made model files in wasm: whoever builds the page needs no native build for it. `pkg-scripts/convert.mjs` calls it.

use crate::weights::formats::tfjs::LayersModel;
use crate::weights::{Precision, model_file, stated};
use js_sys::{Function, JsString, Uint8Array};
use wasm_bindgen::prelude::*;

/// A tfjs layers-model as a model file in q8_0: the files' bytes, and `shard`, which brings a shard's bytes by its path beside
/// `model_json`. `card` and `labels` are what [`stated`] reads.
#[wasm_bindgen]
pub fn convert_layers_model(
    model_json: &[u8],
    shard: &Function<fn(JsString) -> Uint8Array>,
    card: &[u8],
    labels: &str,
) -> Result<Uint8Array, JsError> {
    let (mut card, bgr) = stated::card(card)?;
    card.labels = stated::labels(labels)?;
    let mut source = LayersModel::read(model_json, bgr, |path| {
        let brought = shard.call1(&JsValue::NULL, &path.into());
        Ok(brought.map_err(|why| std::io::Error::other(format!("{why:?}")))?.to_vec())
    })?;
    Ok(Uint8Array::from(&*model_file::write(&card, Precision::Q8_0, &mut source)?))
}
