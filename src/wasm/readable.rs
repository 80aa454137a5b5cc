//! Files of a browser's, read by ranges.

use crate::weights::formats::{Bytes, Error};
use js_sys::{Function, JsString, Uint8Array};
use std::borrow::Cow;
use std::ops::Range;
use wasm_bindgen::prelude::*;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = "
/** A file that is read by ranges, at once: FileReaderSync can, in a worker. */
export interface Readable { readonly length: number; read(from: number, to: number): Uint8Array }
/** Brings a file that was given beside, by its name. */
export type Beside = (name: string) => Readable | undefined;
";

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(typescript_type = "Readable")]
    pub type Readable;

    #[wasm_bindgen(method, getter)]
    fn length(this: &Readable) -> f64;

    #[wasm_bindgen(method, catch)]
    fn read(this: &Readable, from: f64, to: f64) -> Result<Uint8Array, JsValue>;

    #[wasm_bindgen(typescript_type = "Beside")]
    pub type Beside;
}

impl Bytes for Readable {
    fn len(&self) -> usize {
        self.length() as usize
    }

    fn read(&self, range: Range<usize>) -> Result<Cow<'_, [u8]>, Error> {
        let brought = self.read(range.start as f64, range.end as f64);
        Ok(Cow::Owned(brought.map_err(|why| Error::Read(format!("the file could not be read: {why:?}")))?.to_vec()))
    }
}

/// The file of that name that lies beside, if it was given.
pub fn companion(beside: &Beside, name: &str) -> Option<Box<dyn Bytes>> {
    let brought = beside.unchecked_ref::<Function>().call1(&JsValue::NULL, &JsString::from(name)).ok()?;
    if brought.is_undefined() || brought.is_null() {
        return None;
    }
    Some(Box::new(brought.unchecked_into::<Readable>()))
}
