//! Nodes put into an order in which each comes after those that it takes from.

use super::proto::Model;
use crate::weights::formats::Error;
use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};

/// The numbers of the model's nodes, in order; in the file's wherever that is one. Errors: a name that two make or none makes,
/// nodes that wait for each other.
pub fn order(model: &Model) -> Result<Vec<usize>, Error> {
    // What makes a name: a node; none where it is there from the beginning.
    let mut makers: HashMap<&str, Option<usize>> = HashMap::new();
    let tensors = model.tensors.iter().map(|tensor| (tensor.name.as_str(), "ONNX tensors"));
    for (name, what) in tensors {
        if makers.insert(name, None).is_some() {
            return Err(Error::Twice { what, name: name.into() });
        }
    }
    for input in &model.inputs {
        makers.insert(&input.name, None); // until 2019 tensors were among the inputs
    }
    for (number, node) in model.nodes.iter().enumerate() {
        for output in node.outputs.iter().filter(|output| !output.is_empty()) {
            if makers.insert(output, Some(number)).is_some() {
                return Err(Error::Twice { what: "ONNX outputs", name: output.clone() });
            }
        }
    }
    let mut waiting_for = vec![0usize; model.nodes.len()];
    let mut takers: Vec<Vec<usize>> = vec![Vec::new(); model.nodes.len()];
    for (number, node) in model.nodes.iter().enumerate() {
        for input in node.inputs.iter().filter(|input| !input.is_empty()) {
            match makers.get(input.as_str()) {
                Some(Some(maker)) => {
                    waiting_for[number] += 1;
                    takers[*maker].push(number);
                }
                Some(None) => {}
                None => return Err(Error::NoInput { node: node.name.clone(), input: input.clone() }),
            }
        }
    }
    for output in &model.outputs {
        if !makers.contains_key(output.as_str()) {
            return Err(Error::NoInput { node: "the graph's output".into(), input: output.clone() });
        }
    }
    let ready = (0..model.nodes.len()).filter(|&number| waiting_for[number] == 0);
    let mut ready: BinaryHeap<Reverse<usize>> = ready.map(Reverse).collect();
    let mut ordered = Vec::with_capacity(model.nodes.len());
    while let Some(Reverse(number)) = ready.pop() {
        ordered.push(number);
        for &taker in &takers[number] {
            waiting_for[taker] -= 1;
            if waiting_for[taker] == 0 {
                ready.push(Reverse(taker));
            }
        }
    }
    match waiting_for.iter().position(|&n| n > 0) {
        Some(number) => Err(Error::Cycle(model.nodes[number].name.clone())),
        None => Ok(ordered),
    }
}
