//! TensorFlow.js layers-models of Keras' ResNets: `model.json` and its shards.

use crate::weights::{Error, Source, check_finite};
use serde::Deserialize;
use std::collections::HashMap;

/// A layers-model in memory, its tensors under torchvision's names and in torchvision's order.
///
/// Keras' first ResNet-50 ("v1") calls block `b` of stage `s` `res<s + 1><a, b, c ...>`, its convolutions `_branch2a` to
/// `_branch2c` and the projection `_branch1`; batch norm is `bn` where the convolution is `res`. Kernels are HWIO, dense
/// layers IO, convolutions have biases, and batch norm states its own epsilon.
pub struct LayersModel {
    tensors: HashMap<String, (Vec<usize>, Vec<f32>)>,
    epsilon: f64,
    bgr: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ModelJson {
    #[serde(default)]
    model_topology: serde_json::Value,
    weights_manifest: Vec<Group>,
}

#[derive(Deserialize)]
struct Group {
    paths: Vec<String>,
    weights: Vec<Weight>,
}

#[derive(Deserialize)]
struct Weight {
    name: String,
    shape: Vec<usize>,
    dtype: String,
    #[serde(default)]
    quantization: Option<serde_json::Value>,
}

impl Weight {
    /// Bytes in the shards.
    fn len(&self) -> Result<usize, Error> {
        if self.dtype != "float32" || self.quantization.is_some() {
            return Err(Error::Format(format!("tensor '{}' is not plain float32", self.name)));
        }
        let values = self.shape.iter().try_fold(4usize, |n, &d| n.checked_mul(d));
        values.ok_or_else(|| Error::Format(format!("tensor '{}' has shape {:?}", self.name, self.shape)))
    }
}

impl LayersModel {
    /// `shard` brings the bytes of a shard by its path in `model.json`. `bgr`: the network was trained on blue, green, red;
    /// the first kernel's input channels are turned so that it takes red, green, blue.
    pub fn read(
        model_json: &[u8],
        bgr: bool,
        mut shard: impl FnMut(&str) -> std::io::Result<Vec<u8>>,
    ) -> Result<LayersModel, Error> {
        let wrong = |e: serde_json::Error| Error::Format(format!("not the model.json of a tfjs layers-model: {e}"));
        let model: ModelJson = serde_json::from_slice(model_json).map_err(wrong)?;
        let mut tensors = HashMap::new();
        for group in &model.weights_manifest {
            let bytes = group.bytes(&mut shard)?;
            let mut rest = &bytes[..];
            for weight in &group.weights {
                let (own, after) = rest.split_at(weight.len()?); // `Group::bytes` has added these up
                rest = after;
                let values =
                    own.chunks_exact(4).map(|b| f32::from_le_bytes(b.try_into().expect("four bytes"))).collect();
                tensors.insert(weight.name.clone(), (weight.shape.clone(), values));
            }
        }
        Ok(LayersModel { tensors, epsilon: epsilon(&model.model_topology)?, bgr })
    }
}

impl Group {
    fn bytes(&self, shard: &mut impl FnMut(&str) -> std::io::Result<Vec<u8>>) -> Result<Vec<u8>, Error> {
        let mut needed = 0usize;
        for weight in &self.weights {
            needed = needed
                .checked_add(weight.len()?)
                .ok_or_else(|| Error::Format("model.json: tensors larger than memory".into()))?;
        }
        let (mut bytes, mut sizes) = (Vec::new(), Vec::new());
        for path in &self.paths {
            let part = shard(path).map_err(|e| Error::Format(format!("shard '{path}': {e}")))?;
            sizes.push(part.len());
            bytes.extend(part);
        }
        if bytes.len() == needed {
            return Ok(bytes);
        }
        // All shards but the last are equally long: one that is not is the broken one.
        let odd = sizes[..sizes.len().saturating_sub(1)].iter().position(|&len| len != sizes[0].max(sizes[1]));
        let suspect = odd.or(sizes.len().checked_sub(1)).map_or("", |i| self.paths[i].as_str());
        Err(Error::Format(format!(
            "shard '{suspect}': the shards hold {} bytes where model.json states {needed}",
            bytes.len()
        )))
    }
}

/// What the topology's batch norms add to the variance; Keras' default is 1e-3.
fn epsilon(topology: &serde_json::Value) -> Result<f64, Error> {
    let layers = topology.pointer("/model_config/config/layers").and_then(|l| l.as_array());
    let stated = layers.into_iter().flatten().filter(|l| l["class_name"] == "BatchNormalization");
    let mut all: Vec<f64> = stated.map(|l| l["config"]["epsilon"].as_f64().unwrap_or(1e-3)).collect();
    all.dedup();
    match all[..] {
        [] => Ok(1e-3),
        [one] => Ok(one),
        _ => Err(Error::Format("model.json: batch norms with different epsilons".into())),
    }
}

/// Keras' name of a torchvision tensor.
fn keras_name(name: &str) -> Option<String> {
    let (layer, part) = name.rsplit_once('.')?;
    let norm = |part| {
        Some(match part {
            "weight" => "gamma",
            "bias" => "beta",
            "running_mean" => "moving_mean",
            "running_var" => "moving_variance",
            _ => return None,
        })
    };
    let kernel = |part| Some(if part == "weight" { "kernel" } else { part });
    let (layer, part) = match layer {
        "conv1" => ("conv1".to_string(), kernel(part)?),
        "bn1" => ("bn_conv1".to_string(), norm(part)?),
        "fc" => ("fc1000".to_string(), kernel(part)?),
        _ => {
            // layer<s>.<b>.<conv or bn><k>, layer<s>.<b>.downsample.<0 or 1>
            let (stage, rest) = layer.strip_prefix("layer")?.split_once('.')?;
            let (block, unit) = rest.split_once('.')?;
            let stage = stage.parse::<u8>().ok()?.checked_add(1)?;
            let letter = |from: u8, index: u8| from.checked_add(index).map(char::from);
            let block = letter(b'a', block.parse().ok()?)?;
            let branch = |k: &str| Some(format!("2{}", letter(b'a', k.parse::<u8>().ok()?.checked_sub(1)?)?));
            let (is_norm, branch) = match unit {
                "downsample.0" => (false, "1".to_string()),
                "downsample.1" => (true, "1".to_string()),
                _ => match unit.strip_prefix("conv") {
                    Some(k) => (false, branch(k)?),
                    None => (true, branch(unit.strip_prefix("bn")?)?),
                },
            };
            let prefix = if is_norm { "bn" } else { "res" };
            (format!("{prefix}{stage}{block}_branch{branch}"), if is_norm { norm(part)? } else { kernel(part)? })
        }
    };
    Some(format!("{layer}/{part}"))
}

impl Source for LayersModel {
    fn has(&self, name: &str) -> bool {
        keras_name(name).is_some_and(|name| self.tensors.contains_key(&name))
    }

