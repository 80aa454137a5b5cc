//! How a map lies in memory.

/// An NHWC map (batch 1) of f32 with a border of zeros, so that kernels read beyond the edges without asking.
/// Kernels write valid pixels only: a buffer that starts as zeros keeps its halo and its padding channels zero.
///
/// What every unchecked access of the kernels rests on holds for every layout that there is, since only [`map`](Self::map),
/// [`image`](Self::image) and [`dense`](Self::dense) make them: valid pixels, halo around them, lie inside [`len`](Self::len),
/// `channels` fit a pixel, and every offset fits the tables' u32.
///
/// ```compile_fail,E0616
/// let mut layout = skipscope::kernels::Layout::map(8, 8, 16);
/// layout.halo = usize::MAX;
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Layout {
    pub(super) height: usize,
    pub(super) width: usize,
    pub(super) channels: usize,
    /// Rows above and columns left of the first pixel.
    pub(super) halo: usize,
    /// Floats from one pixel to the next; `channels` rounded up to 8, or 3 for an image.
    pub(super) pixel: usize,
    /// Floats from one row to the next.
    pub(super) pitch: usize,
    /// Rows, halo included.
    pub(super) rows: usize,
}

/// Of a side, and of channels: sums of few of them do not overflow where a `usize` has 32 bits. Products are checked.
const MOST: usize = 1 << 28;

impl Layout {
    /// A map between layers: halo 1, right and bottom padded so that 6x6 tiles at steps of 4 stay inside
    /// (Winograd F(4,3)), channels padded to 8 (the micro-kernel's width).
    ///
    /// # Panics
    /// Where a side or the channels are 0, or the map has 2^32 floats or more.
    pub fn map(height: usize, width: usize, channels: usize) -> Layout {
        let padded = |n: usize| n.div_ceil(4) * 4 + 2;
        let floats = |columns: usize, pixel: usize| columns.checked_mul(pixel);
        let pixel = |channels: usize| channels.next_multiple_of(8);
        Self::new([height, width, channels], 1, pixel, padded, floats)
    }

    /// A network's input: halo `kernel / 2`, channels unpadded, so that one row of a filter's taps is one run, and so are two
    /// neighbouring pixels. For the 7x7 stem padded right and bottom to whole Winograd tiles: 3 outputs and their 12 inputs.
    ///
    /// # Panics
    /// As [`map`](Self::map).
    pub fn image(height: usize, width: usize, channels: usize, kernel: usize) -> Layout {
        let halo = kernel.min(MOST) / 2;
        let padded = |n: usize| match kernel {
            7 => n.div_ceil(2).div_ceil(3) * 6 + 6,
            _ => n + 2 * halo,
        };
        // The last pair of pixels is read as whole vectors, up to two floats further.
        let floats =
            |columns: usize, pixel: usize| columns.checked_mul(pixel)?.checked_add(2)?.checked_next_multiple_of(4);
        Self::new([height, width, channels], halo, |channels| channels, padded, floats)
    }

    /// Pixel after pixel, with nothing around them: what the lab's kernels write. Channels are whole panels of 8.
    ///
    /// # Panics
    /// As [`map`](Self::map), and where the channels are no multiple of 8.
    pub fn dense(height: usize, width: usize, channels: usize) -> Layout {
        assert!(channels.is_multiple_of(8), "{channels} channels");
        let floats = |columns: usize, pixel: usize| columns.checked_mul(pixel);
        Self::new([height, width, channels], 0, |channels| channels, |n| n, floats)
    }

    /// `padded`: rows or columns with all that is around them; `floats`: those of a row of so many pixels.
    fn new(
        shape: [usize; 3],
        halo: usize,
        pixel: impl Fn(usize) -> usize,
        padded: impl Fn(usize) -> usize,
        floats: impl Fn(usize, usize) -> Option<usize>,
    ) -> Layout {
        assert!(shape.iter().all(|&n| 0 < n && n <= MOST), "a map of {shape:?}");
        let [height, width, channels] = shape;
        let (pixel, rows) = (pixel(channels), padded(height));
        let fits = |pitch: &usize| rows.checked_mul(*pitch).is_some_and(|len| u32::try_from(len).is_ok());
        let pitch = floats(padded(width), pixel).filter(fits);
        let pitch = pitch.unwrap_or_else(|| panic!("a map of {shape:?} is too large: 2^32 floats or more"));
        Layout { height, width, channels, halo, pixel, pitch, rows }
    }

    /// Rows, without the halo.
    pub fn height(&self) -> usize {
        self.height
    }

    /// Columns, without the halo.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Values of a pixel.
    pub fn channels(&self) -> usize {
        self.channels
    }

    /// Height, width, channels.
    pub fn shape(&self) -> (usize, usize, usize) {
        (self.height, self.width, self.channels)
    }

    /// Floats from one pixel to the next: `channels`, or more.
    pub fn pixel(&self) -> usize {
        self.pixel
    }

    /// Floats from one row to the next.
    pub fn pitch(&self) -> usize {
        self.pitch
    }

    /// Floats of a buffer of this layout.
    pub fn len(&self) -> usize {
        self.rows * self.pitch
    }

    /// Whether a buffer of this layout has no floats.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Index of channel 0 of the pixel at row `y`, column `x`.
    pub fn at(&self, y: usize, x: usize) -> usize {
        (y + self.halo) * self.pitch + (x + self.halo) * self.pixel
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

#[cfg(test)]
mod tests {
    use super::*;

    /// What [`Layout`] promises, of every layout.
    #[test]
    fn pixels_and_their_halo_lie_inside() {
        let sides = (1..40).chain([223, 224, 512]);
        for (height, width) in sides.flat_map(|n| [(n, 1), (1, n), (n, n), (n, n + 1)]) {
            for channels in [1, 3, 4, 8, 13, 64] {
                let images = [1, 3, 5, 7].map(|kernel| Layout::image(height, width, channels, kernel));
                let dense = channels.is_multiple_of(8).then(|| Layout::dense(height, width, channels));
                for layout in images.into_iter().chain([Layout::map(height, width, channels)]).chain(dense) {
                    let Layout { halo, pixel, pitch, rows, .. } = layout;
                    assert!(channels <= pixel, "{layout:?}");
                    assert!((2 * halo + width) * pixel <= pitch && 2 * halo + height <= rows, "{layout:?}");
                    assert!(layout.len() <= u32::MAX as usize, "{layout:?}");
                    assert!(layout.at(height - 1, width - 1) + pixel <= layout.len(), "{layout:?}");
                }
            }
        }
    }

    #[test]
    fn layouts_that_no_offset_reaches_are_refused() {
        let refused = |make: fn() -> Layout| std::panic::catch_unwind(make).is_err();
        assert!(refused(|| Layout::map(0, 8, 8)) && refused(|| Layout::image(8, 8, 0, 3)));
        assert!(refused(|| Layout::map(1 << 16, 1 << 16, 8)) && refused(|| Layout::map(1, 1, 1 << 27)));
        assert!(refused(|| Layout::map(usize::MAX, 1, 8)) && refused(|| Layout::map(1, 8, usize::MAX)));
        assert!(refused(|| Layout::image(8, 8, 3, usize::MAX)) && refused(|| Layout::image(usize::MAX, 8, 3, 7)));
        assert!(!refused(|| Layout::map(1 << 10, 1 << 10, 1 << 11)));
    }
}
