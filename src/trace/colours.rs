//! All channels of a block's maps in one picture each: the three components that tell most of them, as a colour.
//!
//! The components are those of x and of the output, each counting the same, among the directions in which x, F(x) and the
//! output are zero on average. So a colour is a linear picture of the channels, the same in all four maps: what is zero is
//! grey everywhere, x's and F's values add up to the sum's, and a branch that was scaled fades towards grey.
//!
//! Within a stage the axes follow those of the block before, so that colours flow along the identity branch. The first block's
//! lightness is its first component.

use super::oklab::colour;
use super::{Branch, Branches, Map};
use crate::kernels::{COMPONENTS, Components, Layout, Projections, leading_components, project, squared_distance};
use std::sync::Arc;

/// Passes over the sample: they catch 99.3 % of the variance that its exact components do. A third made it 99.8, and the sample
/// itself stands for the whole map less well than that.
const PASSES: usize = 2;
/// From the components of the block before: 99.2 %.
const PASSES_FROM_LAST: usize = 1;

/// What a block's channels are projected on, and how far the projections reach.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Basis {
    vectors: Vec<f32>,
    reach: [f32; COMPONENTS],
    explained: [f32; COMPONENTS],
}

/// The bases of a run, by block. Colours of two runs can be compared where they share them.
#[derive(Clone, Debug, Default)]
pub struct Bases(Vec<Option<Arc<Basis>>>);

impl Bases {
    /// That block's, where it has one.
    pub fn get(&self, block: usize) -> Option<&Arc<Basis>> {
        self.0.get(block)?.as_ref()
    }

    /// Gives that block a basis, in place of any that it has.
    pub fn set(&mut self, block: usize, basis: Arc<Basis>) {
        if self.0.len() <= block {
            self.0.resize(block + 1, None);
        }
        self.0[block] = Some(basis);
    }

    /// Forgets all.
    pub fn clear(&mut self) {
        self.0.clear();
    }
}

/// The four maps of one block as pictures: RGBA, row by row.
#[derive(Clone, Debug, PartialEq)]
pub struct BlockColours {
    /// In pixels, of each of the four.
    pub height: usize,
    /// In pixels, of each of the four.
    pub width: usize,
    /// x; a plain net has none.
    pub identity: Option<Vec<u8>>,
    /// F(x).
    pub residual: Vec<u8>,
    /// x + F(x), each scaled as the lesion has it.
    pub sum: Vec<u8>,
    /// What the next block reads.
    pub output: Vec<u8>,
    /// The components' shares of the variance, 0 to 1, in the run that the basis was found in.
    pub explained: [f32; COMPONENTS],
}

impl BlockColours {
    /// One of the four; none for the identity of a plain net.
    pub fn of(&self, branch: Branch) -> Option<&[u8]> {
        match branch {
            Branch::Identity => self.identity.as_deref(),
            Branch::Residual => Some(&self.residual),
            Branch::Sum => Some(&self.sum),
            Branch::Output => Some(&self.output),
        }
    }
}

/// Paints the blocks of a run as they come.
#[derive(Default)]
pub struct Painter {
    /// What blocks are painted on: given, or found.
    pub bases: Bases,
    /// Of the block before.
    last: Option<Components>,
}

impl Painter {
    pub fn paint(&mut self, block: usize, branches: &Branches<'_>) -> BlockColours {
        let layout = branches.output.layout;
        let (height, width, pixel) = (layout.height(), layout.width(), layout.pixel());
        let given = self.bases.get(block).filter(|basis| basis.vectors.len() == COMPONENTS * pixel);
        let (basis, planes) = match given.cloned() {
            Some(basis) => {
                let planes = Planes::of(branches, &basis.vectors);
                (basis, planes)
            }
            None => {
                let (components, explained) = components(branches, self.last.as_ref());
                let planes = Planes::of(branches, &components.vectors);
                let reach = planes.reach(height, width);
                let basis = Arc::new(Basis { vectors: components.vectors.clone(), reach, explained });
                self.last = Some(components);
                self.bases.set(block, Arc::clone(&basis));
                (basis, planes)
            }
        };
        let inverse = basis.reach.map(|reach| if reach > 0.0 { reach.recip() } else { 0.0 });
        let rgba = |plane: &Plane| {
            let mut rgba = vec![0; 4 * plane.len()];
            rgba.chunks_exact_mut(4).zip(plane).for_each(|(to, &value)| to.copy_from_slice(&colour(value, inverse)));
            rgba
        };
        BlockColours {
            height,
            width,
            identity: planes.identity.as_ref().map(rgba),
            residual: rgba(&planes.residual),
            sum: rgba(&planes.sum),
            output: rgba(&planes.output),
            explained: basis.explained,
        }
    }
}

/// The three projections of every place, row by row.
type Plane = Vec<[f32; COMPONENTS]>;

struct Planes {
    identity: Option<Plane>,
    residual: Plane,
    sum: Plane,
    output: Plane,
}

impl Planes {
    fn of(branches: &Branches<'_>, vectors: &[f32]) -> Planes {
        let Map { layout, data: residual } = branches.residual;
        // A plain net's sum is F(x) alone; what stands in for x is not shown.
        let (x, a) = branches.identity.map_or((residual, 0.0), |x| (x.data, branches.scales.identity));
        let b = branches.scales.residual;
        let mut places = vec![Projections::default(); layout.height() * layout.width()];
        project(&layout, x, residual, (a, b), vectors, &mut places);
        let plane = |i: usize| places.iter().map(|place| place[i]).collect();
        let sum = |&[x, f, _]: &Projections| std::array::from_fn(|j| a * x[j] + b * f[j]);
        let sum: Plane = places.iter().map(sum).collect();
        let output = if branches.relu { plane(2) } else { sum.clone() };
        Planes { identity: branches.identity.map(|_| plane(0)), residual: plane(1), sum, output }
    }

