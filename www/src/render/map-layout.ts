/**
 * Where everything of the skip map stands: rows of stations on a straight strand, an arc over every block. Pure: width, blocks
 * and statistics in, positions and paths out.
 */
import type { BlockInfo, BlockStatistics, Lesion } from '../engine/types';
import { shape } from './numbers';

/** Stations never come closer: a finger's smallest target, and a label as long as 3.35. */
export const MIN_STEP = 24;
const MAX_STEP = 96;
const LABEL = 16;
const HEADING = 30;
/** A digit of a heading, 10.5 px high. */
const DIGIT = 6.2;
/** |F| / |x| from which on an arc has the last colour. */
export const MOST_SHARE = 1.5;
/** A lesion may strengthen what follows; a strand still has to pass between its neighbours. */
const MOST_STRENGTH = 1.5;

export interface Strand {
  path: string;
  /** Of the stroke, in pixels. */
  width: number;
  /** Its middle: where it is cut, or what it is scaled with is written. */
  middle: { x: number; y: number };
}

export interface Station {
  index: number;
  name: string;
  /** `3.35` of layer3.35. */
  label: string;
  row: number;
  x: number;
  y: number;
  /** Where the block's sum is: the next station, or the end of the row. */
  end: number;
  /** Null in a plain net. */
  identity: Strand | null;
  residual: Strand;
  /** |F| / |x| over MOST_SHARE, 0 to 1; null in a plain net. */
  share: number | null;
}

export interface Heading {
  stage: number;
  x: number;
  y: number;
  row: number;
  title: string;
  /** What the stage's blocks write; empty where the stage began in an earlier row, or where it does not fit. */
  shape: string;
}

export interface Row {
  y: number;
  from: number;
  /** The first block that is not in it. */
  to: number;
  left: number;
  right: number;
}

export interface MapLayout {
  width: number;
  height: number;
  step: number;
  /** Height of the arcs. */
  rise: number;
  rows: Row[];
  stations: Station[];
  headings: Heading[];
  /** The stem stands at the left end of the first row, the classifier at the right end of the last one. */
  margin: number;
}

export interface Grid {
  step: number;
  margin: number;
  rows: { from: number; to: number }[];
}

/** How wide a column is and which blocks share a row. Charts that stand under the map use it too. */
export function gridOf(width: number, blocks: readonly Pick<BlockInfo, 'stage'>[]): Grid {
  const margin = width < 560 ? 34 : 52;
  const room = Math.max(MIN_STEP, width - 2 * margin);
  const rows = breakRows(
    blocks.map(({ stage }) => stage),
    Math.floor(room / MIN_STEP),
  );
  const longest = Math.max(1, ...rows.map(({ from, to }) => to - from));
  return { step: Math.min(MAX_STEP, room / longest), margin, rows };
}

/** Few rows of similar length, broken between stages where that costs little. */
export function breakRows(stages: readonly number[], capacity: number): { from: number; to: number }[] {
  const count = stages.length;
  const fewest = Math.ceil(count / capacity);
  let best: { cost: number; rows: { from: number; to: number }[] } = { cost: Infinity, rows: [] };
  for (let rows = fewest; rows <= fewest + 1; rows++) {
    const found = breakInto(stages, capacity, rows);
    const cost = found.cost + 0.6 * rows;
    if (cost < best.cost) best = { cost, rows: found.rows };
  }
  return best.rows;
}

/** The cheapest way to make exactly so many rows: a break within a stage costs 1, and so does a row that misses all it should hold. */
function breakInto(stages: readonly number[], capacity: number, rows: number): { cost: number; rows: { from: number; to: number }[] } {
  const count = stages.length;
  const even = count / rows;
  // cheapest[to]: how to put the first `to` blocks into the rows so far.
  let cheapest = new Map([[0, { cost: 0, rows: [] as { from: number; to: number }[] }]]);
  for (let row = 0; row < rows; row++) {
    const next: typeof cheapest = new Map();
    for (const [from, before] of cheapest) {
      for (let to = from + 1; to <= Math.min(count, from + capacity); to++) {
        const within = to < count && stages[to] === stages[to - 1];
        const cost = before.cost + (within ? 1 : 0) + ((to - from) / even - 1) ** 2;
        if (cost < (next.get(to)?.cost ?? Infinity)) next.set(to, { cost, rows: [...before.rows, { from, to }] });
      }
    }
    cheapest = next;
  }
  return cheapest.get(count) ?? { cost: Infinity, rows: [] };
}

