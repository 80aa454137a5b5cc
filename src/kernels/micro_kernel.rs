//! The micro-kernel: `R` rows by 8 output channels, kept in registers over the whole sum.

use super::lanes::F32x4;

/// Output channels of a panel.
pub const PANEL: usize = 8;

/// The sums of `R` rows by one panel.
pub type Sums<const R: usize> = [[F32x4; 2]; R];

/// `sums[i] += sum over k of rows[i][k] * panel[k]` for `k` in `0..depth`, where `panel` holds 8 floats per `k`. Returns the
/// panel's end.
///
/// Reading the rows one float at a time through `R` pointers costs nothing over rows packed side by side, so nothing is
/// packed at run time. Do not unroll: it got slower (69-78 % of the peak instead of 97).
///
/// # Safety
/// `depth > 0` floats are readable at every row, `8 * depth` at `panel`.
#[inline(always)]
pub unsafe fn accumulate<const R: usize>(
    sums: &mut Sums<R>,
    mut rows: [*const f32; R],
    mut panel: *const f32,
    depth: usize,
) -> *const f32 {
    let mut left = depth;
    while left != 0 {
        // SAFETY: `left` counts what the caller vouches for.
        unsafe {
            let (b0, b1) = (F32x4::load(panel), F32x4::load(panel.add(4)));
            for i in 0..R {
                let a = F32x4::load_splat(rows[i]);
                sums[i][0] = sums[i][0].madd(a, b0);
                sums[i][1] = sums[i][1].madd(a, b1);
            }
            for row in &mut rows {
                *row = row.add(1);
            }
            panel = panel.add(PANEL);
        }
        left -= 1;
    }
    panel
}

/// As [`accumulate`], where the panel's second four outputs are summed over other inputs, `apart` floats further.
///
/// # Safety
/// `depth > 0` floats are readable at every row, and as many `apart` floats further, `8 * depth` at `panel`.
#[inline(always)]
pub unsafe fn accumulate_halves<const R: usize>(
    sums: &mut Sums<R>,
    mut rows: [*const f32; R],
    apart: usize,
    mut panel: *const f32,
    depth: usize,
) -> *const f32 {
    let mut left = depth;
    while left != 0 {
        // SAFETY: `left` counts what the caller vouches for.
        unsafe {
            let (b0, b1) = (F32x4::load(panel), F32x4::load(panel.add(4)));
            for i in 0..R {
                sums[i][0] = sums[i][0].madd(F32x4::load_splat(rows[i]), b0);
                sums[i][1] = sums[i][1].madd(F32x4::load_splat(rows[i].add(apart)), b1);
            }
            for row in &mut rows {
                *row = row.add(1);
            }
            panel = panel.add(PANEL);
        }
        left -= 1;
    }
    panel
}

/// Rows at equal distances by panels that follow one another.
pub struct Product {
    pub from: *const f32,
    pub stride: usize,
    pub panel: *const f32,
    pub panels: usize,
    pub depth: usize,
    pub to: *mut f32,
    pub to_stride: usize,
    /// Add to what is there.
    pub resume: bool,
}

/// # Safety
/// `R` rows of `depth` floats are readable at `from`, 8 x `depth` per panel at `panel`; `R` rows of 8 floats per panel are
/// writable at `to`.
#[inline(never)]
pub unsafe fn multiply_rows<const R: usize>(product: &Product) {
    let mut panel = product.panel;
    for k in 0..product.panels {
        // SAFETY: the caller's.
        unsafe {
            let to = |i: usize| product.to.add(i * product.to_stride + k * PANEL);
            let mut sums: Sums<R> = [[F32x4::splat(0.0); 2]; R];
            if product.resume {
                for (i, sums) in sums.iter_mut().enumerate() {
                    *sums = [F32x4::load(to(i)), F32x4::load(to(i).add(4))];
                }
            }
            let rows = std::array::from_fn(|i| product.from.add(i * product.stride));
            panel = accumulate(&mut sums, rows, panel, product.depth);
            for (i, sums) in sums.iter().enumerate() {
                sums[0].store(to(i));
                sums[1].store(to(i).add(4));
            }
        }
    }
}

/// Calls a function generic over the rows of a group with the `rows` known only at run time.
macro_rules! with_rows {
    ($rows:expr, $function:ident($($argument:expr),* $(,)?)) => {
        match $rows {
            1 => $function::<1>($($argument),*),
            2 if ROWS >= 2 => $function::<2>($($argument),*),
            3 if ROWS >= 3 => $function::<3>($($argument),*),
            4 if ROWS >= 4 => $function::<4>($($argument),*),
            5 if ROWS >= 5 => $function::<5>($($argument),*),
            6 if ROWS >= 6 => $function::<6>($($argument),*),
            rows => unreachable!("a group of {rows} rows"),
        }
    };
}
pub(super) use with_rows;
