//! Decoded pixels to a network's input, as torchvision does it on PIL images: the short side resized (bilinear,
//! antialiased), a square cut from the centre, mean and standard deviation taken out.
//!
//! ```
//! use skipscope::image::{Picture, normalise, on_white};
//! use skipscope::kernels::Layout;
//!
//! let mut rgba = [0, 128, 255, 255].repeat(640 * 480);
//! on_white(&mut rgba);
//! let square = Picture::new(&rgba, 640, 480)?.centre(256, 224)?;
//! assert_eq!(square, [0, 128, 255, 255].repeat(224 * 224));
//!
//! let layout = Layout::image(224, 224, 3, 3); // with the halo of a 7 x 7 convolution
//! let mut input = vec![0.0; layout.len()];
//! normalise(&square, [0.485, 0.456, 0.406], [0.229, 0.224, 0.225], &layout, &mut input);
//! # Ok::<(), skipscope::image::Error>(())
//! ```

use crate::kernels::Layout;
use crate::weights::Card;
use fast_image_resize::images::{Image as Pixels, ImageRef};
use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer};
use serde::{Deserialize, Serialize};

/// Why a picture cannot be taken, or cut.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A side of no pixels: width, height.
    #[error("an image of {0} x {1} pixels has nothing to see")]
    Empty(usize, usize),
    /// The buffer is not `width * height * 4` bytes long.
    #[error("{bytes} bytes are not {width} x {height} RGBA pixels")]
    Length {
        /// Of the buffer.
        bytes: usize,
        /// In pixels, as stated.
        width: usize,
        /// In pixels, as stated.
        height: usize,
    },
    /// A side beyond [`LONGEST_SIDE`]: width, height.
    #[error("an image of {0} x {1} pixels is too large")]
    TooLarge(usize, usize),
    /// The resize failed, for the reason that the library gives.
    #[error("cannot resize the image: {0}")]
    Resize(String),
}

/// An upright picture: RGBA, 8 bits each, row by row. Alpha is ignored; see [`on_white`].
#[derive(Clone, Copy, Debug)]
pub struct Picture<'a> {
    rgba: &'a [u8],
    width: usize,
    height: usize,
}

/// A square of a picture, in its pixels.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub struct Crop {
    /// From the picture's left edge to the square's.
    pub left: f64,
    /// From the picture's upper edge to the square's.
    pub top: f64,
    /// Its width and height.
    pub side: f64,
}

/// Browsers and decoders end before this; beyond it the resize could not count its pixels.
pub const LONGEST_SIDE: usize = 1 << 20;

impl<'a> Picture<'a> {
    /// `rgba` has 4 bytes a pixel, row by row. An error where there are no pixels, a side is longer than [`LONGEST_SIDE`], or the buffer
    /// has another length than `width * height * 4`.
    pub fn new(rgba: &'a [u8], width: usize, height: usize) -> Result<Self, Error> {
        if width == 0 || height == 0 {
            return Err(Error::Empty(width, height));
        }
        if width.max(height) > LONGEST_SIDE {
            return Err(Error::TooLarge(width, height));
        }
        match width.checked_mul(height).and_then(|n| n.checked_mul(4)) {
            Some(len) if len == rgba.len() => Ok(Picture { rgba, width, height }),
            _ => Err(Error::Length { bytes: rgba.len(), width, height }),
        }
    }

    /// The square of `side` pixels that is left of the picture when its short side is resized to `resize_side` and the rest
    /// cut off around the centre: RGBA, opaque.
    ///
    /// Only the square is computed: the same weights as for the whole picture, but a picture of 1 x 5000 pixels does not
    /// become one of 256 x 1280000 first.
    ///
    /// # Panics
    /// Where `side` is 0 or larger than `resize_side`, which no [`Card`] allows.
    pub fn centre(&self, resize_side: usize, side: usize) -> Result<Vec<u8>, Error> {
        let ((left, width), (top, height)) = self.central(resize_side, side);
        self.cut((left, top), (width, height), side)
    }

