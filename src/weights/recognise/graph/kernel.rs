//! Which operators the kernels compute, by their attributes: what is refused here is told with the node's name by who walks the graph.
//!
//! The kernels know padding of half an odd filter on all sides, 3x3 max pooling with stride 2 on maps padded so, and 2x2 average
//! pooling with stride 2. Other attributes are taken where they come to the same outputs. Maps are as large as the input over the
//! stride, rounded up.

use crate::kernels::Filter;
use crate::weights::formats::onnx::{Op, Pads, Window};

/// Why none of the kernels computes an operator.
pub type Why = &'static str;

/// What a `Conv` looks at. `before`: what a `Pad` before it adds at the top, left, bottom and right.
pub fn conv(window: &Window, groups: usize, before: [usize; 4]) -> Result<Filter, Why> {
    let ([kernel, width], [stride, across]) = (window.kernel, window.stride);
    if kernel != width || stride != across || window.dilation != [1, 1] {
        return Err("filters and strides are known square, and without dilation");
    }
    let half = kernel / 2;
    let centred = match window.pads {
        Pads::Explicit(pads) => pads.iter().zip(before).all(|(own, more)| own.checked_add(more) == Some(half)),
        // With stride 2 the odd pixel of padding goes to one side: at the end of an even map, what is missing there is not read.
        Pads::SameLower => before == [0; 4] && (stride <= 2 || kernel == 1),
        Pads::SameUpper => before == [0; 4] && (stride == 1 || kernel == 1),
    };
    match centred && !kernel.is_multiple_of(2) {
        true => Ok(Filter::new(kernel, stride).grouped(groups)),
        false => Err("padding is known as half of an odd filter, on all sides"),
    }
}

/// Whether a `MaxPool` is the one that is known, on maps whose sides are `even`, or of which that is not known. `before`: of a `Pad` with
/// zeros, which are no more than a map's values where a ReLU made it.
pub fn max_pool(window: &Window, ceil: bool, before: Option<[i64; 4]>, even: bool) -> Result<(), Why> {
    let usual = window.kernel == [3, 3] && window.stride == [2, 2] && window.dilation == [1, 1];
    let pads = match (window.pads, before) {
        (Pads::Explicit([top, left, bottom, right]), None) => Some([top, left, bottom, right].map(|pad| pad as i64)),
        (Pads::Explicit([0, 0, 0, 0]), Some(before)) => Some(before),
        // One pixel before, and one after where the side is odd.
        (Pads::SameLower, None) => Some([1, 1, i64::from(!even), i64::from(!even)]),
        _ => None,
    };
    // The last window ends at the pixel after the last of an odd side, and at the last of an even one.
    let ends = |pad: i64| match pad {
        0 => even || ceil,
        1 => !(even && ceil), // that would be one place more
        _ => false,
    };
    match pads {
        Some([1, 1, bottom, right]) if usual && ends(bottom) && ends(right) => Ok(()),
        _ => Err("max pooling is known as 3 x 3 with stride 2 and padding"),
    }
}

/// Whether an `AveragePool` is the one that is known within a net, on maps whose sides are `even`, or of which that is not known.
pub fn average_pool(window: &Window, ceil: bool, count_include_pad: bool, even: bool) -> Result<(), Why> {
    let usual = window.kernel == [2, 2] && window.stride == [2, 2] && window.dilation == [1, 1];
    // At an odd side's end the mean is of the pixels that are there.
    let fits = match window.pads {
        Pads::Explicit([0, 0, 0, 0]) => even || ceil,
        Pads::Explicit([0, 0, 1, 1]) => !count_include_pad && !ceil,
        Pads::SameUpper => even || !count_include_pad,
        Pads::SameLower => even,
        Pads::Explicit(_) => false,
    };
    if usual && fits { Ok(()) } else { Err("average pooling is known as 2 x 2 with stride 2") }
}

/// Whether an `AveragePool` may be that of the whole map: of one place, without padding. How large the map is, no node says; a smaller
/// window would leave places that the flattening spreads over more features than the classifier has.
pub fn whole_map(window: &Window) -> bool {
    let [height, width] = window.kernel;
    height == width && window.dilation == [1, 1] && window.pads == Pads::Explicit([0; 4])
}

/// Whether the weights of a `Gemm` lie as `[features, classes]`. `bias`: the shape of what it adds, if it adds anything.
pub fn linear(gemm: &Op, bias: Option<&[usize]>, weight: &[usize]) -> Result<bool, Why> {
    let Op::Gemm { transpose_a, transpose_b, alpha, beta } = gemm else { return Err("it is no Gemm") };
    if *transpose_a {
        return Err("it transposes its first factor");
    }
    if *alpha != 1.0 || *beta != 1.0 && bias.is_some() {
        return Err("it scales what it adds");
    }
    let classes = weight.get(usize::from(!transpose_b)).copied();
    if bias.is_some_and(|shape| shape.last().copied() != classes || shape.iter().rev().skip(1).any(|&d| d != 1)) {
        return Err("what it adds is not one value for each class");
    }
    Ok(!transpose_b)
}
