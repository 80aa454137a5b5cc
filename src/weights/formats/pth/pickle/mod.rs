//! Pickles read as data. Python's pickles are programs for a small machine, which names functions and calls them; this machine
//! calls nothing: a call stays in the tree as what it is, `Object(function, arguments)`, for who knows the function to look at.
//!
//! By hand: candle's machine allocates what lengths claim, and would bring candle into a wasm that people wait for. Here texts and
//! bytes are places in the pickle, values lie in one list and name each other by number, so that nothing recurs, neither when a
//! value nested 100,000 deep is read nor when it is dropped, and what is held is bounded by the opcodes that are there.

mod machine;

use machine::Machine;

/// Why reading ended.
#[derive(Debug, PartialEq)]
pub enum Stop {
    /// The bytes end first.
    Short,
    Broken(String),
}

/// A place in the pickle: from, to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Span(u32, u32);

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value {
    None,
    Bool(bool),
    Int(i64),
    /// A float, or an integer of more than 64 bits: no weight depends on one.
    Number,
    Text(Span),
    Bytes,
    /// By its number in [`Pickle::nodes`].
    Node(u32),
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind {
    Tuple,
    List,
    Set,
    /// Keys and values, in turn.
    Dict,
    /// Module and name, two texts.
    Global,
    /// What a call of a global would make: the callable, its arguments, the state that is given to what it makes, then, as in a dict,
    /// keys and values that are put into it.
    Object,
    /// What lies outside of the pickle, and its name there.
    Persistent,
}

#[derive(Debug)]
pub struct Node {
    pub kind: Kind,
    pub items: Vec<Value>,
}

/// Where an object's keys and values begin.
pub const OBJECT_HEAD: usize = 3;

/// A pickle that has been read.
pub struct Pickle<'a> {
    bytes: &'a [u8],
    pub nodes: Vec<Node>,
    pub top: Value,
    /// Bytes that it took.
    pub len: usize,
}

impl Pickle<'_> {
    pub fn node(&self, value: Value) -> Option<&Node> {
        match value {
            Value::Node(number) => self.nodes.get(number as usize),
            _ => None,
        }
    }

    /// The items of a node of that kind.
    pub fn items(&self, value: Value, kind: Kind) -> Option<&[Value]> {
        self.node(value).filter(|node| node.kind == kind).map(|node| node.items.as_slice())
    }

    /// A text that is UTF-8.
    pub fn text(&self, value: Value) -> Option<&str> {
        match value {
            Value::Text(Span(from, to)) => str::from_utf8(self.bytes.get(from as usize..to as usize)?).ok(),
            _ => None,
        }
    }

    /// Reads one pickle from the beginning of `bytes`.
    pub fn read(bytes: &[u8]) -> Result<Pickle<'_>, Stop> {
        Machine::new(bytes).run()
    }
}
