//! What is stated beside a checkpoint, which does not know it: a card and the classes' names, as people write them.

use super::{Card, Error};
use serde_json::{Map, Value};

/// A card, and whether the checkpoint takes blue, green, red: `"channels": "bgr"`. That is a fact about the checkpoint, not about
/// the model file: there, red comes first.
pub fn card(json: &[u8]) -> Result<(Card, bool), Error> {
    let wrong = |e: serde_json::Error| Error::Format(e.to_string());
    let mut fields: Map<String, Value> = serde_json::from_slice(json).map_err(wrong)?;
    let bgr = match fields.remove("channels") {
        None => false,
        Some(Value::String(order)) if order == "rgb" => false,
        Some(Value::String(order)) if order == "bgr" => true,
        Some(other) => return Err(Error::Format(format!("\"channels\" is {other}, not \"rgb\" or \"bgr\""))),
    };
    Ok((serde_json::from_value(Value::Object(fields)).map_err(wrong)?, bgr))
}

/// Names of classes: one per line, a JSON array, or a JSON object by index. Underscores become spaces.
pub fn labels(text: &str) -> Result<Vec<String>, Error> {
    let of = |index: usize, label: Option<&Value>| match label {
        Some(Value::String(label)) => Ok(label.clone()),
        _ => Err(Error::Format(format!("no label \"{index}\""))),
    };
    let labels: Vec<String> = match serde_json::from_str(text) {
        Ok(Value::Array(labels)) => {
            labels.iter().enumerate().map(|(i, label)| of(i, Some(label))).collect::<Result<_, _>>()?
        }
        Ok(Value::Object(by_index)) => {
            (0..by_index.len()).map(|i| of(i, by_index.get(&i.to_string()))).collect::<Result<_, _>>()?
        }
        _ => text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_string).collect(),
    };
    Ok(labels.into_iter().map(|label| label.replace('_', " ")).collect())
}
