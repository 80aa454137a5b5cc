//! ONNX.

use super::assert_error;
use crate::common::onnx::{
    Model, bytes, external, float, floats, int, integers, ints, node, number, picture, real, sizes, small, string,
    tensor, text, value, weights,
};
use skipscope::weights::formats::onnx::{Graph, Input, Op, Pads, Window, read};
use skipscope::weights::formats::{Bytes, Error};

fn graph(model: &Model) -> Result<Graph, Error> {
    read(&model.bytes(), &|_| None)
}

fn names(graph: &Graph) -> Vec<String> {
    graph.nodes.iter().map(|node| node.name.clone()).collect()
}

/// A graph of those nodes from `x` to `y`, and what becomes of them.
fn ops(opset: i64, nodes: &[Vec<u8>], tensors: &[Vec<u8>]) -> Vec<Op> {
    let (inputs, outputs) = (vec![picture("x", &[])], vec![picture("y", &[])]);
    let model = Model { opset, nodes: nodes.to_vec(), tensors: tensors.to_vec(), inputs, outputs };
    graph(&model).unwrap().nodes.into_iter().map(|node| node.op).collect()
}

const WINDOW: Window = Window { kernel: [3, 3], stride: [1, 1], pads: Pads::Explicit([1; 4]), dilation: [1, 1] };

#[test]
fn nodes_come_by_kind_and_in_order() {
    let mut model = small();
    model.nodes.reverse();
    let bytes = model.bytes();
    let graph = graph(&model).unwrap();
    let expected = [
        Op::Conv { window: WINDOW, group: 1 },
        Op::BatchNorm { epsilon: 0.001 },
        Op::Add,
        Op::Relu,
        Op::MaxPool {
            window: Window { kernel: [2, 2], stride: [2, 2], pads: Pads::Explicit([0; 4]), dilation: [1, 1] },
            ceil: false,
        },
        Op::GlobalAveragePool,
        Op::Flatten { axis: 1 },
        Op::Gemm { transpose_a: false, transpose_b: true, alpha: 1.0, beta: 1.0 },
    ];
    assert_eq!(graph.nodes.iter().map(|node| node.op.clone()).collect::<Vec<_>>(), expected);
    assert_eq!(graph.nodes[1].inputs, ["c", "n.weight", "n.bias", "n.mean", "n.var"]);
    assert_eq!(graph.inputs, [Input { name: "x".into(), shape: vec![None, Some(3), Some(8), Some(8)] }]);
    assert_eq!(graph.outputs, ["logits"]);
    assert_eq!(graph.initialisers["fc.weight"].shape, [4, 3]);
    assert_eq!(graph.values("fc.bias", &bytes).unwrap(), [0.0, 0.125, 0.25, 0.375]);
    assert_eq!(graph.values("fc", &bytes), Err(Error::Missing("fc".into())));
    for len in 0..bytes.len() - 10 {
        assert!(read(&&bytes[..len], &|_| None).is_err(), "{len} bytes"); // the last ten are the version
    }
}

#[test]
fn what_does_nothing_is_gone() {
    let nodes = [
        node("Identity", "w", "same", &[]),
        node("Conv", "x same -", "c", &[ints("kernel_shape", &[3, 3]), ints("pads", &[1; 4])]),
        node("Dropout", "c", "d mask", &[]),
        node("Cast", "d", "cast", &[int("to", 1)]),
        node("Pad", "cast nought", "p", &[]),
        node("Relu", "p", "r", &[]),
        node("Relu", "r", "nobody takes it", &[]),
        node("Sum", "r r", "s", &[]),
        node("Identity", "s", "y", &[]),
    ];
    let tensors = [weights("w", &[1, 1, 3, 3], &[0.5; 9]), sizes("nought", &[0; 8])];
    let (inputs, outputs) = (vec![picture("x", &[1, 1, 4, 4]), picture("w", &[])], vec![picture("y", &[])]);
    let found = graph(&Model { opset: 13, nodes: nodes.to_vec(), tensors: tensors.to_vec(), inputs, outputs }).unwrap();
    assert_eq!(names(&found), ["Conv c", "Relu r", "Sum s"]);
    assert_eq!(found.nodes[0].inputs, ["x", "w"]);
    assert_eq!(found.nodes[1].inputs, ["c"]);
    assert_eq!(found.nodes[2].op, Op::Add);
    assert_eq!(found.outputs, ["s"]);
    assert_eq!(found.inputs.len(), 1, "a weight is no input");
}

