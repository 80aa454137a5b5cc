//! A trained net leaves: as a checkpoint that PyTorch loads, and as a model file that the engine runs.

use super::Error;
use super::data::{DEVIATION, LABELS, MEAN};
use super::net::{Net, Wiring};
use crate::weights::{Card, Precision, Tensors, model_file};
use candle_core::{Device, Tensor};

/// As the CIFAR nets' checkpoints: torchvision's names, f32. A learnt or expected scale of F is multiplied into what makes F, so that
/// every wiring but two is a residual or plain net to whoever reads it.
pub fn checkpoint(net: &Net) -> Result<Vec<u8>, Error> {
    let tensors = tensors(net)?.tensors;
    let mut named = Vec::with_capacity(tensors.len());
    for (name, (shape, values)) in tensors {
        named.push((name, Tensor::from_vec(values, shape, &Device::Cpu)?));
    }
    named.sort_by(|a, b| a.0.cmp(&b.0));
    safetensors::serialize(named, None).map_err(|e| Error::Settings(format!("writing a checkpoint: {e}")))
}

/// A model file of the engine's, with the card that [`card`] makes.
pub fn model(net: &Net, id: &str, title: &str, accuracy: &str) -> Result<Vec<u8>, Error> {
    let card = card(net, id, title, accuracy);
    Ok(model_file::write(&card, Precision::F32, &mut tensors(net)?)?)
}

/// What a model file says about a net of the lab's.
pub fn card(net: &Net, id: &str, title: &str, accuracy: &str) -> Card {
    Card {
        id: id.to_string(),
        title: title.to_string(),
        architecture: net.design.architecture().name,
        stride_in_1x1: false,
        mean: [MEAN; 3],
        std: [DEVIATION; 3],
        resize_side: net.design.side,
        input_side: net.design.side,
        dataset: format!("shapes and textures made in the page (10 classes, {0} x {0})", net.design.side),
        licence: "CC0 (trained in this page)".to_string(),
        source: "Trained in the lab of SkipScope".to_string(),
        accuracy: accuracy.to_string(),
        note: String::new(),
        labels: LABELS.map(String::from).to_vec(),
    }
}

/// Every tensor by its name.
pub fn tensors(net: &Net) -> Result<Tensors, Error> {
    if matches!(net.design.wiring, Wiring::PreActivation | Wiring::Scaled(_)) {
        let why = "others know no net that is wired so, neither a residual nor a plain one";
        return Err(Error::Settings(why.into()));
    }
    let mut all = net.state()?;
    // PyTorch's, which a checkpoint's readers take for granted: as the f32 that the lab computes with it would be another f64.
    all.batch_norm_epsilon = None;
    for block in &net.blocks {
        let alpha =
            all.tensors.remove(&format!("{}.alpha", block.name)).and_then(|(_, values)| values.first().copied());
        let scale = alpha.unwrap_or(1.0) * block.survival;
        let last = if net.running.is_empty() { &["conv2.weight"][..] } else { &["bn2.weight", "bn2.bias"] };
        for part in last {
            if let Some((_, values)) = all.tensors.get_mut(&format!("{}.{part}", block.name)) {
                values.iter_mut().for_each(|value| *value *= scale);
            }
        }
    }
    if net.running.is_empty() {
        // A convolution without batch norm has a bias, to those who read it.
        let filters = all.tensors.iter().filter(|(_, (shape, _))| shape.len() == 4);
        let biases: Vec<(String, usize)> =
            filters.map(|(name, (shape, _))| (name.replace(".weight", ".bias"), shape[0])).collect();
        for (name, outputs) in biases {
            all.tensors.insert(name, (vec![outputs], vec![0.0; outputs]));
        }
    }
    Ok(all)
}
