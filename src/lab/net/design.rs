//! What a net is, beside its weights.

use crate::arch::{Architecture, BlockKind, Shortcuts, Stem};
use serde::{Deserialize, Serialize};

/// How a block adds its two branches up.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "kebab-case")]
pub enum Wiring {
    /// ReLU(x + F(x)): He et al. 2015.
    Residual,
    /// ReLU(F(x)).
    Plain,
    /// x + F(x), with batch norm and ReLU before each convolution: He et al. 2016. The first block's first are the stem's, and behind
    /// the last block stand one more batch norm and ReLU.
    PreActivation,
    /// ReLU(a x + F(x)) with a constant a: He et al. 2016, section 3.1.
    Scaled(f32),
    /// ReLU(x + alpha F(x)) with an alpha per block that is learnt, and 0 at first: De and Smith 2020.
    SkipInit,
    /// ReLU(x + b F(x)): in training b is 1 or 0 by chance, less often 1 the deeper a block lies, down to one half; afterwards its mean.
    /// Huang et al. 2016.
    StochasticDepth,
}

/// Of the last block, with stochastic depth.
pub const LAST_SURVIVAL: f32 = 0.5;

/// What a net is, beside its weights.
#[derive(Clone, Debug, PartialEq)]
pub struct Design {
    /// 6 n + 2 layers.
    pub depth: usize,
    /// Channels of the first stage; they double from stage to stage.
    pub width: usize,
    /// Whether blocks have an identity branch, and what else is done to them.
    pub wiring: Wiring,
    /// Of a picture.
    pub side: usize,
    /// Outputs of the linear layer.
    pub classes: usize,
}

impl Design {
    /// n of the 6 n + 2 layers.
    pub fn blocks_per_stage(&self) -> usize {
        (self.depth - 2) / 6
    }

    /// The same convolutions as an architecture that the engine knows.
    pub fn architecture(&self) -> Architecture {
        let kind = if self.wiring == Wiring::Plain { "plain" } else { "resnet" };
        Architecture {
            name: format!("{kind}{}-w{}", self.depth, self.width),
            inputs: 3,
            stem: Stem::Cifar,
            stem_width: self.width,
            kind: BlockKind::Basic,
            stages: vec![self.blocks_per_stage(); 3],
            width: self.width,
            inner: self.width,
            groups: 1,
            shortcuts: if self.wiring == Wiring::Plain { Shortcuts::None } else { Shortcuts::OptionA },
            stride_in_1x1: false,
            pre_activation: None,
            classes: self.classes,
        }
    }
}
