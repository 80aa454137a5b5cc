//! Small dense algebra: a few long vectors at right angles, eigenvectors of an 8 x 8 matrix.

use super::lanes::F32x4;

/// Columns of a block of vectors, `[row][WIDTH]`: two of lanes.
pub const WIDTH: usize = 8;

pub type Square = [[f64; WIDTH]; WIDTH];

/// The vectors at right angles and of length one (Gram-Schmidt, twice), without those that depend on the ones before.
pub fn orthonormal(vectors: &[Vec<f32>]) -> Vec<Vec<f32>> {
    const DEPENDENT: f64 = 1e-10;
    let mut found: Vec<Vec<f64>> = Vec::new();
    let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    for vector in vectors {
        let mut rest: Vec<f64> = vector.iter().map(|&v| f64::from(v)).collect();
        let before = dot(&rest, &rest);
        for other in found.iter().chain(&found) {
            let share = dot(&rest, other);
            rest.iter_mut().zip(other).for_each(|(r, o)| *r -= share * o);
        }
        let square = dot(&rest, &rest);
        if square > DEPENDENT * before && square.is_finite() {
            rest.iter_mut().for_each(|r| *r /= square.sqrt());
            found.push(rest);
        }
    }
    found.into_iter().map(|vector| vector.into_iter().map(|v| v as f32).collect()).collect()
}

/// The squared length of a vector, or its squared distance from another: of a multiple of eight floats.
pub fn square(vector: &[f32], from: Option<&[f32]>) -> f32 {
    assert!(vector.len().is_multiple_of(WIDTH) && from.is_none_or(|from| from.len() == vector.len()));
    let mut sums = [F32x4::splat(0.0); 2];
    // SAFETY: eight floats of both, as was checked.
    let load = |from: &[f32], at: usize| unsafe {
        [F32x4::load(from.as_ptr().add(at)), F32x4::load(from.as_ptr().add(at + F32x4::LANES))]
    };
    for at in (0..vector.len()).step_by(WIDTH) {
        let mut values = load(vector, at);
        if let Some(from) = from {
            let from = load(from, at);
            values = [values[0] - from[0], values[1] - from[1]];
        }
        sums = [sums[0].madd(values[0], values[0]), sums[1].madd(values[1], values[1])];
    }
    (sums[0] + sums[1]).to_array().iter().sum()
}

/// Takes what lies along `without`, which is orthonormal, out of every column.
pub fn remove(without: &[Vec<f32>], columns: &mut [f32]) {
    for vector in without {
        assert_eq!(columns.len(), vector.len() * WIDTH);
        let mut share = [F32x4::splat(0.0); 2];
        let (from, zero) = (columns.as_mut_ptr(), F32x4::splat(0.0));
        // SAFETY: both loops stay within the columns, eight floats for every float of the vector.
        unsafe {
            for (c, &v) in vector.iter().enumerate() {
                let v = F32x4::splat(v);
                let at = from.add(c * WIDTH);
                share = [share[0].madd(v, F32x4::load(at)), share[1].madd(v, F32x4::load(at.add(4)))];
            }
            for (c, &v) in vector.iter().enumerate() {
                let v = zero - F32x4::splat(v);
                let at = from.add(c * WIDTH);
                F32x4::load(at).madd(v, share[0]).store(at);
                F32x4::load(at.add(4)).madd(v, share[1]).store(at.add(4));
            }
        }
    }
}

/// Orthonormal columns that span what these do; zeros in place of those that add nothing.
///
/// By the eigenvectors of the columns' products with each other: the error grows with the columns' condition, but the span
/// matters here, and lanes like it.
pub fn orthonormal_columns(columns: &[f32]) -> Vec<f32> {
    const NOTHING: f64 = 1e-9;
    let (values, vectors) = eigen(products(columns));
    let scale = |j: usize| if values[j] > NOTHING * values[0] { values[j].sqrt().recip() } else { 0.0 };
    let mut turn = vectors;
    turn.iter_mut().for_each(|row| (0..WIDTH).for_each(|j| row[j] *= scale(j)));
    times(columns, &turn)
}

