//! A picture file of any kind -> upright pixels on white, or a reason: whatever its bytes are, the next picture's turn comes. For whoever
//! runs where nothing else decodes: the command line, and Node.

use crate::image::{LONGEST_SIDE, Picture, on_white};
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader, Limits};
use std::cell::Cell;
use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Mutex, Once, PoisonError};

/// Read from the file's header and checked before anything is decoded. Cameras of 102 and 108 megapixels stay below it, and
/// half a gigabyte holds the pixels; a file of 35 bytes can claim 4.3 gigapixels, which take 17 GB and most of a minute.
pub const MAX_PIXELS: u64 = 1 << 27;

/// Larger pictures are decoded one at a time, or every job of `eval` might need a gigabyte and a half at once.
const LARGE: u64 = 1 << 24;

/// What is wrong with a picture file.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A JPEG without its end.
    #[error("the file is cut off")]
    CutOff,
    /// None of the formats.
    #[error("not a JPEG, PNG, WebP, GIF or BMP file")]
    Unknown,
    /// More pixels than [`MAX_PIXELS`].
    #[error("{width} x {height} pixels: at most {MAX_PIXELS} are decoded")]
    #[allow(missing_docs, reason = "its size")]
    TooLarge { width: u32, height: u32 },
    /// The allocator said no.
    #[error("there is no memory for {width} x {height} pixels")]
    #[allow(missing_docs, reason = "its size")]
    Memory { width: u32, height: u32 },
    /// What its decoder says.
    #[error(transparent)]
    Decoder(#[from] ImageError),
    /// Its decoder panicked.
    #[error("the decoder crashed: {0}")]
    Crashed(String),
    /// It has no pixels.
    #[error(transparent)]
    Seen(#[from] crate::image::Error),
}

/// Opaque and upright.
pub struct Rgba {
    /// Four bytes a pixel, row by row.
    pub pixels: Vec<u8>,
    /// In pixels.
    pub width: usize,
    /// In pixels.
    pub height: usize,
}

impl Rgba {
    /// As the network takes it.
    pub fn picture(&self) -> Result<Picture<'_>, Error> {
        Ok(Picture::new(&self.pixels, self.width, self.height)?)
    }
}

/// Decodes JPEG, PNG, WebP, GIF (the first frame) or BMP: EXIF orientation applied, transparency on white, colour profiles
/// ignored.
pub fn decode(bytes: &[u8]) -> Result<Rgba, Error> {
    caught(|| {
        let mut reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format().map_err(ImageError::from)?;
        let format = reader.format().ok_or(Error::Unknown)?;
        if format == ImageFormat::Jpeg && !ends(bytes) {
            return Err(Error::CutOff);
        }
        let mut limits = Limits::no_limits();
        limits.max_image_width = Some(LONGEST_SIDE as u32);
        limits.max_image_height = Some(LONGEST_SIDE as u32);
        limits.max_alloc = Some(8 * MAX_PIXELS); // PNG has pixels of 8 bytes
        reader.limits(limits.clone());
        let mut decoder = reader.into_decoder()?;

        let (width, height) = decoder.dimensions();
        let pixels = u64::from(width) * u64::from(height);
        if pixels > MAX_PIXELS {
            return Err(Error::TooLarge { width, height });
        }
        limits.reserve(decoder.total_bytes())?;
        decoder.set_limits(limits)?;
        let _turn = (pixels > LARGE).then(|| TURN.lock().unwrap_or_else(PoisonError::into_inner));
        // As decoded, in the decoder's hands, and as RGBA.
        if !allocatable(decoder.total_bytes() + pixels * (working_bytes(format) + 4)) {
            return Err(Error::Memory { width, height });
        }
        // A broken note about the orientation does not make the picture unreadable: browsers show it as it lies.
        let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
        // Turned when the pixels are small again: 16-bit ones would be there twice.
        let mut image = DynamicImage::ImageRgba8(DynamicImage::from_decoder(decoder)?.into_rgba8());
        image.apply_orientation(orientation);
        let (width, height) = (image.width() as usize, image.height() as usize);
        let mut pixels = image.into_bytes();
        on_white(&mut pixels);
        Ok(Rgba { pixels, width, height })
    })
}

/// Whether an end of image follows a JPEG's first scan: the decoder makes up what a file lacks. Only markers begin with 0xff
/// there, as data have 0xff 0 for it.
fn ends(jpeg: &[u8]) -> bool {
    let mut at = 2;
    while let Some(&[0xff, marker, high, low]) = jpeg.get(at..at + 4) {
        match marker {
            0xda => return jpeg[at..].windows(2).any(|bytes| bytes == [0xff, 0xd9]),
            0xff => at += 1, // filling
            _ => at += 2 + usize::from(u16::from_be_bytes([high, low])),
        }
    }
    true // no scan: what is wrong is the decoder's to say
}

static TURN: Mutex<()> = Mutex::new(());

/// What a decoder holds for each pixel beside its output: a progressive JPEG the coefficients of up to four components, an
/// animation canvas and frame.
fn working_bytes(format: ImageFormat) -> u64 {
    match format {
        ImageFormat::Jpeg | ImageFormat::WebP => 8,
        ImageFormat::Gif => 4,
        _ => 0,
    }
}

/// Whether the allocator would hand out so many bytes. Decoders allocate without asking, and a refusal ends the process.
fn allocatable(bytes: u64) -> bool {
    let mut probe = Vec::<u8>::new();
    let granted = usize::try_from(bytes).is_ok_and(|bytes| probe.try_reserve_exact(bytes).is_ok());
    std::hint::black_box(&probe); // or the compiler sees that nobody uses it, and grants it unasked
    granted
}

thread_local! {
    static CATCHING: Cell<bool> = const { Cell::new(false) };
}

/// Turns a panic into an error, and keeps its message from the terminal: what is wrong with a file is told once.
fn caught<T>(work: impl FnOnce() -> Result<T, Error>) -> Result<T, Error> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let others = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            if !CATCHING.get() {
                others(panic);
            }
        }));
    });
    CATCHING.set(true);
    // Nothing outlives the panic: `work` borrows the file's bytes, and reads them.
    let done = catch_unwind(AssertUnwindSafe(work));
    CATCHING.set(false);
    done.unwrap_or_else(|panic| {
        let message = panic.downcast_ref::<&str>().map(|text| text.to_string());
        let message = message.or_else(|| panic.downcast_ref::<String>().cloned());
        Err(Error::Crashed(message.unwrap_or_else(|| "without a word".into())))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crash_is_an_error_and_the_next_one_too() {
        for _ in 0..2 {
            let error = caught::<()>(|| panic!("at byte {}", 7)).unwrap_err();
            assert_eq!(error.to_string(), "the decoder crashed: at byte 7");
        }
        assert!(matches!(caught(|| Ok(3)), Ok(3)));
    }

    #[test]
    fn what_cannot_be_had_is_not_granted() {
        assert!(allocatable(1 << 20));
        assert!(!allocatable(u64::MAX >> 1));
    }
}
