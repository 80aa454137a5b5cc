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
    use crate::arch::{Architecture, ConvSpec, Stem};
    use crate::kernels::Algorithm;
    use crate::lesion::Lesion;
    use crate::network::Network;
    use crate::trace::{Branches, NoProbe, Probe};
    use crate::weights::{Source, layers, synthetic};
    use js_sys::{Float32Array, Float64Array, Map};
    use serde::Serialize;
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

    /// Something that runs, and is timed. Of a linear layer, kernel, stride and side are 1.
    #[derive(Tsify, Serialize)]
    pub struct Step {
        pub name: String,
        /// Of a convolution.
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
            let Synthetic(network) = self;
            let block = |b: crate::arch::BlockSpec| Block {
                residual: b.residual.iter().map(Layer::from).collect(),
                projection: b.projection.as_ref().map(Layer::from),
                name: b.name,
            };
            Ok(Description {
                macs: network.macs(side),
                parameters: network.parameters(),
                stem: Layer::from(&network.stem_conv()),
                blocks: network.blocks().into_iter().map(block).collect(),
                classes: network.classes,
                features: network.features(),
            }
            .into_ts()?)
        }

        /// Every tensor by its name: convolutions OIHW, `fc.weight` as one row per class.
        pub fn tensors(&self) -> Result<Map, JsError> {
            let Synthetic(network) = self;
            let (map, mut source) = (Map::new(), synthetic::Synthetic::folded(network));
            let mut put = |name: String, shape: &[usize]| -> Result<(), JsError> {
                let values = source.take(&name, shape)?;
                map.set(&name.into(), &Float32Array::from(values.as_slice()));
                Ok(())
            };
            for layer in layers(network) {
                put(format!("{}.weight", layer.name), &layer.shape())?;
                put(format!("{}.bias", layer.name), &[layer.outputs])?;
            }
            put(format!("{}.weight", network.classifier()), &[network.classes, network.features()])?;
            put(format!("{}.bias", network.classifier()), &[network.classes])?;
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
        pub fn build(name: &str, side: usize, tensors: &Map) -> Result<Bench, JsError> {
            Ok(Bench { network: Network::build(&architecture(name)?, side, &mut Held(tensors))?, side })
        }

        /// The logits of an image, HWC.
        pub fn run(&mut self, image: &[f32]) -> Float32Array {
            self.set(image);
            Float32Array::from(self.network.forward(&Lesion::none(), &mut NoProbe))
        }

        /// As `run`, with the clock read (by `now`) at the start and after every one of [`layers`](Self::layers).
        pub fn time(&mut self, image: &[f32], now: &js_sys::Function) -> Float64Array {
            self.set(image);
            let now = || now.call0(&JsValue::NULL).ok().and_then(|time| time.as_f64()).unwrap_or(f64::NAN);
            let mut probe = Clock { times: vec![now()], now };
            self.network.forward(&Lesion::none(), &mut probe);
            Float64Array::from(probe.times.as_slice())
        }

        /// What runs, in this order. ReLU is part of the convolution before it, and so is a block's sum.
        pub fn layers(&self) -> Result<Vec<Ts<Step>>, JsError> {
            let network = self.network.architecture();
            let mut algorithms = self.network.algorithms().into_iter();
            let mut conv = |spec: &ConvSpec, side: usize| Step {
                name: spec.name.clone(),
                algorithm: algorithms.next().map(name_of).unwrap_or_default(),
                macs: spec.macs(side),
                inputs: spec.inputs,
                outputs: spec.outputs,
                kernel: spec.kernel,
                stride: spec.stride,
                side: spec.output_side(side),
            };
            let pool = |name: &str, channels: usize, kernel: usize, stride: usize, side: usize| Step {
                name: name.to_string(),
                algorithm: String::new(),
                macs: 0,
                inputs: channels,
                outputs: channels,
                kernel,
                stride,
                side,
            };
            let stem = network.stem_conv();
            let mut steps = vec![conv(&stem, self.side)];
            let mut side = network.stem_side(self.side);
            if network.stem == Stem::ImageNet {
                steps.push(pool("maxpool", stem.outputs, 3, 2, side));
            }
            for block in network.blocks() {
                steps.extend(block.projection.iter().map(|spec| conv(spec, side)));
                for spec in &block.residual {
                    steps.push(conv(spec, side));
                    side = spec.output_side(side);
                }
            }
            steps.push(pool("avgpool", network.features(), side, 1, 1));
            let (inputs, outputs) = (network.features(), network.classes);
            let classifier = ConvSpec {
                name: network.classifier().to_string(),
                norm: String::new(),
                inputs,
                outputs,
                kernel: 1,
                stride: 1,
            };
            steps.push(conv(&classifier, 1));
            Ok(steps.iter().map(Step::into_ts).collect::<Result<_, _>>()?)
        }
    }

    fn name_of(algorithm: Algorithm) -> String {
        match algorithm {
            Algorithm::Gemm => "implicit GEMM".to_string(),
            Algorithm::Strassen => "Strassen".to_string(),
            Algorithm::Winograd(size) => format!("Winograd {}x{}", size.rows(), size.columns()),
        }
    }

    impl Bench {
        fn set(&mut self, image: &[f32]) {
            let layout = self.network.input_layout();
            assert_eq!(layout.pixel, layout.channels, "an image's rows are runs of its pixels");
            let input = self.network.input();
            for (y, row) in image.chunks_exact(layout.channels * self.side).enumerate() {
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
        pub fn build(name: &str, side: usize, tensors: &Map) -> Result<Bench, JsError> {
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