/// `columns turn`.
pub fn times(columns: &[f32], turn: &Square) -> Vec<f32> {
    let turn = turn.map(|row| row.map(|v| v as f32));
    let mut to = vec![0.0; columns.len()];
    for (from, to) in columns.chunks_exact(WIDTH).zip(to.chunks_exact_mut(WIDTH)) {
        let mut sum = [F32x4::splat(0.0); 2];
        for (&value, row) in from.iter().zip(&turn) {
            let value = F32x4::splat(value);
            // SAFETY: two vectors of a row.
            let row = unsafe { [F32x4::load(row.as_ptr()), F32x4::load(row.as_ptr().add(4))] };
            sum = [sum[0].madd(value, row[0]), sum[1].madd(value, row[1])];
        }
        // SAFETY: eight floats.
        unsafe {
            sum[0].store(to.as_mut_ptr());
            sum[1].store(to.as_mut_ptr().add(4));
        }
    }
    to
}

/// Of every column with every other. Summed up in f32 for 64 rows at a time.
fn products(columns: &[f32]) -> Square {
    let mut all = [[0.0; WIDTH]; WIDTH];
    for rows in columns.chunks(64 * WIDTH) {
        let zero = F32x4::splat(0.0);
        // The matrix is symmetric: without its lower left quarter.
        let (mut top, mut corner) = ([[zero; 2]; 4], [zero; 4]);
        for row in rows.chunks_exact(WIDTH) {
            // SAFETY: eight floats.
            let (low, high) = unsafe { (F32x4::load(row.as_ptr()), F32x4::load(row.as_ptr().add(4))) };
            for i in 0..4 {
                let (a, b) = (F32x4::splat(row[i]), F32x4::splat(row[i + 4]));
                top[i] = [top[i][0].madd(a, low), top[i][1].madd(a, high)];
                corner[i] = corner[i].madd(b, high);
            }
        }
        for i in 0..4 {
            let (low, high, corner) = (top[i][0].to_array(), top[i][1].to_array(), corner[i].to_array());
            for k in 0..4 {
                all[i][k] += f64::from(low[k]);
                all[i][k + 4] += f64::from(high[k]);
                all[k + 4][i] += f64::from(high[k]);
                all[i + 4][k + 4] += f64::from(corner[k]);
            }
        }
    }
    all
}

/// Eigenvalues of a symmetric matrix, largest first, and its eigenvectors in the columns (Jacobi).
pub fn eigen(mut a: Square) -> ([f64; WIDTH], Square) {
    const SWEEPS: usize = 12; // 6 do
    let mut v: Square = std::array::from_fn(|i| std::array::from_fn(|k| f64::from(u8::from(i == k))));
    for _ in 0..SWEEPS {
        for p in 0..WIDTH {
            for q in p + 1..WIDTH {
                if a[p][q] == 0.0 {
                    continue;
                }
                let theta = (a[q][q] - a[p][p]) / (2.0 * a[p][q]);
                let t = theta.signum() / (theta.abs() + theta.hypot(1.0));
                let (c, s) = (t.hypot(1.0).recip(), t / t.hypot(1.0));
                let rotate = |(x, y): (f64, f64)| (c * x - s * y, s * x + c * y);
                for row in a.iter_mut().chain(&mut v) {
                    (row[p], row[q]) = rotate((row[p], row[q]));
                }
                let columns = std::array::from_fn(|k| rotate((a[p][k], a[q][k])));
                (a[p], a[q]) = (columns.map(|(x, _)| x), columns.map(|(_, y)| y));
            }
        }
    }
    let mut order: [usize; WIDTH] = std::array::from_fn(|i| i);
    order.sort_by(|&i, &k| a[k][k].total_cmp(&a[i][i]));
    (order.map(|i| a[i][i]), v.map(|row| order.map(|i| row[i])))
}
