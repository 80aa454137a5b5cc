//! What the page's benchmark calls: networks of any size from made-up weights, which it hands to every engine alike.
//!
//! The engine's binaries export [`Synthetic`] and [`Bench`]. With the feature `candle-peer` the binary is another one,
//! which has the same [`Bench`] on stock candle-nn, and nothing of the engine.

use crate::arch::Architecture;
use crate::weights::{Error, Source, check_finite};
use js_sys::{Float32Array, Map};
use wasm_bindgen::prelude::*;

fn architecture(name: &str) -> Result<Architecture, JsError> {
    Architecture::named(name).ok_or_else(|| JsError::new(&format!("there is no architecture '{name}'")))
}

/// Tensors that JavaScript holds: a map of names to Float32Arrays. They stay there.
struct Held<'a>(&'a Map);

impl Source for Held<'_> {
    fn has(&self, name: &str) -> bool {
        self.0.has(&name.into())
    }

    fn take(&mut self, name: &str, shape: &[usize]) -> Result<Vec<f32>, Error> {
        let held = self.0.get(&name.into());
        let array = held.dyn_into::<Float32Array>().map_err(|_| Error::Missing(name.to_string()))?;
        let values = array.to_vec();
        if values.len() != shape.iter().product::<usize>() {
            return Err(Error::Shape { name: name.to_string(), expected: shape.to_vec(), found: vec![values.len()] });
        }
        check_finite(name, &values)?;
        Ok(values)
    }
}

#[cfg(not(feature = "candle-peer"))]
pub use engine::{Bench, Synthetic};

#[cfg(not(feature = "candle-peer"))]
mod engine {
    use super::{Held, architecture};
    use crate::arch::{self, Architecture, ConvSpec, Op};
    use crate::kernels::Algorithm;
    use crate::lesion::Lesion;
    use crate::network::Network;
    use crate::trace::{Branches, NoProbe, Probe};
    use crate::weights::{Source, synthetic};
    use js_sys::{Float32Array, Float64Array, Map};
    use serde::Serialize;
    use std::ops::Range;
    use tsify::{Ts, Tsify};
    use wasm_bindgen::prelude::*;

    /// A network as data, for whoever builds it on another library.
    #[derive(Tsify, Serialize)]
    pub struct Description {
        pub macs: u64,
        pub parameters: usize,
        pub stem: Layer,
        pub blocks: Vec<Block>,
        pub classes: usize,
        pub features: usize,
    }

    /// A convolution, padded by `kernel / 2`; its tensors are `name.weight` (OIHW) and `name.bias`.
    #[derive(Tsify, Serialize)]
    pub struct Layer {
        pub name: String,
        pub inputs: usize,
        pub outputs: usize,
        pub kernel: usize,
        pub stride: usize,
    }

    /// Something that runs and is timed. ReLU belongs to the convolution before it, and so does a block's sum. Of a linear layer,
    /// kernel, stride and side are 1.
    #[derive(Tsify, Serialize)]
    pub struct TimedStep {
        pub name: String,
        /// Of a convolution or linear layer; empty for all else.
        pub algorithm: String,
        pub macs: u64,
        pub inputs: usize,
        pub outputs: usize,
        pub kernel: usize,
        pub stride: usize,
        /// Of the output.
        pub side: usize,
    }

    /// ReLU(F(x) + x), x through the projection where there is one.
    #[derive(Tsify, Serialize)]
    #[tsify(missing_as_null)]
    pub struct Block {
        pub name: String,
        pub residual: Vec<Layer>,
        pub projection: Option<Layer>,
    }

    impl From<&ConvSpec> for Layer {
        fn from(spec: &ConvSpec) -> Layer {
            let &ConvSpec { inputs, outputs, kernel, stride, .. } = spec;
            Layer { name: spec.name.clone(), inputs, outputs, kernel, stride }
        }
    }

    /// The made-up weights of one of He et al.'s ImageNet networks, batch norm folded away.
    #[wasm_bindgen]
    pub struct Synthetic(Architecture);

    #[wasm_bindgen]
    impl Synthetic {
        pub fn of(name: &str) -> Result<Synthetic, JsError> {
            Ok(Synthetic(architecture(name)?))
        }

        pub fn describe(&self, side: usize) -> Result<Ts<Description>, JsError> {
            let flow = self.0.flow();
            let convs = |steps: Range<usize>| flow.steps()[steps].iter().filter_map(arch::Step::conv).map(Layer::from);
            let block = |block: &arch::Block| Block {
                name: block.name.clone(),
                residual: convs(block.residual_steps.clone()).collect(),
                projection: convs(block.identity_steps.clone()).next(),
            };
            let all = 0..flow.steps().len();
            let stem = convs(all.clone()).next().ok_or_else(|| JsError::new("a network begins with a convolution"))?;
            Ok(Description {
                macs: flow.macs(all.clone(), side),
                parameters: flow.parameters(all),
                stem,
                blocks: flow.blocks().iter().map(block).collect(),
                classes: flow.channels(flow.logits()),
                features: flow.channels(flow.features()),
            }
            .into_ts()?)
        }

        /// Every tensor by its name: convolutions OIHW, `fc.weight` as one row per class.
        #[wasm_bindgen(unchecked_return_type = "Map<string, Float32Array>")]
        pub fn tensors(&self) -> Result<Map, JsError> {
            let Synthetic(network) = self;
            let (flow, map, mut source) = (network.flow(), Map::new(), synthetic::Synthetic::folded(network));
            for step in flow.steps() {
                for (part, shape) in ["weight", "bias"].iter().zip(flow.shapes(step)) {
                    let name = format!("{}.{part}", step.name);
                    let values = source.take(&name, &shape)?;
                    map.set(&name.into(), &Float32Array::from(values.as_slice()));
                }
            }
            Ok(map)
        }

