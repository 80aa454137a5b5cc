//! The machine that reads pickles: a stack, marks on it, and a memo of what has been made.

use super::{Kind, Node, OBJECT_HEAD, Pickle, Span, Stop, Value};
use std::collections::HashMap;

/// The most opcodes. A ResNet-152 with its optimizer's state has some 70,000; each takes some hundred bytes at most.
const MOST_OPCODES: usize = 1 << 20;

fn broken<T>(why: impl Into<String>) -> Result<T, Stop> {
    Err(Stop::Broken(why.into()))
}

pub struct Machine<'a> {
    pickle: Pickle<'a>,
    at: usize,
    stack: Vec<Value>,
    /// Lengths of the stack: what lies above the last is being gathered.
    marks: Vec<usize>,
    memo: HashMap<u32, Value>,
}

impl<'a> Machine<'a> {
    pub fn new(bytes: &'a [u8]) -> Machine<'a> {
        let bytes = &bytes[..bytes.len().min(u32::MAX as usize)]; // places have four bytes
        let pickle = Pickle { bytes, nodes: Vec::new(), top: Value::None, len: 0 };
        Machine { pickle, at: 0, stack: Vec::new(), marks: Vec::new(), memo: HashMap::new() }
    }

    /// Runs to the pickle's end.
    pub fn run(mut self) -> Result<Pickle<'a>, Stop> {
        for _ in 0..MOST_OPCODES {
            if self.step()? {
                let top = self.pop()?;
                return Ok(Pickle { top, len: self.at, ..self.pickle });
            }
        }
        broken(format!("a pickle of more than {MOST_OPCODES} steps"))
    }

    fn take(&mut self, len: usize) -> Result<Span, Stop> {
        let end = self.at.checked_add(len).filter(|&end| end <= self.pickle.bytes.len()).ok_or(Stop::Short)?;
        let span = Span(self.at as u32, end as u32); // `new` has made sure that they fit
        self.at = end;
        Ok(span)
    }

    /// An unsigned number of `N` bytes, eight at most.
    fn number<const N: usize>(&mut self) -> Result<u64, Stop> {
        let Span(from, to) = self.take(N)?;
        Ok(self.pickle.bytes[from as usize..to as usize].iter().rev().fold(0, |n, &byte| n << 8 | u64::from(byte)))
    }

    /// What a length of `N` bytes comes before.
    fn counted<const N: usize>(&mut self) -> Result<Span, Stop> {
        let len = self.number::<N>()?;
        self.take(usize::try_from(len).map_err(|_| Stop::Short)?)
    }

    fn line(&mut self) -> Result<Value, Stop> {
        let len = self.pickle.bytes[self.at..].iter().position(|&byte| byte == b'\n').ok_or(Stop::Short)?;
        let line = self.take(len)?;
        self.at += 1;
        Ok(Value::Text(line))
    }

    /// Little-endian, in two's complement.
    fn long(&self, Span(from, to): Span) -> Value {
        let bytes = &self.pickle.bytes[from as usize..to as usize];
        match bytes {
            [] => Value::Int(0),
            [.., last] if bytes.len() <= 8 => {
                let sign = if last & 0x80 == 0 { 0 } else { -1 };
                Value::Int(bytes.iter().rev().fold(sign, |n, &byte| n << 8 | i64::from(byte)))
            }
            _ => Value::Number,
        }
    }

    fn push(&mut self, value: Value) {
        self.stack.push(value);
    }

    fn push_node(&mut self, kind: Kind, items: Vec<Value>) {
        self.push(Value::Node(self.pickle.nodes.len() as u32)); // fewer than opcodes
        self.pickle.nodes.push(Node { kind, items });
    }

    fn pop(&mut self) -> Result<Value, Stop> {
        match self.stack.len() > self.marks.last().copied().unwrap_or(0) {
            true => self.stack.pop().map_or_else(|| broken("its stack is empty"), Ok),
            false => broken("a pickle that takes more than it has put"),
        }
    }

    /// The last `N`, in the order in which they were pushed.
    fn popped<const N: usize>(&mut self) -> Result<Vec<Value>, Stop> {
        let above = self.stack.len() - self.marks.last().copied().unwrap_or(0); // no mark is higher than the stack
        match above.checked_sub(N) {
            Some(_) => Ok(self.stack.split_off(self.stack.len() - N)),
            None => broken("a pickle that takes more than it has put"),
        }
    }

    fn marked(&mut self) -> Result<Vec<Value>, Stop> {
        match self.marks.pop() {
            Some(mark) => Ok(self.stack.split_off(mark)),
            None => broken("a pickle without the mark that it goes back to"),
        }
    }

    fn top(&mut self) -> Result<Value, Stop> {
        let top = self.pop()?;
        self.push(top);
        Ok(top)
    }

    fn memoize(&mut self, index: u64) -> Result<(), Stop> {
        let top = self.top()?;
        self.memo.insert(index as u32, top); // an index has four bytes at most
        Ok(())
    }

    fn recall(&self, index: u64) -> Result<Value, Stop> {
        match self.memo.get(&(index as u32)) {
            Some(&value) => Ok(value),
            None => broken(format!("a pickle that goes back to value {index}, which there is not")),
        }
    }

