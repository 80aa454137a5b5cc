//! Pictures decoded for Node.

use crate::picture;
use js_sys::Uint8ClampedArray;
use wasm_bindgen::prelude::*;

/// Upright pixels on white, 8 bits each, row by row.
#[wasm_bindgen]
pub struct Pixels(picture::Rgba);

#[wasm_bindgen]
impl Pixels {
    #[wasm_bindgen(getter)]
    pub fn width(&self) -> usize {
        self.0.width
    }

    #[wasm_bindgen(getter)]
    pub fn height(&self) -> usize {
        self.0.height
    }

    /// A copy.
    #[wasm_bindgen(getter)]
    pub fn data(&self) -> Uint8ClampedArray {
        Uint8ClampedArray::from(self.0.pixels.as_slice())
    }
}

/// Decodes JPEG, PNG, WebP, GIF (the first frame) or BMP. Throws what is wrong with the file.
#[wasm_bindgen]
pub fn decode(bytes: &[u8]) -> Result<Pixels, JsError> {
    Ok(Pixels(picture::decode(bytes)?))
}
