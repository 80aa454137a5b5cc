//! What a file without a ResNet is likely to be.

use super::{Error, Named};

/// By a part of a name that its kind has and no other.
const KINDS: [(&str, &str); 22] = [
    ("cls_token", "a vision transformer (ViT)"),
    ("patch_embed", "a vision transformer"),
    ("class_embedding", "a vision transformer (ViT)"),
    ("relative_position_bias_table", "a Swin transformer"),
    ("diffusion_model", "a diffusion model"),
    ("text_model", "a model of text and pictures (CLIP)"),
    ("self_attn", "a language model"),
    ("attn.c_attn", "a language model (GPT-2)"),
    ("denseblock1", "a DenseNet"),
    ("inception3a", "a GoogLeNet"),
    ("Mixed_5b", "an Inception network"),
    ("squeeze.weight", "a SqueezeNet"),
    ("trunk_output", "a RegNet"),
    ("conv_dw", "a ConvNeXt, MobileNet or EfficientNet"),
    ("dwconv", "a ConvNeXt"),
    ("block.0.1.weight", "a ConvNeXt, MobileNet or EfficientNet"),
    ("features.1.conv.0.0.weight", "a MobileNet"),
    ("features.0.0.weight", "a MobileNet or EfficientNet"),
    ("rpn.head", "a detector: its backbone alone would be a ResNet"),
    ("stage2.0.branch", "a ShuffleNet or HRNet"),
    ("features.28.weight", "a VGG"),
    ("features.0.weight", "a VGG or AlexNet"),
];

/// What those tensors look like, or how they begin.
pub fn what(tensors: &[Named]) -> Error {
    let any = |part: &str| tensors.iter().any(|tensor| tensor.name.contains(part));
    if let Some((_, kind)) = KINDS.into_iter().find(|(part, _)| any(part)) {
        return Error::LooksLike(kind);
    }
    let names: Vec<String> = tensors.iter().take(3).map(|tensor| format!("'{}'", shortened(&tensor.name))).collect();
    Error::NoNet(if names.is_empty() { "nothing".into() } else { names.join(", ") })
}

/// A name as a message can hold it.
fn shortened(name: &str) -> String {
    const MOST: usize = 80;
    match name.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", &name[..end]),
        None => name.to_string(),
    }
}

/// Why a network with that tensor would not be what runs here.
pub fn why_surplus(name: &str) -> &'static str {
    let has = |part: &str| name.contains(part);
    if has(".se.") || has(".se_module.") || has(".attn") {
        "squeeze-and-excitation and attention are not computed here"
    } else if has(".bn4.") || has(".conv4.") {
        "a block of more than three convolutions is none of a ResNet's"
    } else {
        "no ResNet of this design has it"
    }
}