/** `strongest`: the rms that the widest strand stands for. */
export function mapLayout(
  width: number,
  blocks: readonly BlockInfo[],
  statistics: readonly BlockStatistics[],
  lesion: Lesion = {},
  strongest = strongestOf(statistics),
): MapLayout {
  const { step, margin, rows: ranges } = gridOf(width, blocks);
  const widest = Math.min(13, 0.26 * step);
  const rise = Math.min(64, Math.max(30, 0.95 * step));
  const above = rise + widest * MOST_STRENGTH * 0.5 + 6;
  const rowHeight = above + LABEL + HEADING + 14;
  const rows = ranges.map(({ from, to }, row) => ({ from, to, y: above + row * rowHeight, left: margin, right: margin + (to - from) * step }));

  const stroke = (rms: number) => Math.max(0.75, widest * Math.min(MOST_STRENGTH, rms / strongest));
  const stations = rows.flatMap(({ from, to, y, left }, row) =>
    blocks.slice(from, to).map((info, i): Station => {
      const index = from + i;
      const x = left + i * step;
      const end = x + step;
      const middle = (x + end) / 2;
      const { identity, residual } = statistics[index]!;
      const scales = lesion[info.name] ?? { identity: 1, residual: 1 };
      const top = y - (4 / 3) * rise;
      return {
        index,
        name: info.name,
        label: info.name.replace('layer', ''),
        row,
        x,
        y,
        end,
        // A strand is as wide as what it brings to the sum; a cut one keeps its width, to show what is missing.
        identity: identity && {
          path: `M${round(x)} ${round(y)}H${round(end)}`,
          width: stroke(identity.rms * (scales.identity || 1)),
          middle: { x: middle, y },
        },
        residual: {
          path: `M${round(x)} ${round(y)}C${round(x)} ${round(top)} ${round(end)} ${round(top)} ${round(end)} ${round(y)}`,
          width: stroke(residual.rms * (scales.residual || 1)),
          middle: { x: middle, y: y - rise },
        },
        share: identity && Math.min(1, shareOf(residual.rms, identity.rms) / MOST_SHARE),
      };
    }),
  );
  return { width, height: rows.length * rowHeight, step, rise, rows, stations, headings: headingsOf(rows, blocks, step, width), margin };
}

export function strongestOf(statistics: readonly BlockStatistics[]): number {
  return Math.max(Number.MIN_VALUE, ...statistics.flatMap(({ identity, residual }) => [identity?.rms ?? 0, residual.rms]));
}

/** |F| / |x|. The two have the same number of values, so their rms have the same ratio. */
export function shareOf(residual: number, identity: number): number {
  return identity > 0 ? residual / identity : residual > 0 ? Infinity : 0;
}

function headingsOf(rows: Row[], blocks: readonly BlockInfo[], step: number, width: number): Heading[] {
  return rows.flatMap(({ from, to, y, left }, row) => {
    const starts = blocks.slice(from, to).flatMap(({ stage }, i) => (i === 0 || blocks[from + i - 1]!.stage !== stage ? [from + i] : []));
    return starts.flatMap((start, i): Heading[] => {
      const { stage, output } = blocks[start]!;
      const x = left + (start - from) * step - 4;
      const until = i + 1 < starts.length ? left + (starts[i + 1]! - from) * step - 10 : width;
      const continued = start > 0 && blocks[start - 1]!.stage === stage;
      const title = `stage ${stage}${continued ? ' …' : ''}`;
      const text = shape(output);
      const fits = (words: string) => words.length * DIGIT <= until - x;
      if (continued && !fits(title)) return []; // a rest of a block or two
      return [{ stage, x, y: y + LABEL + 18, row, title, shape: continued || !fits(text) ? '' : text }];
    });
  });
}

function round(value: number): number {
  return Math.round(10 * value) / 10;
}

/** Which station a key leads to from another one; null where the key means something else. */
export function walk(key: string, index: number, { rows, count }: { rows: Grid['rows']; count: number }): number | null {
  const row = rows.findIndex(({ from, to }) => from <= index && index < to);
  const sideways = (target: number) => {
    const { from, to } = rows[target] ?? rows[row]!;
    return target in rows ? Math.min(to - 1, count - 1, from + index - rows[row]!.from) : index;
  };
  switch (key) {
    case 'ArrowRight':
      return Math.min(count - 1, index + 1);
    case 'ArrowLeft':
      return Math.max(0, index - 1);
    case 'ArrowDown':
      return sideways(row + 1);
    case 'ArrowUp':
      return sideways(row - 1);
    case 'Home':
      return 0;
    case 'End':
      return count - 1;
    default:
      return null;
  }
}