        /// An image to run, normalised, CHW.
        pub fn image(&self, side: usize) -> Float32Array {
            Float32Array::from(synthetic::image(side).as_slice())
        }
    }

    /// The engine's network.
    #[wasm_bindgen]
    pub struct Bench {
        network: Network,
        side: usize,
    }

    #[wasm_bindgen]
    impl Bench {
        pub fn build(
            name: &str,
            side: usize,
            #[wasm_bindgen(unchecked_param_type = "Map<string, Float32Array>")] tensors: &Map,
        ) -> Result<Bench, JsError> {
            Ok(Bench { network: Network::build(&architecture(name)?, side, &mut Held(tensors))?, side })
        }

        /// The logits of an image, HWC.
        pub fn run(&mut self, image: &[f32]) -> Float32Array {
            self.set(image);
            Float32Array::from(self.network.forward(&Lesion::none(), &mut NoProbe))
        }

        /// As `run`, with the clock read (by `now`) at the start and after every one of `layers`.
        pub fn time(
            &mut self,
            image: &[f32],
            #[wasm_bindgen(unchecked_param_type = "() => number")] now: &js_sys::Function,
        ) -> Float64Array {
            self.set(image);
            let now = || now.call0(&JsValue::NULL).ok().and_then(|time| time.as_f64()).unwrap_or(f64::NAN);
            let mut probe = Clock { times: vec![now()], now };
            self.network.forward(&Lesion::none(), &mut probe);
            Float64Array::from(probe.times.as_slice())
        }

        /// What runs, in this order. ReLU is part of the convolution before it, and so is a block's sum.
        pub fn layers(&self) -> Result<Vec<Ts<TimedStep>>, JsError> {
            let flow = self.network.flow();
            let sides = flow.sides(self.side);
            let steps = flow.steps().iter().zip(self.network.algorithms());
            let timed = |(step, algorithm): (&arch::Step, Option<Algorithm>)| {
                let (from, side) = (sides[step.from.index()], sides[step.to.index()]);
                let (kernel, stride) = match &step.op {
                    Op::Conv(conv) => (conv.kernel, conv.stride),
                    Op::MaxPool => (3, 2),
                    Op::Subsample => (1, 2),
                    Op::Mean => (from, 1),
                    Op::AveragePool => (2, 2),
                    Op::Norm | Op::Linear => (1, 1),
                };
                Ok(TimedStep {
                    name: step.name.clone(),
                    algorithm: algorithm.map(name_of).unwrap_or_default(),
                    macs: flow.macs_of(step, side),
                    inputs: flow.channels(step.from),
                    outputs: flow.channels(step.to),
                    kernel,
                    stride,
                    side,
                }
                .into_ts()?)
            };
            steps.map(timed).collect()
        }
    }

    fn name_of(algorithm: Algorithm) -> String {
        match algorithm {
            Algorithm::Gemm => "implicit GEMM".to_string(),
            Algorithm::Grouped => "grouped GEMM".to_string(),
            Algorithm::Strassen => "Strassen".to_string(),
            Algorithm::Winograd(size) => format!("Winograd {}x{}", size.rows(), size.columns()),
        }
    }

    impl Bench {
        fn set(&mut self, image: &[f32]) {
            let layout = self.network.input_layout();
            assert_eq!(layout.pixel(), layout.channels(), "an image's rows are runs of its pixels");
            let input = self.network.input();
            for (y, row) in image.chunks_exact(layout.channels() * self.side).enumerate() {
                input[layout.at(y, 0)..][..row.len()].copy_from_slice(row);
            }
        }
    }

    struct Clock<F> {
        times: Vec<f64>,
        now: F,
    }

    impl<F: Fn() -> f64> Probe for Clock<F> {
        fn wants(&self, _block: usize) -> bool {
            false
        }

        fn see(&mut self, _block: usize, _branches: Branches<'_>) {}

        fn ran(&mut self) {
            self.times.push((self.now)());
        }
    }
}

#[cfg(feature = "candle-peer")]
pub use candle::Bench;

#[cfg(feature = "candle-peer")]
mod candle {
    use super::{Held, architecture};
    use crate::reference::Reference;
    use candle_core::{Device, Tensor};
    use js_sys::{Float32Array, Map};
    use wasm_bindgen::prelude::*;

    /// The network on stock candle-nn.
    #[wasm_bindgen]
    pub struct Bench {
        network: Reference,
        side: usize,
    }

    #[wasm_bindgen]
    impl Bench {
        pub fn build(
            name: &str,
            side: usize,
            #[wasm_bindgen(unchecked_param_type = "Map<string, Float32Array>")] tensors: &Map,
        ) -> Result<Bench, JsError> {
            Ok(Bench { network: Reference::build(&architecture(name)?, &mut Held(tensors))?, side })
        }

        /// The logits of an image, CHW.
        pub fn run(&self, image: &[f32]) -> Result<Float32Array, JsError> {
            let image = Tensor::from_slice(image, (1, 3, self.side, self.side), &Device::Cpu)?;
            let logits = self.network.logits(&image)?.squeeze(0)?.to_vec1::<f32>()?;
            Ok(Float32Array::from(logits.as_slice()))
        }
    }
}