#[test]
fn attributes_that_became_inputs_are_read_from_both() {
    let [pads, axes] = [ints("pads", &[0, 1, 0, 0, 0, 1, 0, 0]), ints("axes", &[2, 3])];
    let constants = [sizes("p", &[0, 1, 0, 0, 0, 1, 0, 0]), sizes("a", &[2, 3]), sizes("none", &[])];
    let old = [
        node("Pad", "x", "p1", &[pads]),
        node("ReduceMean", "p1", "m", &[axes.clone(), int("keepdims", 0)]),
        node("Squeeze", "m", "y", &[axes]),
    ];
    let new = [
        node("Pad", "x p", "p1", &[]),
        node("ReduceMean", "p1 a", "m", &[int("keepdims", 0)]),
        node("Squeeze", "m a", "y", &[]),
    ];
    let expected = [
        Op::Pad { pads: vec![0, 1, 0, 0, 0, 1, 0, 0] },
        Op::ReduceMean { axes: Some(vec![2, 3]), keep_dims: false },
        Op::Squeeze { axes: Some(vec![2, 3]) },
    ];
    assert_eq!(ops(10, &old, &[]), expected);
    assert_eq!(ops(18, &new, &constants), expected);
    assert_eq!(
        ops(18, &[node("ReduceMean", "x none", "y", &[])], &constants),
        [Op::ReduceMean { axes: None, keep_dims: true }]
    );
    assert_eq!(ops(12, &[node("Softmax", "x", "y", &[])], &[]), [Op::Softmax { axis: 1 }]);
    assert_eq!(ops(13, &[node("Softmax", "x", "y", &[])], &[]), [Op::Softmax { axis: -1 }]);
}

#[test]
fn shapes_that_are_computed_are_known_as_far_as_they_can_be() {
    let chain = [
        node("Shape", "x", "s", &[]),
        node("Constant", "", "zero", &[int("value_int", 0)]),
        node("Gather", "s zero", "n", &[int("axis", 0)]),
        node("Unsqueeze", "n first", "row", &[]),
        node("Constant", "", "rest", &[ints("value_ints", &[-1])]),
        node("Concat", "row rest", "to", &[int("axis", 0)]),
        node("Reshape", "x to", "y", &[]),
    ];
    let first = sizes("first", &[0]);
    assert_eq!(ops(13, &chain, std::slice::from_ref(&first)), [Op::Reshape { shape: Some(vec![None, Some(-1)]) }]);
    // Pads in PyTorch's order, last dimension first, turned into ONNX', as its exporter writes F.pad.
    let pad = [
        node(
            "Constant",
            "",
            "pads",
            &[value("value", &tensor("", &[6], 7, &bytes(9, &integers(&[5, 6, 3, 4, 1, 2]))))],
        ),
        node("ConstantOfShape", "two", "filled", &[value("value", &sizes("", &[0]))]),
        node("Concat", "pads filled", "all", &[int("axis", 0)]),
        node("Reshape", "all pairs", "table", &[]),
        node("Slice", "table minus least first minus", "back", &[]),
        node("Transpose", "back", "turned", &[ints("perm", &[1, 0])]),
        node("Reshape", "turned minus", "flat", &[]),
        node("Cast", "flat", "long", &[int("to", 7)]),
        node("Pad", "x long", "y", &[string("mode", "constant")]),
    ];
    let constants =
        [first, sizes("two", &[2]), sizes("pairs", &[-1, 2]), sizes("minus", &[-1]), sizes("least", &[i64::MIN + 1])];
    assert_eq!(ops(13, &pad, &constants), [Op::Pad { pads: vec![0, 1, 3, 5, 0, 2, 4, 6] }]);
    let unknown = [node("NonZero", "x", "s", &[]), node("Reshape", "x s", "y", &[])];
    assert_eq!(ops(13, &unknown, &[]), [Op::Reshape { shape: None }]);
}

