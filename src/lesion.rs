//! Runs with a branch scaled or removed (Veit et al. 2016, arXiv 1605.06431).

/// What a block's two branches are multiplied with before the sum. `1, 1` is the intact block; a residual of `0` removes F(x).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scales {
    /// Factor of x, after any projection.
    pub identity: f32,
    /// Factor of F(x).
    pub residual: f32,
}

impl Scales {
    /// Both branches as they are.
    pub const INTACT: Scales = Scales { identity: 1.0, residual: 1.0 };
}

/// The largest scale of a branch, in either direction: what can still be looked at. A block's branches are a few units large, so
/// a scale near f32's own limit would leave nothing but infinities.
pub const LARGEST_SCALE: f32 = 1000.0;

/// Why a lesion cannot be run.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The scale that was asked for: too large, or not a number.
    #[error("a branch is scaled with a number from -{most} to {most}", most = LARGEST_SCALE as u32)]
    Scale(f32),
    /// The list of scales does not fit the network.
    #[error("a lesion of {blocks} blocks has two scales per block, not {scales} in all")]
    Count {
        /// Numbers given.
        scales: usize,
        /// Blocks of the network.
        blocks: usize,
    },
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
    pub fn set(&mut self, block: usize, scales: Scales) -> Result<(), Error> {
        if let Some(&scale) = [scales.identity, scales.residual].iter().find(|s| s.is_nan() || s.abs() > LARGEST_SCALE)
        {
            return Err(Error::Scale(scale));
        }
        self.changed.retain(|(b, _)| *b != block);
        if scales != Scales::INTACT {
            self.changed.push((block, scales));
        }
        Ok(())
    }

    /// From the identity's and the residual's scale of every block, in order.
    pub fn from_scales(scales: &[f32], blocks: usize) -> Result<Lesion, Error> {
        if scales.len() != 2 * blocks {
            return Err(Error::Count { scales: scales.len(), blocks });
        }
        let mut lesion = Lesion::none();
        for (block, &[identity, residual]) in scales.as_chunks().0.iter().enumerate() {
            lesion.set(block, Scales { identity, residual })?;
        }
        Ok(lesion)
    }

    /// The first block that is not intact; none in the intact network.
    pub fn first(&self) -> Option<usize> {
        self.changed.iter().map(|(block, _)| *block).min()
    }

    /// That block's; [`Scales::INTACT`] where the lesion does not name it.
    pub fn scales(&self, block: usize) -> Scales {
        self.changed.iter().find(|(b, _)| *b == block).map_or(Scales::INTACT, |(_, s)| *s)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scales_are_numbers_within_a_limit() {
        let mut lesion = Lesion::none();
        for scale in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, 1e38, -1e38, LARGEST_SCALE.next_up()] {
            for (identity, residual) in [(1.0, scale), (scale, 1.0)] {
                assert!(lesion.set(2, Scales { identity, residual }).is_err(), "{scale}");
                assert!(Lesion::from_scales(&[1.0, 1.0, identity, residual], 2).is_err(), "{scale}");
            }
        }
        assert_eq!(lesion, Lesion::none(), "an error changes nothing");
        for scale in [LARGEST_SCALE, -LARGEST_SCALE, 0.0, -0.0, f32::MIN_POSITIVE] {
            lesion.set(2, Scales { identity: 1.0, residual: scale }).unwrap();
            assert_eq!(lesion.scales(2).residual, scale);
        }
    }

    #[test]
    fn a_lesion_has_two_scales_per_block() {
        assert_eq!(Lesion::from_scales(&[1.0; 3], 2), Err(Error::Count { scales: 3, blocks: 2 }));
        let lesion = Lesion::from_scales(&[1.0, 1.0, 1.0, 0.0], 2).unwrap();
        assert_eq!((lesion.first(), lesion.scales(1).residual), (Some(1), 0.0));
    }
}
