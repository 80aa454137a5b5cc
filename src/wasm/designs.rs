//! What the known architectures cost, for a page that compares them: counted from their steps, without weights. It is part of the
//! reader's binary, which is fetched when somebody asks, and not of the engine's.

use crate::arch::{Architecture, BlockKind, Cost, DERIVED, NAMES, Shortcuts};
use crate::network::map_bytes;
use serde::Serialize;
use tsify::{Ts, Tsify};
use wasm_bindgen::prelude::*;

/// One architecture on one image of the side it is meant for.
#[derive(Tsify, Serialize)]
pub struct Design {
    pub name: String,
    pub side: usize,
    pub kind: BlockKind,
    /// Blocks of each stage.
    pub stages: Vec<usize>,
    /// Of a bottleneck's 3x3 convolutions.
    pub groups: usize,
    /// Convolutions outside of projections, and the linear layer.
    pub layers: usize,
    pub blocks: usize,
    /// With two numbers a channel of every batch norm.
    pub parameters: usize,
    /// Multiply-accumulates.
    pub macs: f64,
    /// In f32, batch norm folded.
    pub weight_bytes: usize,
    /// Of all maps at once as the engine plans them: they share what they can.
    pub map_bytes: usize,
}

/// The paper's nets and those derived from them. Plain nets are not among them: they cost what their residual twins do, without the
/// projections.
#[wasm_bindgen]
pub fn architectures() -> Result<Vec<Ts<Design>>, JsError> {
    let known = NAMES.into_iter().chain(DERIVED.map(|(name, _)| name)).filter_map(Architecture::named);
    known.filter(|known| known.shortcuts != Shortcuts::None).map(|known| Ok(design(known).into_ts()?)).collect()
}

fn design(architecture: Architecture) -> Design {
    let side = architecture.input_side();
    let Cost { layers, blocks, parameters, macs, weight_bytes } = architecture.cost(side);
    Design {
        side,
        layers,
        blocks,
        parameters,
        macs: macs as f64,
        weight_bytes,
        map_bytes: map_bytes(&architecture, side),
        kind: architecture.kind,
        groups: architecture.groups,
        name: architecture.name,
        stages: architecture.stages,
    }
}