    /// Where [`centre`](Self::centre) cuts, in pixels of the picture.
    pub fn central_crop(&self, resize_side: usize, side: usize) -> Crop {
        let ((left, width), (top, height)) = self.central(resize_side, side);
        Crop { left, top, side: width.min(height) }
    }

    /// The nearest crop that lies within the picture and is at least one pixel large.
    pub fn within(&self, crop: Crop) -> Crop {
        let short = self.width.min(self.height) as f64;
        let sane = |value: f64| if value.is_finite() { value } else { 0.0 };
        // Not `clamp`, whose panic message brings all formatting of floats into the page's wasm: 7 KiB of it.
        let side = sane(crop.side).max(1.0).min(short);
        let start = |at: f64, length: usize| sane(at).max(0.0).min(length as f64 - side);
        Crop { left: start(crop.left, self.width), top: start(crop.top, self.height), side }
    }

    /// Any square of the picture, [made to lie within it](Self::within), resized to `side` pixels: RGBA, opaque.
    pub fn cropped(&self, crop: Crop, side: usize) -> Result<Vec<u8>, Error> {
        let Crop { left, top, side: length } = self.within(crop);
        self.cut((left, top), (length, length), side)
    }

    fn central(&self, resize_side: usize, side: usize) -> ((f64, f64), (f64, f64)) {
        assert!((1..=resize_side).contains(&side), "a model card has been checked for this");
        let short = self.width.min(self.height);
        let resized = |length: usize| (resize_side as u64 * length as u64 / short as u64) as usize; // torchvision truncates
        let span = |length: usize| {
            let full = resized(length);
            let scale = length as f64 / full as f64;
            let start = half_to_even(full - side) as f64 * scale;
            (start, (side as f64 * scale).min(length as f64 - start))
        };
        (span(self.width), span(self.height))
    }

    fn cut(&self, (left, top): (f64, f64), (width, height): (f64, f64), side: usize) -> Result<Vec<u8>, Error> {
        let failed = |e: String| Error::Resize(e);
        let from = ImageRef::new(self.width as u32, self.height as u32, self.rgba, PixelType::U8x4)
            .map_err(|e| failed(e.to_string()))?;
        let mut to = Pixels::new(side as u32, side as u32, PixelType::U8x4);
        // Alpha must not weigh the colours: the picture is opaque, or was meant to be.
        let options = ResizeOptions::new()
            .resize_alg(ResizeAlg::Convolution(FilterType::Bilinear))
            .crop(left, top, width, height)
            .use_alpha(false);
        Resizer::new().resize(&from, &mut to, &options).map_err(|e| failed(e.to_string()))?;
        let mut square = to.into_vec();
        square.chunks_exact_mut(4).for_each(|p| p[3] = 255);
        Ok(square)
    }

    /// What a network of that card sees.
    pub fn seen_by(&self, card: &Card) -> Result<Vec<u8>, Error> {
        self.centre(card.resize_side, card.input_side)
    }
}

/// Half of `n`, as Python's `round(n / 2)` has it: torchvision's offset of a centre crop.
fn half_to_even(n: usize) -> usize {
    let half = n / 2;
    half + (n % 2) * (half % 2)
}

/// Lays a picture with straight alpha on white, as the page does before it hands pixels over.
pub fn on_white(rgba: &mut [u8]) {
    for pixel in rgba.chunks_exact_mut(4) {
        let alpha = u32::from(pixel[3]);
        for value in &mut pixel[..3] {
            *value = ((u32::from(*value) * alpha + 255 * (255 - alpha) + 127) / 255) as u8;
        }
        pixel[3] = 255;
    }
}

