//! Runs with a branch scaled or removed (Veit et al. 2016, arXiv 1605.06431).

/// What a block's two branches are multiplied with before the sum. `1, 1` is the intact block; a residual of `0` removes F(x).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scales {
    pub identity: f32,
    pub residual: f32,
}

impl Scales {
    pub const INTACT: Scales = Scales { identity: 1.0, residual: 1.0 };
}

/// The scales of every block of a run.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Lesion {
    /// Blocks that are not intact.
    changed: Vec<(usize, Scales)>,
}

impl Lesion {
    /// The intact network.
    pub fn none() -> Lesion {
        Lesion::default()
    }

    /// Without F(x) in these blocks.
    pub fn without_residual(blocks: impl IntoIterator<Item = usize>) -> Lesion {
        let cut = Scales { identity: 1.0, residual: 0.0 };
        Lesion { changed: blocks.into_iter().map(|b| (b, cut)).collect() }
    }

    /// Sets one block's scales.
    pub fn set(&mut self, block: usize, scales: Scales) {
        self.changed.retain(|(b, _)| *b != block);
        if scales != Scales::INTACT {
            self.changed.push((block, scales));
        }
    }

    /// From the identity's and the residual's scale of every block, in order.
    pub fn from_scales(scales: &[f32]) -> Lesion {
        let mut lesion = Lesion::none();
        for (block, pair) in scales.chunks_exact(2).enumerate() {
            lesion.set(block, Scales { identity: pair[0], residual: pair[1] });
        }
        lesion
    }

    /// The first block that is not intact; none in the intact network.
    pub fn first(&self) -> Option<usize> {
        self.changed.iter().map(|(block, _)| *block).min()
    }

    pub fn scales(&self, block: usize) -> Scales {
        self.changed.iter().find(|(b, _)| *b == block).map_or(Scales::INTACT, |(_, s)| *s)
    }
}