#[test]
fn what_is_not_read_says_why() {
    let kernel = || ints("kernel_shape", &[3, 3]);
    for (node, words) in [
        (node("MatMulInteger", "x", "y", &[]), ""),
        (node("Conv", "x w", "y", &[ints("kernel_shape", &[3])]), "its kernel_shape are [3]"),
        (node("Conv", "x w", "y", &[kernel(), ints("strides", &[0, 1])]), "its strides are [0, 1]"),
        (node("Conv", "x w", "y", &[kernel(), ints("pads", &[-1, 1, 1, 1])]), "its pads are [-1, 1, 1, 1]"),
        (node("Conv", "x w", "y", &[kernel(), int("group", 0)]), "its groups are fewer than one"),
        (node("Conv", "x w", "y", &[kernel(), string("auto_pad", "SOME")]), "its auto_pad is 'SOME'"),
        (node("MaxPool", "x", "y", &[]), "how large its kernel is"),
        (node("BatchNormalization", "x w w w w", "y", &[int("training_mode", 1)]), "it is in training mode"),
        (node("Pad", "x", "y", &[ints("pads", &[1; 8]), string("mode", "reflect")]), "not pad with zeros"),
        (node("Pad", "x", "y", &[ints("pads", &[1; 8]), real("value", 1.0)]), "not pad with zeros"),
        (node("Sum", "x x x", "y", &[]), "it adds 3 maps"),
        (node("Unsqueeze", "x", "y", &[]), "it has no axes"),
        (node("Transpose", "x", "y", &[]), "does not say how"),
    ] {
        let [Op::Other { operator, why }] = &ops(13, &[node], &[weights("w", &[4], &[1.0; 4])])[..] else {
            panic!("{words}")
        };
        assert!(
            !operator.is_empty() && why.as_deref().unwrap_or("").contains(words),
            "{why:?} where '{words}' was expected"
        );
    }
    let foreign = [node("Relu", "x", "y", &[]), text(7, "com.microsoft")].concat();
    assert_eq!(ops(13, &[foreign], &[]), [Op::Other { operator: "com.microsoft::Relu".into(), why: None }]);
    // A kernel that the node leaves out is the weight's.
    let conv = ops(
        13,
        &[node("Conv", "x k", "y", &[string("auto_pad", "SAME_UPPER")])],
        &[weights("k", &[1, 1, 5, 3], &[1.0; 15])],
    );
    let window = Window { kernel: [5, 3], pads: Pads::SameUpper, ..WINDOW };
    assert_eq!(conv, [Op::Conv { window, group: 1 }]);
}

#[test]
fn graphs_that_do_not_hold_together_are_refused() {
    let with = |change: &dyn Fn(&mut Model)| {
        let mut model = small();
        change(&mut model);
        graph(&model)
    };
    assert!(with(&|_| {}).is_ok());
    let is = |result: Result<Graph, Error>, error: Error| assert_eq!(result.map(|_| ()), Err(error));
    is(with(&|m| m.nodes[3] = node("Relu", "p", "r", &[])), Error::Cycle("Relu r".into()));
    is(with(&|m| drop(m.nodes.remove(3))), Error::NoInput { node: "MaxPool p".into(), input: "r".into() });
    is(with(&|m| drop(m.tensors.remove(0))), Error::NoInput { node: "Conv c".into(), input: "conv.weight".into() });
    is(
        with(&|m| m.outputs.push(picture("z", &[]))),
        Error::NoInput { node: "the graph's output".into(), input: "z".into() },
    );
    is(with(&|m| m.nodes.push(node("Relu", "x", "r", &[]))), Error::Twice { what: "ONNX outputs", name: "r".into() });
    is(with(&|m| m.nodes.push(node("Relu", "x", "x", &[]))), Error::Twice { what: "ONNX outputs", name: "x".into() });
    is(
        with(&|m| m.tensors.push(weights("n.bias", &[1], &[0.0]))),
        Error::Twice { what: "ONNX tensors", name: "n.bias".into() },
    );
    for (tensor, words) in [
        (weights("t", &[3], &[1.0; 4]), "'t' has shape [3] in F32, and 16 bytes"),
        (weights("t", &[1 << 60, 1 << 60], &[1.0; 4]), "'t' has shape"),
        (weights("t", &[-4], &[1.0; 4]), "'t' has shape [-4]"),
        (weights("t", &[1; 17], &[1.0]), "more than 16 dimensions"),
        (tensor("t", &[2], 1, &[]), "'t' has shape [2] in F32, and 0 bytes"),
        (tensor("t", &[1], 1, &number(3, 1)), "several segments"),
        (tensor("t", &[1], 1, &number(4, 1)), "an integer among floats"),
        (tensor("t", &[1], 1, &number(9, 1)), "a number where a message belongs"),
        (tensor("t", &[1], 1, &[vec![9 << 3 | 2], vec![0xFF; 9], vec![1]].concat()), "goes beyond its message"),
        (tensor("t", &[1], 1, &[vec![1 << 3], vec![0xFF; 10]].concat()), "a number does not end"),
        (tensor("t", &[1], 1, &[9 << 3 | 3]), "a field of kind 3"),
    ] {
        assert_error(with(&|m| m.tensors.push(tensor.clone())), words);
    }
    assert_error(read(&[number(1, 8), text(2, "torch")].concat(), &|_| None), "it has no graph");
    assert_error(read(&[number(1, 8), vec![7 << 3 | 2, 0xFF, 1]].concat(), &|_| None), "goes on to byte");
}

