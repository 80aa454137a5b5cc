//! The shape of a convolution, apart from its maps.

/// What a convolution's filters look at. Padding is `kernel / 2`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Filter {
    /// Rows and columns.
    pub kernel: usize,
    /// Pixels from one place to the next, in both directions.
    pub stride: usize,
    /// The channels are cut into that many groups, evenly, and an output sees the inputs of its own group. 1: it sees all.
    pub groups: usize,
}

impl Filter {
    /// Over all channels.
    pub fn new(kernel: usize, stride: usize) -> Filter {
        Filter { kernel, stride, groups: 1 }
    }

    /// The same, in groups.
    pub fn grouped(self, groups: usize) -> Filter {
        Filter { groups, ..self }
    }
}
