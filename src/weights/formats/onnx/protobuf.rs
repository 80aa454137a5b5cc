//! Protocol Buffers' wire format, by ranges: a field's bytes are a place in the file until somebody wants them.
//!
//! By hand: the crates that read ONNX copy every weight into memory of its own (rten-onnx 0.27; of a ResNet-50 102 MB), add
//! lengths that a file states without a check, and know neither packed shapes nor a bound for graphs within graphs.

use crate::weights::formats::Error;
use crate::weights::formats::bytes::{self, Bytes};
use std::borrow::Cow;
use std::ops::Range;

/// So many bytes are brought at once. Weights are leapt over.
const WINDOW: usize = 16 << 10;
/// Of a name.
const LONGEST_TEXT: usize = 1 << 16;

/// A field's value.
pub enum Value {
    Varint(u64),
    Fixed64([u8; 8]),
    /// Bytes, a text, a message, or numbers in a row: where they lie in the file.
    Bytes(Range<usize>),
    Fixed32([u8; 4]),
}

pub struct Reader<'a> {
    bytes: &'a dyn Bytes,
    window: Cow<'a, [u8]>,
    /// Where the window begins.
    start: usize,
}

pub fn broken<T>(why: impl Into<String>) -> Result<T, Error> {
    Err(Error::Broken { format: "ONNX", why: why.into() })
}

impl<'a> Reader<'a> {
    pub fn new(bytes: &'a dyn Bytes) -> Reader<'a> {
        Reader { bytes, window: Cow::Borrowed(&[]), start: 0 }
    }

    pub fn bytes(&self) -> &'a dyn Bytes {
        self.bytes
    }

    /// What is at the beginning of `rest`: at most `len` bytes, and at most a window.
    fn peek(&mut self, rest: &Range<usize>, len: usize) -> Result<&[u8], Error> {
        let len = len.min(rest.len());
        let held = rest.start.checked_sub(self.start).and_then(|at| self.window.get(at..at + len)).is_some();
        if !held {
            let end = rest.start.saturating_add(WINDOW.max(len)).min(self.bytes.len());
            self.window = bytes::read(self.bytes, rest.start..end, "a field")?;
            self.start = rest.start;
        }
        let at = rest.start - self.start;
        match self.window.get(at..at + len) {
            Some(bytes) => Ok(bytes),
            None => Err(Error::Short { what: "a field".into(), end: rest.start + len, len: self.bytes.len() }),
        }
    }

    fn fixed<const N: usize>(&mut self, rest: &mut Range<usize>) -> Result<[u8; N], Error> {
        match self.peek(rest, N)?.first_chunk() {
            Some(&bytes) => {
                rest.start += N;
                Ok(bytes)
            }
            None => broken("a number goes beyond its message"),
        }
    }

    fn varint(&mut self, rest: &mut Range<usize>) -> Result<u64, Error> {
        let bytes = self.peek(rest, 10)?;
        let Some(last) = bytes.iter().position(|byte| byte & 0x80 == 0) else {
            return broken("a number does not end");
        };
        let number = bytes[..=last].iter().rev().fold(0u64, |n, &byte| n << 7 | u64::from(byte & 0x7F));
        rest.start += last + 1;
        Ok(number)
    }

    /// The next field of the message in `rest`, its number and its value; none at the end of the message.
    pub fn field(&mut self, rest: &mut Range<usize>) -> Result<Option<(u64, Value)>, Error> {
        if rest.start >= rest.end {
            return Ok(None);
        }
        let tag = self.varint(rest)?;
        let value = match tag & 7 {
            0 => Value::Varint(self.varint(rest)?),
            1 => Value::Fixed64(self.fixed(rest)?),
            2 => {
                let len = self.varint(rest)?;
                let end = usize::try_from(len).ok().and_then(|len| rest.start.checked_add(len));
                let Some(end) = end.filter(|&end| end <= rest.end) else {
                    return match rest.end == self.bytes.len() {
                        true => {
                            let end = end.unwrap_or(usize::MAX);
                            Err(Error::Short { what: "a field".into(), end, len: self.bytes.len() })
                        }
                        false => broken(format!("a field of {len} bytes goes beyond its message")),
                    };
                };
                let range = rest.start..end;
                rest.start = end;
                Value::Bytes(range)
            }
            5 => Value::Fixed32(self.fixed(rest)?),
            kind => return broken(format!("a field of kind {kind}")),
        };
        Ok(Some((tag >> 3, value)))
    }

    pub fn text(&mut self, value: &Value) -> Result<String, Error> {
        let range = message(value)?;
        if range.len() > LONGEST_TEXT {
            return broken(format!("a name of {} bytes", range.len()));
        }
        let bytes = self.peek(&range, LONGEST_TEXT)?.to_vec();
        String::from_utf8(bytes).or_else(|_| broken("a name that is not UTF-8"))
    }

    /// One integer, or several in a row, appended to `into`.
    pub fn integers(&mut self, value: Value, into: &mut Vec<i64>) -> Result<(), Error> {
        match value {
            Value::Varint(number) => into.push(number.cast_signed()),
            Value::Bytes(mut rest) => {
                while rest.start < rest.end {
                    into.push(self.varint(&mut rest)?.cast_signed());
                }
            }
            _ => return broken("a float where an integer belongs"),
        }
        Ok(())
    }
}

/// Where a message, or what is read as one, lies.
pub fn message(value: &Value) -> Result<Range<usize>, Error> {
    match value {
        Value::Bytes(range) => Ok(range.clone()),
        _ => broken("a number where a message belongs"),
    }
}

pub fn integer(value: &Value) -> Result<i64, Error> {
    match value {
        Value::Varint(number) => Ok(number.cast_signed()),
        _ => broken("no integer where one belongs"),
    }
}

pub fn float(value: &Value) -> Result<f32, Error> {
    match value {
        Value::Fixed32(bytes) => Ok(f32::from_le_bytes(*bytes)),
        _ => broken("no float where one belongs"),
    }
}