/// Writes RGBA pixels, as many as `layout` has, into a network's input: `(value / 255 - mean) / std`. A layout
/// of one channel gets how bright a pixel is, and the first mean and deviation.
///
/// # Panics
/// Where they are not as many, or the layout has other than one or three channels.
pub fn normalise(rgba: &[u8], mean: [f32; 3], std: [f32; 3], layout: &Layout, input: &mut [f32]) {
    assert_eq!(rgba.len(), layout.width() * layout.height() * 4);
    assert!([1, 3].contains(&layout.channels()));
    let grey = layout.channels() == 1;
    // 256 values per channel: as exact as f64 gives them, and no division per pixel.
    let table: [[f32; 256]; 3] = std::array::from_fn(|c| {
        std::array::from_fn(|v| ((v as f64 / 255.0 - f64::from(mean[c])) / f64::from(std[c])) as f32)
    });
    for (y, row) in rgba.chunks_exact(layout.width() * 4).enumerate() {
        for (x, pixel) in row.chunks_exact(4).enumerate() {
            let at = layout.at(y, x);
            if grey {
                input[at] = table[0][usize::from(luma(pixel))];
                continue;
            }
            for (c, values) in table.iter().enumerate() {
                input[at + c] = values[usize::from(pixel[c])];
            }
        }
    }
}

/// How bright a pixel is, as PIL's mode L has it (ITU-R 601).
fn luma(pixel: &[u8]) -> u8 {
    let [red, green, blue] = [0, 1, 2].map(|c| u32::from(pixel[c]));
    ((red * 19595 + green * 38470 + blue * 7471 + 0x8000) >> 16) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_round_as_in_python() {
        let python = [0, 0, 1, 2, 2, 2, 3, 4, 4, 4]; // [round(n / 2) for n in range(10)]
        assert_eq!(std::array::from_fn(half_to_even), python);
    }

    #[test]
    fn a_crop_is_moved_into_the_picture() {
        let pixels = vec![0; 4 * 30 * 20];
        let picture = Picture::new(&pixels, 30, 20).unwrap();
        let crop = |left, top, side| Crop { left, top, side };
        assert_eq!(picture.within(crop(5.0, 4.0, 10.0)), crop(5.0, 4.0, 10.0));
        assert_eq!(picture.within(crop(25.0, -3.0, 10.0)), crop(20.0, 0.0, 10.0));
        assert_eq!(picture.within(crop(0.0, 0.0, 99.0)), crop(0.0, 0.0, 20.0));
        assert_eq!(picture.within(crop(f64::NAN, f64::INFINITY, f64::NAN)), crop(0.0, 0.0, 1.0));
        assert_eq!(picture.cropped(crop(29.5, 19.5, 0.0), 8).unwrap().len(), 4 * 64);
    }

    /// `Image.convert("L")` of Pillow 12 on these.
    #[test]
    fn grey_is_what_pillow_makes_of_colours() {
        let pixels = [[255, 0, 0, 255], [0, 255, 0, 255], [0, 0, 255, 255], [12, 200, 99, 255], [255, 255, 255, 255]];
        assert_eq!(pixels.map(|pixel| luma(&pixel)), [76, 150, 29, 132, 255]);
        let layout = Layout::image(1, 1, 1, 3);
        let mut input = vec![0.0; layout.len()];
        normalise(&pixels[0], [0.5, 9.0, 9.0], [0.25, 9.0, 9.0], &layout, &mut input);
        assert_eq!(input[layout.at(0, 0)], ((76.0 / 255.0 - 0.5) / 0.25) as f32);
    }

    #[test]
    fn the_central_crop_is_what_centre_cuts() {
        let pixels: Vec<u8> = (0..64 * 48 * 4).map(|i| (i * 7 % 251) as u8).collect();
        let picture = Picture::new(&pixels, 64, 48).unwrap();
        let crop = picture.central_crop(32, 28);
        assert_eq!((crop.top, crop.side), (3.0, 42.0));
        let (whole, cut) = (picture.centre(32, 28).unwrap(), picture.cropped(crop, 28).unwrap());
        // 64 pixels become 42, not 42.67: across, the two scales differ a little.
        let apart = whole.iter().zip(&cut).map(|(a, b)| u32::from(a.abs_diff(*b))).sum::<u32>() / whole.len() as u32;
        assert!(apart <= 12, "{apart}");
    }
}
