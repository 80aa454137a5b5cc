//! The ONNX project's own tests of single operators (see make.py beside them). Each stands in a small residual net: where its attributes
//! are what a kernel computes, the kernel gives what the test expects; where not, the net is refused by the node's name, with its
//! operator and the reason.

mod attributes;

use skipscope::arch::ConvSpec;
use skipscope::kernels::{Conv, Filter, Layout, average_pool, global_average_pool, max_pool};
use skipscope::weights::formats::onnx::{Graph, Node, Op, read};
use skipscope::weights::recognise::Error;
use skipscope::weights::recognise::graph::{kernel, recognise};
use skipscope::weights::{Tensors, fold};
use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;

/// One test: its graph, the file's bytes, and the node in question.
struct Case {
    name: String,
    bytes: Vec<u8>,
    graph: Graph,
}

/// Values, channel by channel, and their shape.
struct Array {
    shape: Vec<usize>,
    values: Vec<f32>,
}

impl Case {
    fn node(&self) -> &Node {
        self.graph.nodes.iter().find(|node| node.name == "node").expect("the node")
    }

    fn shape(&self, name: &str) -> Option<&[usize]> {
        self.graph.initialisers.get(name).map(|tensor| &tensor.shape[..])
    }

    fn array(&self, name: &str) -> Option<Array> {
        let values = self.graph.values(name, &self.bytes.as_slice()).ok()?;
        Some(Array { shape: self.shape(name)?.to_vec(), values })
    }

    /// The node's weight at that place among its inputs.
    fn weight(&self, at: usize) -> Option<Array> {
        self.array(self.node().inputs.get(at)?)
    }

    /// Whether the sides of the test's map are even; make.py states those that are not.
    fn even(&self) -> bool {
        self.graph.inputs[0].shape[2..].iter().all(|side| side.is_none_or(|side| side.is_multiple_of(2)))
    }
}

/// A map of one image as the kernels have it.
fn map(array: &Array) -> (Layout, Vec<f32>) {
    let [_, channels, ref sides @ ..] = array.shape[..] else { panic!("no image: {:?}", array.shape) };
    // Of more or fewer dimensions than two: batch norm does not mind.
    let [height, width] = <[usize; 2]>::try_from(sides).unwrap_or([1, sides.iter().product()]);
    let layout = Layout::map(height, width, channels);
    let mut data = vec![0.0; layout.len()];
    for (c, plane) in array.values.chunks_exact(height * width).enumerate().take(channels) {
        plane.iter().enumerate().for_each(|(p, &value)| data[layout.at(p / width, p % width) + c] = value);
    }
    (layout, data)
}

fn convolved(x: &Array, output: Layout, filter: Filter, weight: &[f32], bias: &[f32]) -> Vec<f32> {
    let (input, data) = map(x);
    let conv = Conv::plan(input, output, filter, weight, bias);
    let mut to = vec![0.0; output.len()];
    conv.run(&data, None, false, &mut to, &mut vec![0.0; conv.scratch_len()]);
    to
}

/// What the kernel that computes the node makes of `test.x`, laid out as a map of `y`'s shape. An error where none computes it.
fn run(case: &Case, y: Option<&Array>) -> Result<Vec<f32>, String> {
    let op = &case.node().op;
    // Before any data is looked at: those that are refused may have none.
    let filter = match op {
        Op::Conv { window, group } => Some(kernel::conv(window, *group, [0; 4])?),
        Op::MaxPool { window, ceil } => kernel::max_pool(window, *ceil, None, case.even()).map(|()| None)?,
        Op::AveragePool { window, ceil, count_include_pad } => {
            kernel::average_pool(window, *ceil, *count_include_pad, case.even()).map(|()| None)?
        }
        Op::BatchNorm { .. } | Op::GlobalAveragePool | Op::Gemm { .. } => None,
        Op::Other { why, .. } => return Err(why.clone().expect("a reason")),
        other => panic!("{}: {other:?}", case.name),
    };
    let x = case.array("test.x").unwrap_or_else(|| panic!("{} is taken, and has no data", case.name));
    let y = y.expect("what it gives");
    let pooled = |pool: fn(&Layout, &[f32], &Layout, &mut [f32])| {
        let ((input, data), (output, _)) = (map(&x), map(y));
        let mut to = vec![0.0; output.len()];
        pool(&input, &data, &output, &mut to);
        to
    };
    let weight = |at: usize| case.weight(at).map(|array| array.values);
    Ok(match (op, filter) {
        (Op::Conv { .. }, Some(filter)) => {
            let bias = weight(2).unwrap_or_else(|| vec![0.0; y.shape[1]]);
            convolved(&x, map(y).0, filter, &weight(1).unwrap(), &bias)
        }
        (Op::MaxPool { .. }, _) => pooled(max_pool),
        (Op::AveragePool { .. }, _) => pooled(average_pool),
        (Op::GlobalAveragePool, _) => pooled(global_average_pool),
        // As it is folded: into a convolution that changes nothing.
        (Op::BatchNorm { epsilon }, _) => {
            let channels = x.shape[1];
            let unit = (0..channels * channels).map(|i| f32::from(u8::from(i % (channels + 1) == 0))).collect();
            let mut tensors = HashMap::from([("conv.weight".into(), (vec![channels, channels, 1, 1], unit))]);
            for (at, part) in ["weight", "bias", "running_mean", "running_var"].into_iter().enumerate() {
                tensors.insert(format!("norm.{part}"), (vec![channels], weight(at + 1).unwrap()));
            }
            let spec = ConvSpec {
                name: "conv".into(),
                norm: Some("norm".into()),
                inputs: channels,
                outputs: channels,
                kernel: 1,
                stride: 1,
                groups: 1,
            };
            let mut source = Tensors { tensors, batch_norm_epsilon: Some(f64::from(*epsilon)) };
            let (weight, bias) = fold::conv(&mut source, &spec).unwrap();
            convolved(&x, map(y).0, Filter::new(1, 1), &weight, &bias)
        }
        // Row by row, as a linear layer runs: a convolution of one pixel.
        (Op::Gemm { .. }, _) => {
            let of = case.weight(1).unwrap();
            let transposed = kernel::linear(op, case.weight(2).as_ref().map(|add| &add.shape[..]), &of.shape)?;
            let (features, classes) = (x.shape[1], y.shape[1]);
            let at = |o: usize, i: usize| if transposed { i * classes + o } else { o * features + i };
            let weight: Vec<f32> = (0..classes * features).map(|n| of.values[at(n / features, n % features)]).collect();
            let bias = case.weight(2).map_or_else(|| vec![0.0; classes], |add| add.values);
            let rows = x.values.chunks_exact(features).map(|row| {
                let row = Array { shape: vec![1, features, 1, 1], values: row.to_vec() };
                let output = Layout::map(1, 1, classes);
                let logits = convolved(&row, output, Filter::new(1, 1), &weight, &bias);
                logits[output.at(0, 0)..][..classes].to_vec()
            });
            rows.collect::<Vec<_>>().concat()
        }
        _ => unreachable!(),
    })
}

