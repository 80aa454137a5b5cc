//! How a map lies in memory.

/// An NHWC map (batch 1) of f32 with a border of zeros, so that kernels read beyond the edges without asking.
/// Kernels write valid pixels only: a buffer that starts as zeros keeps its halo and its padding channels zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Layout {
    pub height: usize,
    pub width: usize,
    pub channels: usize,
    /// Rows above and columns left of the first pixel.
    pub halo: usize,
    /// Floats from one pixel to the next; `channels` rounded up to 8, or 3 for an image.
    pub pixel: usize,
    /// Floats from one row to the next.
    pub pitch: usize,
    /// Rows, halo included.
    pub rows: usize,
}

impl Layout {
    /// A map between layers: halo 1, right and bottom padded so that 6x6 tiles at steps of 4 stay inside
    /// (Winograd F(4,3)), channels padded to 8 (the micro-kernel's width).
    pub fn map(height: usize, width: usize, channels: usize) -> Layout {
        let padded = |n: usize| n.div_ceil(4) * 4 + 2;
        let pixel = channels.next_multiple_of(8);
        Layout { height, width, channels, halo: 1, pixel, pitch: padded(width) * pixel, rows: padded(height) }
    }

    /// A network's input: halo `kernel / 2`, channels unpadded, so that one row of a filter's taps is one run, and so are two
    /// neighbouring pixels. For the 7x7 stem padded right and bottom to whole Winograd tiles: 3 outputs and their 12 inputs.
    pub fn image(height: usize, width: usize, channels: usize, kernel: usize) -> Layout {
        let halo = kernel / 2;
        let padded = |n: usize| match kernel {
            7 => n.div_ceil(2).div_ceil(3) * 6 + 6,
            _ => n + 2 * halo,
        };
        // The last pair of pixels is read as whole vectors, up to two floats further.
        let pitch = (padded(width) * channels + 2).next_multiple_of(4);
        Layout { height, width, channels, halo, pixel: channels, pitch, rows: padded(height) }
    }

    /// Floats of a buffer of this layout.
    pub fn len(&self) -> usize {
        self.rows * self.pitch
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Index of channel 0 of the pixel at row `y`, column `x`.
    pub fn at(&self, y: usize, x: usize) -> usize {
        (y + self.halo) * self.pitch + (x + self.halo) * self.pixel
    }

    /// What every unchecked access of the kernels rests on: valid pixels, `channels` wide, lie inside `len`, and offsets
    /// fit the tables' u32.
    pub(super) fn check(&self) {
        assert!(self.height > 0 && self.width > 0 && self.channels > 0);
        assert!(self.channels <= self.pixel);
        assert!((self.halo + self.width) * self.pixel <= self.pitch && self.halo + self.height <= self.rows);
        assert!(self.rows.checked_mul(self.pitch).is_some_and(|len| u32::try_from(len).is_ok()));
    }

    /// The pixels of `data`, row by row: one slice of `channels` floats each.
    pub fn pixels<'a>(&self, data: &'a [f32]) -> impl Iterator<Item = &'a [f32]> + use<'a> {
        let layout = *self;
        (0..layout.height * layout.width).map(move |p| {
            let start = layout.at(p / layout.width, p % layout.width);
            &data[start..start + layout.channels]
        })
    }
}