    fn take(&mut self, name: &str, shape: &[usize]) -> Result<Vec<f32>, Error> {
        let keras = keras_name(name).ok_or_else(|| Error::Missing(name.to_string()))?;
        let (found, values) =
            self.tensors.remove(&keras).ok_or_else(|| Error::Missing(format!("{keras}' ('{name}' here)")))?;
        let stored = match *shape {
            [o, i, h, w] => vec![h, w, i, o],
            [o, i] => vec![i, o],
            _ => shape.to_vec(),
        };
        if found != stored {
            return Err(Error::Shape { name: keras, expected: stored, found });
        }
        check_finite(&keras, &values)?;
        Ok(match *shape {
            [o, i, h, w] => {
                let flip = self.bgr && name == "conv1.weight";
                let mut oihw = Vec::with_capacity(values.len());
                for to in 0..o {
                    for from in 0..i {
                        let from = if flip { i - 1 - from } else { from };
                        oihw.extend((0..h * w).map(|tap| values[(tap * i + from) * o + to]));
                    }
                }
                oihw
            }
            [o, i] => (0..o).flat_map(|to| (0..i).map(move |from| from * o + to)).map(|at| values[at]).collect(),
            _ => values,
        })
    }

    fn batch_norm_epsilon(&self) -> f64 {
        self.epsilon
    }
}

#[cfg(test)]
mod tests {
    use super::keras_name;

    #[test]
    fn names_are_those_of_keras() {
        for (torchvision, keras) in [
            ("conv1.weight", "conv1/kernel"),
            ("conv1.bias", "conv1/bias"),
            ("bn1.running_var", "bn_conv1/moving_variance"),
            ("layer1.0.conv1.weight", "res2a_branch2a/kernel"),
            ("layer3.5.conv3.bias", "res4f_branch2c/bias"),
            ("layer3.5.bn2.weight", "bn4f_branch2b/gamma"),
            ("layer4.0.downsample.0.weight", "res5a_branch1/kernel"),
            ("layer4.0.downsample.1.running_mean", "bn5a_branch1/moving_mean"),
            ("fc.weight", "fc1000/kernel"),
        ] {
            assert_eq!(keras_name(torchvision).as_deref(), Some(keras));
        }
        for name in ["", "x", "layer9.conv1.weight", "layer1.0.conv0.weight", "layer255.0.conv1.weight", "bn1.alpha"] {
            assert_eq!(keras_name(name), None, "{name}");
        }
    }
}
