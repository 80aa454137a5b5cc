//! What a visitor chooses. Numbers come from an address or a form: nothing is taken on trust.

use super::Error;
use super::data::LABELS;
use super::net::{Design, Wiring};
use crate::arch::{WIDTHS, is_cifar_depth};
use serde::{Deserialize, Serialize};

/// Weights at the start.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "lowercase")]
pub enum Initialisation {
    /// Of variance 2 / inputs of a filter, which keeps the signal's size from layer to layer: He et al. 2015.
    He,
    /// Half as large, so that the signal halves from layer to layer where nothing mends it.
    Small,
}

/// A net and how it is trained.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Settings {
    /// How its blocks are wired.
    pub wiring: Wiring,
    /// 6 n + 2: 8, 14, 20, ... 110.
    pub depth: usize,
    /// Channels of the first stage: 8, 16, 24 or 32.
    pub width: usize,
    /// Whether convolutions are followed by batch norm.
    pub batch_norm: bool,
    /// Of the convolutions.
    pub initialisation: Initialisation,
    /// Of the pictures: 8 to 32 pixels.
    pub side: usize,
    /// Standard deviation of the noise over the pictures, whose colours go from 0 to 1.
    pub noise: f64,
    /// Pictures of a step.
    pub batch: usize,
    /// Before it is warmed up and brought down.
    pub learning_rate: f64,
    /// Nesterov's.
    pub momentum: f64,
    /// What every weight loses at a step, as a share of it and of the learning rate.
    pub weight_decay: f64,
    /// Steps until the learning rate is what it should be ...
    pub warm_up: usize,
    /// ... and until it has come down to 0 along a cosine.
    pub steps: usize,
    /// Decides weights and pictures.
    pub seed: u32,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            wiring: Wiring::Residual,
            depth: 20,
            width: 8,
            batch_norm: true,
            initialisation: Initialisation::He,
            side: 16,
            noise: 0.25,
            batch: 32,
            learning_rate: 0.1,
            momentum: 0.9,
            weight_decay: 1e-4,
            warm_up: 20,
            steps: 400,
            seed: 0,
        }
    }
}

impl Settings {
    /// The net, where all settings are what they may be.
    pub fn design(&self) -> Result<Design, Error> {
        let wrong = |what: String| Err(Error::Settings(what));
        let within = |value: f64, low: f64, high: f64| value >= low && value <= high; // false for what is no number
        if !is_cifar_depth(self.depth) {
            return wrong(format!("{} layers: a net has 6 n + 2, from 8 to 110", self.depth));
        }
        if !WIDTHS.contains(&self.width) {
            return wrong(format!("{} channels: the first stage has 8, 16, 24 or 32", self.width));
        }
        if !(8..=32).contains(&self.side) {
            return wrong(format!("pictures of {} pixels: a side has 8 to 32", self.side));
        }
        if !(2..=256).contains(&self.batch) {
            return wrong(format!("{} pictures a step: 2 to 256", self.batch));
        }
        if !(1..=100_000).contains(&self.steps) || self.warm_up > self.steps {
            return wrong(format!("{} steps, {} of them warm-up", self.steps, self.warm_up));
        }
        if let Wiring::Scaled(scale) = self.wiring
            && !within(f64::from(scale), -2.0, 2.0)
        {
            return wrong(format!("a shortcut scaled by {scale}: -2 to 2"));
        }
        for (name, value, high) in [
            ("noise", self.noise, 2.0),
            ("learning rate", self.learning_rate, 10.0),
            ("momentum", self.momentum, 0.999),
            ("weight decay", self.weight_decay, 1.0),
        ] {
            if !within(value, 0.0, high) {
                return wrong(format!("{name} {value}: 0 to {high}"));
            }
        }
        Ok(Design { depth: self.depth, width: self.width, wiring: self.wiring, side: self.side, classes: LABELS.len() })
    }

    /// The learning rate of a step, counted from 0: a straight line up, then half a cosine down to 0.
    pub fn rate(&self, step: usize) -> f32 {
        if step < self.warm_up {
            return (self.learning_rate * (step + 1) as f64 / self.warm_up as f64) as f32;
        }
        let left = (self.steps - self.warm_up).max(1);
        let done = ((step - self.warm_up) as f64 / left as f64).min(1.0);
        (self.learning_rate * 0.5 * (1.0 + (std::f64::consts::PI * done).cos())) as f32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rate_warms_up_and_comes_down() {
        let settings = Settings::default();
        assert!((settings.rate(0) - 0.005).abs() < 1e-7 && (settings.rate(19) - 0.1).abs() < 1e-7);
        assert!((settings.rate(20) - 0.1).abs() < 1e-7 && (settings.rate(210) - 0.05).abs() < 1e-7);
        assert!(settings.rate(399) < 1e-5 && settings.rate(400) == 0.0 && settings.rate(4000) == 0.0);
    }

    #[test]
    fn settings_are_checked() {
        let good = Settings::default();
        assert!(good.design().is_ok());
        let wrong = [
            Settings { depth: 21, ..good.clone() },
            Settings { depth: 2, ..good.clone() },
            Settings { depth: 116, ..good.clone() },
            Settings { width: 12, ..good.clone() },
            Settings { width: 0, ..good.clone() },
            Settings { side: 4, ..good.clone() },
            Settings { batch: 1, ..good.clone() },
            Settings { steps: 0, ..good.clone() },
            Settings { warm_up: 401, ..good.clone() },
            Settings { noise: f64::NAN, ..good.clone() },
            Settings { learning_rate: f64::INFINITY, ..good.clone() },
            Settings { momentum: 1.0, ..good.clone() },
            Settings { weight_decay: -1.0, ..good.clone() },
            Settings { wiring: Wiring::Scaled(f32::NAN), ..good.clone() },
        ];
        for settings in wrong {
            assert!(matches!(settings.design(), Err(Error::Settings(_))), "{settings:?}");
        }
    }
}
