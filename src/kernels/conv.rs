//! Convolution, planned once: weights packed, offsets tabulated.

use super::call::Call;
use super::filter::Filter;
use super::gemm::Gemm;
use super::grouped::Grouped;
use super::layout::Layout;
use super::strassen::Strassen;
use super::winograd::{TileSize, Winograd};

/// How a convolution is computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Algorithm {
    /// As a matrix product: any convolution whose outputs see all inputs.
    Gemm,
    /// As a matrix product in which outputs see their own groups' inputs: any convolution.
    Grouped,
    /// 1x1.
    Strassen,
    /// 3x3, and the 7x7 stem.
    Winograd(TileSize),
}

/// Transformed weights of a layer larger than this come from main memory at every run.
const CACHE: u64 = 20 << 20;

impl Algorithm {
    /// The fastest that the shape allows, with an eye on memory.
    pub fn choose(input: &Layout, output: &Layout, filter: Filter) -> Algorithm {
        let Filter { kernel, stride, groups } = filter;
        if groups != 1 {
            return Algorithm::Grouped;
        }
        // Products per pair of channels. Fewer than four rows at a time wait for their own sums: they cost as much as four.
        // In 64 bits, which a browser's usize has not: sides and channels are a model file's to name.
        let cost = |products: usize, rows: usize| products as u64 * rows.max(4) as u64;
        let pixels = output.height * output.width;
        // 14x14, 1024 to 512 channels: 3.57 ms become 3.2; 28x28, 512 to 128: 1.79 and 1.69; 128 to 512 or 256 to 64: next to
        // nothing. Weights are 1.75 times as many: at 7x7, 512 to 2048 channels, they would be 10 MB more for half a millisecond.
        let worth = pixels >= 100 || pixels >= 32 && input.channels > output.channels;
        if Strassen::fits(input, output, kernel) && input.channels >= 256 && output.channels >= 128 && worth {
            return Algorithm::Strassen;
        }
        let mut best = (cost(kernel * kernel, pixels), Algorithm::Gemm);
        for size in TileSize::ALL {
            let tiles = size.tiles(output);
            // 7x7x512: 38 MB of weights in 4x4 tiles, 25 MB in 2x4, 17 MB in 2x2. They come from main memory, and few tiles
            // share them: the smallest are as fast (a ResNet-50 takes 109 ms with 2x2, 111 with 2x4), and 25 MB less.
            let weights = size.products() as u64 * input.channels as u64 * output.channels as u64;
            let starved = weights * size_of::<f32>() as u64 > CACHE && tiles <= 8;
            if size.fits(input, output, kernel, stride) && !starved {
                // An eighth more for the transforms: 14x14x512 with stride 2 saves 9 % of the products (4.2 ms become
                // 3.9), but takes 26 MB of weights where the filters are 9.
                let products = cost(size.products(), tiles) * 9 / 8;
                best = best.min((products, Algorithm::Winograd(size)));
            }
        }
        best.1
    }

    /// What takes less memory, for a network whose weights come from main memory anyhow: tiles of 2x4 have a sixth more products than
    /// those of 4x4 where the map is 14x14, and two thirds of the weights. The 35 such layers of a ResNet-152 take 220 MB, not 330.
    pub fn leaner(self, output: &Layout) -> Algorithm {
        match self {
            Algorithm::Winograd(TileSize::T4x4) if TileSize::T4x4.tiles(output) <= 16 => {
                Algorithm::Winograd(TileSize::T2x4)
            }
            other => other,
        }
    }
}

/// A convolution with its weights, for one input and one output layout.
pub struct Conv {
    input: Layout,
    output: Layout,
    kernel: Kernel,
}

enum Kernel {
    Gemm(Box<Gemm>),
    Grouped(Box<Grouped>),
    Strassen(Box<Strassen>),
    Winograd(Box<Winograd>),
}

impl Conv {
    /// `weight` is OIHW, its I a group's inputs; `bias` one value per output channel.
    ///
    /// # Panics
    /// Where `weight`, `bias` or the output's sides are not what the filter makes of the layouts, or the groups not even.
    pub fn plan(input: Layout, output: Layout, filter: Filter, weight: &[f32], bias: &[f32]) -> Conv {
        let algorithm = Algorithm::choose(&input, &output, filter);
        Self::plan_with(algorithm, input, output, filter, weight, bias)
    }