#[test]
fn weights_are_stored_in_many_ways() {
    let halves = [number(5, 0x3C00), number(5, 0xC100)].concat(); // 1, -2.5
    let wide: Vec<u8> = [1.0f64, -2.5].iter().flat_map(|value| value.to_le_bytes()).collect();
    let both = floats(&[1.0, -2.5]);
    let mut model = small();
    model.tensors.extend([
        tensor("raw", &[2], 1, &bytes(9, &both)),
        tensor("packed", &[2], 1, &bytes(4, &both)),
        tensor("in two", &[2], 1, &[bytes(4, &both[..4]), bytes(4, &both[4..])].concat()),
        tensor("one by one", &[2], 1, &[float(4, 1.0), float(4, -2.5)].concat()),
        tensor("mixed", &[2], 1, &[bytes(4, &both[..4]), float(4, -2.5)].concat()),
        tensor("f16", &[2], 10, &bytes(9, &[0, 0x3C, 0, 0xC1])),
        tensor("f16 by number", &[2], 10, &halves),
        tensor("bf16", &[2], 16, &bytes(9, &[0x80, 0x3F, 0x20, 0xC0])),
        tensor("f64", &[2], 11, &bytes(10, &wide)),
        tensor("nan", &[1], 1, &bytes(9, &floats(&[f32::NAN]))),
        tensor("sizes", &[2], 7, &[number(7, 3), number(7, -4)].concat()),
    ]);
    model.nodes.insert(0, node("Transpose", "fc.weight", "fc.turned", &[ints("perm", &[1, 0])]));
    model.nodes.insert(1, node("Shape", "conv.weight", "k", &[int("end", 1)]));
    model.nodes.insert(2, node("Constant", "", "half", &[real("value_float", 0.5)]));
    model.nodes.insert(3, node("Expand", "half k", "spread", &[]));
    let file = model.bytes();
    let graph = graph(&model).unwrap();
    for name in ["raw", "packed", "in two", "one by one", "mixed", "f16", "f16 by number", "bf16", "f64"] {
        assert_eq!(graph.values(name, &file).unwrap(), [1.0, -2.5], "{name}");
    }
    assert_eq!(graph.values("nan", &file), Err(Error::NotFinite("nan".into())));
    assert_error(graph.values("sizes", &file), "not floats");
    assert_eq!(graph.values("spread", &file).unwrap(), [0.5; 3]);
    assert_eq!(graph.initialisers["fc.turned"].shape, [3, 4]);
    let turned: Vec<f32> = (0..12).map(|i| (i % 4 * 3 + i / 4) as f32 / 8.0).collect();
    assert_eq!(graph.values("fc.turned", &file).unwrap(), turned);
}

#[test]
fn weights_may_lie_in_a_second_file() {
    let with = |entries: &[(&str, &str)], beside: &[u8]| {
        let mut model = small();
        model.tensors.push(external("w", &[2], entries));
        let beside = beside.to_vec();
        let companions =
            move |name: &str| (name == "net.onnx.data").then(|| Box::new(beside.clone()) as Box<dyn Bytes>);
        let file = model.bytes();
        read(&file, &companions).and_then(|graph| graph.values("w", &file))
    };
    let data = floats(&[9.0, 1.0, -2.5]);
    let place = [("location", "net.onnx.data"), ("offset", "4"), ("length", "8")];
    assert_eq!(with(&place, &data).unwrap(), [1.0, -2.5]);
    assert_eq!(with(&[("location", "./net.onnx.data")], &data).unwrap(), [9.0, 1.0]);
    assert_eq!(with(&[("location", "other.data")], &data), Err(Error::Companion("other.data".into())));
    assert_error(with(&place, &data[..11]), "goes on to byte 12");
    assert_error(with(&[place[0], ("offset", &usize::MAX.to_string())], &data), "'w' in 'net.onnx.data'");
    assert_error(with(&[place[0], ("length", "12")], &data), "'w' has shape [2] in F32, and 12 bytes");
    assert_error(with(&[place[0], ("offset", "-4")], &data), "at offset '-4'");
    for path in ["/etc/passwd", "../net.onnx.data", "a/../../b", "", ".", "a//b", "C:\\x", "..\\x", "a\0b"] {
        assert_error(with(&[("location", path)], &data), "no file beside the model");
    }
}