/// The values of `y` in what [`run`] gave, each with the expected one.
fn pairs(op: &Op, y: &Array, found: &[f32]) -> Vec<(f32, f32)> {
    if let Op::Gemm { .. } = op {
        return found.iter().copied().zip(y.values.iter().copied()).collect();
    }
    let (layout, expected) = map(y);
    layout.pixels(found).flatten().copied().zip(layout.pixels(&expected).flatten().copied()).collect()
}

fn cases() -> Vec<Case> {
    let folder = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/onnx-node"));
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|end| end == "onnx"));
    paths.sort();
    let case = |path: PathBuf| {
        let bytes = std::fs::read(&path).unwrap();
        let graph = read(&bytes.as_slice(), &|_| None).unwrap();
        Case { name: path.file_stem().unwrap().to_string_lossy().into_owned(), bytes, graph }
    };
    paths.into_iter().map(case).collect()
}

#[test]
fn operators_compute_what_onnx_expects_or_are_refused_by_name() {
    // By operator: what is computed, and what is refused.
    let mut tally: BTreeMap<String, [Vec<String>; 2]> = BTreeMap::new();
    for case in cases() {
        let op = &case.node().op;
        let y = case.array("test.y");
        let operator = match op {
            Op::Other { operator, .. } => operator.clone(),
            Op::BatchNorm { .. } => "BatchNormalization".into(),
            op => format!("{op:?}").split([' ', '{']).next().unwrap().to_string(),
        };
        let ran = run(&case, y.as_ref());
        let [computed, refused] = tally.entry(operator.clone()).or_default();
        match ran {
            Ok(found) => {
                let pairs = pairs(op, &y.unwrap(), &found);
                assert!(!pairs.is_empty());
                for (found, expected) in pairs {
                    let off = (found - expected).abs();
                    assert!(off <= 1e-5 * (1.0 + expected.abs()), "{}: {found} where {expected} is right", case.name);
                }
                // The whole net may be none of ours, but not for what the node computes.
                if let Err(Error::Node { node, why, .. }) = recognise(&case.graph) {
                    assert!(node != "node" || why.contains("it would be"), "{}: {why}", case.name);
                }
                computed.push(case.name);
            }
            Err(reason) => match recognise(&case.graph) {
                Err(Error::Node { node, operator: named, why }) => {
                    assert_eq!((&*node, &named, &why), ("node", &operator, &reason), "{}", case.name);
                    assert!(!why.is_empty());
                    refused.push(format!("{}: {why}", case.name));
                }
                // A depthwise convolution tells of another family, before any node is looked at for itself.
                Err(Error::LooksLike(kind)) if case.name.contains("depthwise") && kind.contains("depthwise") => {
                    refused.push(format!("{}: {kind}", case.name));
                }
                other => panic!("{}: {:?} where '{reason}' is why not", case.name, other.err()),
            },
        }
    }
    let mut counts = Vec::new();
    for (operator, [computed, refused]) in &tally {
        println!("{operator}: {} of {} are computed", computed.len(), computed.len() + refused.len());
        println!("  {}", computed.join(", "));
        refused.iter().for_each(|why| println!("  not {why}"));
        counts.push((&operator[..], computed.len(), refused.len()));
    }
    // Most of the others are of one or three dimensions, or have windows that no ResNet has.
    let expected = [
        ("AveragePool", 2, 23),
        ("BatchNormalization", 7, 2),
        ("Conv", 5, 28),
        ("Gemm", 5, 7),
        ("GlobalAveragePool", 2, 0),
        ("MaxPool", 1, 27),
    ];
    assert_eq!(counts, expected);
}