    /// As [`plan`](Self::plan), by an algorithm of the caller's choice, which must be one for that filter.
    pub fn plan_with(
        algorithm: Algorithm,
        input: Layout,
        output: Layout,
        filter: Filter,
        weight: &[f32],
        bias: &[f32],
    ) -> Conv {
        let Filter { kernel, stride, groups } = filter;
        assert!(Grouped::fits(&input, &output, groups), "{groups} groups are not even");
        assert!(groups == 1 || algorithm == Algorithm::Grouped, "{algorithm:?} knows no groups");
        assert_eq!(weight.len(), output.channels * (input.channels / groups) * kernel * kernel);
        assert_eq!(bias.len(), output.channels);
        assert_eq!((output.height, output.width), (input.height.div_ceil(stride), input.width.div_ceil(stride)));
        let kernel = match algorithm {
            Algorithm::Gemm => Kernel::Gemm(Box::new(Gemm::plan(&input, &output, filter, weight, bias))),
            Algorithm::Grouped => Kernel::Grouped(Box::new(Grouped::plan(&input, &output, filter, weight, bias))),
            Algorithm::Strassen => {
                assert!(Strassen::fits(&input, &output, kernel));
                Kernel::Strassen(Box::new(Strassen::plan(&input, &output, stride, weight, bias)))
            }
            Algorithm::Winograd(size) => {
                assert!(size.fits(&input, &output, kernel, stride));
                Kernel::Winograd(Box::new(Winograd::plan(size, &input, &output, weight, bias)))
            }
        };
        Conv { input, output, kernel }
    }

    /// How it is computed.
    pub fn algorithm(&self) -> Algorithm {
        match &self.kernel {
            Kernel::Gemm(_) => Algorithm::Gemm,
            Kernel::Grouped(_) => Algorithm::Grouped,
            Kernel::Strassen(_) => Algorithm::Strassen,
            Kernel::Winograd(winograd) => Algorithm::Winograd(winograd.size()),
        }
    }

    /// The weights of one output, in OIHW's order. Of a matrix product: a transform is not undone.
    pub fn weights(&self, output: usize) -> Vec<f32> {
        assert!(output < self.output.channels);
        match &self.kernel {
            Kernel::Gemm(gemm) => gemm.weights(output, self.input.channels),
            _ => panic!("a linear layer is a matrix product"),
        }
    }

    /// Floats of scratch that [`run`](Self::run) needs.
    pub fn scratch_len(&self) -> usize {
        match &self.kernel {
            Kernel::Gemm(_) | Kernel::Grouped(_) => 0,
            Kernel::Strassen(strassen) => strassen.scratch_len(),
            Kernel::Winograd(winograd) => winograd.scratch_len(),
        }
    }

    /// `output = [relu](conv(input) + bias [+ residual])`; `residual` lies as the output does. Allocates nothing.
    pub fn run(&self, input: &[f32], residual: Option<&[f32]>, relu: bool, output: &mut [f32], scratch: &mut [f32]) {
        assert_eq!(input.len(), self.input.len());
        assert_eq!(output.len(), self.output.len());
        assert!(residual.is_none_or(|r| r.len() == self.output.len()));
        assert!(scratch.len() >= self.scratch_len());
        let residual = residual.map_or(std::ptr::null(), <[f32]>::as_ptr);
        let call = Call { input: input.as_ptr(), residual, relu, output: output.as_mut_ptr() };
        // SAFETY: the maps have their layouts' lengths, and a mutable slice overlaps no other.
        unsafe {
            match &self.kernel {
                Kernel::Gemm(gemm) => gemm.run(&call),
                Kernel::Grouped(grouped) => grouped.run(&call),
                Kernel::Strassen(strassen) => strassen.run(&call, scratch.as_mut_ptr()),
                Kernel::Winograd(winograd) => winograd.run(&call, scratch.as_mut_ptr()),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whoever reads architectures from files sees to it that no such convolution is planned.
    #[test]
    fn what_a_filter_does_not_make_of_its_maps_is_refused() {
        let refused = |algorithm: Algorithm, groups: usize, weights: usize| {
            let (input, output) = (Layout::map(4, 4, 12), Layout::map(4, 4, 18));
            let filter = Filter::new(3, 1).grouped(groups);
            let plan = || Conv::plan_with(algorithm, input, output, filter, &vec![0.0; weights], &[0.0; 18]);
            std::panic::catch_unwind(plan).is_err()
        };
        let weights = |groups: usize| 18 * 12 * 9 / groups;
        for groups in [1, 2, 3, 6] {
            assert!(!refused(Algorithm::Grouped, groups, weights(groups)), "{groups} groups");
            assert!(refused(Algorithm::Grouped, groups, weights(groups) - 1), "{groups} groups");
        }
        assert!(!refused(Algorithm::Gemm, 1, weights(1)));
        for algorithm in [Algorithm::Gemm, Algorithm::Winograd(TileSize::T4x4)] {
            assert!(refused(algorithm, 2, weights(2)), "{algorithm:?} knows no groups");
        }
        // 4 divides the inputs alone, 9 the outputs; 5 neither; 0 is no number of groups.
        for groups in [4, 9, 5] {
            assert!(refused(Algorithm::Grouped, groups, weights(groups)), "{groups} groups");
        }
        assert!(refused(Algorithm::Grouped, 0, 0) && refused(Algorithm::Gemm, 0, 0));
    }
}