    /// Puts values into the one on top: a list's, or a dict's keys and values.
    fn put(&mut self, values: Vec<Value>, pairs: bool) -> Result<(), Stop> {
        let Value::Node(number) = self.top()? else { return broken("a pickle that puts values into no container") };
        let node = &mut self.pickle.nodes[number as usize];
        match node.kind {
            Kind::Dict | Kind::Object if pairs && values.len().is_multiple_of(2) => node.items.extend(values),
            Kind::List | Kind::Set if !pairs => node.items.extend(values),
            Kind::Object if !pairs => {} // a deque's, say
            kind => return broken(format!("a pickle that puts values into a {kind:?}")),
        }
        Ok(())
    }

    /// Whether it was the last. What protocols 2 to 5 write; of 0 and 1, which write text, what is among that.
    fn step(&mut self) -> Result<bool, Stop> {
        let opcode = self.number::<1>()? as u8;
        if let Some(value) = self.plain(opcode)? {
            self.push(value);
            return Ok(false);
        }
        if let Some((kind, items)) = self.composed(opcode)? {
            self.push_node(kind, items);
            return Ok(false);
        }
        match opcode {
            b'.' => return Ok(true),
            0x80 => drop(self.number::<1>()?), // the protocol
            0x95 => drop(self.number::<8>()?), // a frame's length
            b'(' => self.marks.push(self.stack.len()),
            b'0' => drop(self.pop()?),
            b'1' => drop(self.marked()?),
            b'a' => {
                let item = self.popped::<1>()?;
                self.put(item, false)?;
            }
            b's' => {
                let pair = self.popped::<2>()?;
                self.put(pair, true)?;
            }
            b'e' | 0x90 | b'u' => {
                let items = self.marked()?;
                self.put(items, opcode == b'u')?;
            }
            b'b' => {
                let state = self.pop()?;
                if let Value::Node(number) = self.top()?
                    && let Node { kind: Kind::Object, items } = &mut self.pickle.nodes[number as usize]
                {
                    items[OBJECT_HEAD - 1] = state;
                }
            }
            b'q' | b'r' => {
                let index = if opcode == b'q' { self.number::<1>()? } else { self.number::<4>()? };
                self.memoize(index)?;
            }
            0x94 => self.memoize(self.memo.len() as u64)?,
            other => return broken(format!("a pickle with the opcode {other:#04x}, which weights do not need")),
        }
        Ok(false)
    }

    /// The value that is pushed by an opcode which makes no node.
    fn plain(&mut self, opcode: u8) -> Result<Option<Value>, Stop> {
        Ok(Some(match opcode {
            b'N' => Value::None,
            0x88 | 0x89 => Value::Bool(opcode == 0x88),
            b'J' => Value::Int(i64::from((self.number::<4>()? as u32).cast_signed())),
            b'K' => Value::Int(self.number::<1>()?.cast_signed()),
            b'M' => Value::Int(self.number::<2>()?.cast_signed()),
            0x8a => self.counted::<1>().map(|digits| self.long(digits))?,
            0x8b => self.counted::<4>().map(|digits| self.long(digits))?,
            b'G' => self.number::<8>().map(|_| Value::Number)?,
            b'U' | 0x8c => Value::Text(self.counted::<1>()?),
            b'T' | b'X' => Value::Text(self.counted::<4>()?),
            0x8d => Value::Text(self.counted::<8>()?),
            b'C' => self.counted::<1>().map(|_| Value::Bytes)?,
            b'B' => self.counted::<4>().map(|_| Value::Bytes)?,
            0x8e | 0x96 => self.counted::<8>().map(|_| Value::Bytes)?,
            b'2' => self.top()?,
            b'h' => self.number::<1>().and_then(|index| self.recall(index))?,
            b'j' => self.number::<4>().and_then(|index| self.recall(index))?,
            _ => return Ok(None),
        }))
    }

    /// The node that is pushed by an opcode which makes one.
    fn composed(&mut self, opcode: u8) -> Result<Option<(Kind, Vec<Value>)>, Stop> {
        Ok(Some(match opcode {
            b')' => (Kind::Tuple, Vec::new()),
            b']' => (Kind::List, Vec::new()),
            b'}' => (Kind::Dict, Vec::new()),
            0x8f => (Kind::Set, Vec::new()),
            0x85 => (Kind::Tuple, self.popped::<1>()?),
            0x86 => (Kind::Tuple, self.popped::<2>()?),
            0x87 => (Kind::Tuple, self.popped::<3>()?),
            b't' => (Kind::Tuple, self.marked()?),
            b'l' => (Kind::List, self.marked()?),
            0x91 => (Kind::Set, self.marked()?),
            b'd' => match self.marked()? {
                items if items.len().is_multiple_of(2) => (Kind::Dict, items),
                _ => return broken("a dict with a key without a value"),
            },
            b'c' => (Kind::Global, vec![self.line()?, self.line()?]),
            0x93 => (Kind::Global, self.popped::<2>()?),
            b'Q' => (Kind::Persistent, self.popped::<1>()?),
            // Callable and arguments; the state comes later, if at all.
            b'R' | 0x81 => (Kind::Object, [self.popped::<2>()?, vec![Value::None]].concat()),
            0x92 => {
                let mut items = self.popped::<3>()?; // the third: arguments by name
                items[OBJECT_HEAD - 1] = Value::None;
                (Kind::Object, items)
            }
            _ => return Ok(None),
        }))
    }
}