    /// The 99th percentile of the absolute values, over all four maps: of the lightness, and of both chromas together, so that
    /// angles between colours stay what they are between channels.
    fn reach(&self, height: usize, width: usize) -> [f32; COMPONENTS] {
        let Planes { identity, residual, sum, output } = self;
        let border = border(height, width);
        // Of a large map every second row and column: sorting took as long as painting.
        let step = if height.min(width) >= 28 { 2 } else { 1 };
        let percentile = |j: usize| {
            let mut all = Vec::with_capacity(4 * height * width / step / step);
            for plane in identity.iter().chain([residual, sum, output]) {
                for row in plane.chunks_exact(width).take(height - border).skip(border).step_by(step) {
                    let values = row[border..width - border].iter().step_by(step).map(|v| v[j].abs());
                    all.extend(values.filter(|v| v.is_finite()));
                }
            }
            let at = all.len() * 99 / 100;
            if all.is_empty() { 0.0 } else { *all.select_nth_unstable_by(at, f32::total_cmp).1 }
        };
        let [light, a, b] = std::array::from_fn(percentile);
        [light, a.max(b), a.max(b)]
    }
}

/// Places at the edge see the zeros around the map: in large maps, where they are few, they would only claim a component.
fn border(height: usize, width: usize) -> usize {
    usize::from(height.min(width) >= 14)
}

/// What is looked at to find a basis: averages of 2 x 2 places, where the map has enough of them, on a grid.
///
/// Averages, because the components of single places are fine texture: on those of 2 x 2, things and people can be recognised.
struct Sample {
    /// The pixel's first float.
    cells: Vec<usize>,
    side: usize,
    layout: Layout,
}

impl Sample {
    fn of(layout: Layout) -> Sample {
        const MOST: usize = 14; // cells in a row
        const FLOATS: usize = 100_000; // of one map: time, in a block of 1024 channels
        let border = border(layout.height(), layout.width());
        let most = MOST.min((FLOATS / layout.pixel()).isqrt()).max(1);
        let (rows, columns) = (layout.height() - 2 * border, layout.width() - 2 * border);
        let side = if rows.min(columns) >= 2 * most { 2 } else { 1 };
        let starts = |length: usize| {
            let count = most.min(length);
            (0..count).map(move |i| border + ((2 * i + 1) * length / count - side) / 2)
        };
        let cells = starts(rows).flat_map(|y| starts(columns).map(move |x| layout.at(y, x))).collect();
        Sample { cells, side, layout }
    }

    /// One row per cell, averages of its pixels. Cells with something else than numbers in them are left out.
    fn rows(&self, map: Map<'_>) -> Vec<f32> {
        let (pixel, pitch) = (self.layout.pixel(), self.layout.pitch());
        let share = ((self.side * self.side) as f32).recip();
        let mut rows = Vec::with_capacity(self.cells.len() * pixel);
        for &cell in &self.cells {
            let start = rows.len();
            rows.resize(start + pixel, 0.0);
            let row = &mut rows[start..];
            for place in 0..self.side * self.side {
                let from = &map.data[cell + place / self.side * pitch + place % self.side * pixel..][..pixel];
                row.iter_mut().zip(from).for_each(|(to, &v)| *to += share * v);
            }
            if !squared_distance(row, None).is_finite() {
                rows.truncate(start);
            }
        }
        rows
    }
}

/// Near those of the block before, where that had as many channels: what one block puts out is what the next one takes in, and
/// should look the same.
fn components(branches: &Branches<'_>, last: Option<&Components>) -> (Components, [f32; COMPONENTS]) {
    let sample = Sample::of(branches.output.layout);
    let pixel = branches.output.layout.pixel();
    let [x, f, output] = [branches.identity.unwrap_or(branches.residual), branches.residual, branches.output];
    let (mut rows, f, mut other) = (sample.rows(x), sample.rows(f), sample.rows(output));
    let means = [&rows, &f, &other].map(|rows| mean(rows, pixel));
    let weighed = usize::from(weigh(&mut rows, &means[0])) + usize::from(weigh(&mut other, &means[2]));
    rows.append(&mut other);
    let components = match last.filter(|last| last.vectors.len() == COMPONENTS * pixel) {
        Some(last) => leading_components(&rows, pixel, &means, Some(last), PASSES_FROM_LAST).turned_to(last),
        None => leading_components(&rows, pixel, &means, None, PASSES),
    };
    let explained = components.values.map(|value| (value / weighed.max(1) as f64) as f32);
    (components, explained)
}

fn mean(rows: &[f32], pixel: usize) -> Vec<f32> {
    let mut sum = vec![0.0; pixel];
    for row in rows.chunks_exact(pixel) {
        sum.iter_mut().zip(row).for_each(|(s, v)| *s += v);
    }
    let count = (rows.len() / pixel).max(1) as f32;
    sum.iter_mut().for_each(|s| *s /= count);
    sum
}

/// Scales the rows so that their squares around the mean sum up to one; says whether there was anything to scale.
fn weigh(rows: &mut [f32], mean: &[f32]) -> bool {
    const CONSTANT: f32 = 1e-10; // of the squares: rounding
    let (mut around, mut whole) = (0.0, 0.0);
    for row in rows.chunks_exact(mean.len()) {
        around += squared_distance(row, Some(mean));
        whole += squared_distance(row, None);
    }
    let varies = around > CONSTANT * whole && around.is_finite();
    let scale = if varies { around.sqrt().recip() } else { 0.0 };
    rows.iter_mut().for_each(|v| *v *= scale);
    varies
}
