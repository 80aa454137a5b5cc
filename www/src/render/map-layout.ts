/**
 * Where everything of the skip map stands: rows of stations on a straight strand, an arc over every block. Pure: width, blocks
 * and statistics in, positions and paths out.
 */
import type { BlockInfo, BlockStatistics, Lesion } from '../engine';
import { mapGrid, MIN_STEP, SWIPES, type Grid } from './map-grid';
import { shape } from './numbers';

/** From here on a block has room for pictures of what it adds and what it adds to. */
export const PICTURE_STEP = 44;
/** Of labels, 12 px high, and of a character of theirs. */
const LINE = 15;
const CHARACTER = 7.4;
/** |F| / |x| from which on an arc has the last colour. */
export const MOST_SHARE = 1.5;
/** A lesion may strengthen what follows; a strand still has to pass between its neighbours. */
const MOST_STRENGTH = 1.5;
/** An arrow's length. */
const ARROW = 6;

export interface Point {
  x: number;
  y: number;
}

export interface Strand {
  path: string;
  /** Of the stroke, in pixels. */
  width: number;
  /** The arrow in which it ends, at the sum. */
  arrow: string;
  /** Its middle: where it is cut, or what it is scaled with is written. */
  middle: Point;
}

export interface Station {
  index: number;
  name: string;
  /** `3.35` of layer3.35. */
  label: string;
  row: number;
  /** Where x forks. */
  x: number;
  y: number;
  /** Where the next block's x forks, or the row ends. */
  end: number;
  /** Where F lands; null in a plain net, which adds nothing. */
  sum: Point | null;
  /** Null in a plain net. */
  identity: Strand | null;
  residual: Strand;
  /** |F| / |x| over MOST_SHARE, 0 to 1; null in a plain net. */
  share: number | null;
  /** Whether there is room for its label beside those of its neighbours. */
  labelled: boolean;
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
  /** More than there was to fill where the row swipes. */
  width: number;
  height: number;
  step: number;
  /** Height of the arcs. */
  rise: number;
  /** Side of the blocks' pictures; 0: there are none. */
  picture: number;
  /** Half of what stands on a station: its picture, or its mark. */
  half: number;
  /** Width of a station for a pointer. */
  target: number;
  /** Radius of a sum. */
  radius: number;
  /** Widest stroke of an intact net. */
  widest: number;
  /** Every how many-th block is labelled. */
  every: number;
  rows: Row[];
  stations: Station[];
  headings: Heading[];
  /** The stem stands at the left end of the first row, the classifier at the right end of the last one. */
  margin: number;
}

/** What the sizes of a map's parts are, by the room there is: a slim band on a small screen, more where the screen is large. */
function sizesOf(available: number, { step, rows }: Grid) {
  const swipes = available < SWIPES;
  const rise = Math.min(1.4 * step, swipes ? 37 : rows.length > 1 ? 40 : clamp(0.042 * available + 17, 57, 88));
  const most = swipes ? 18 : 0.47 * rise;
  const picture = step < PICTURE_STEP ? 0 : Math.round(Math.min(0.43 * step, most));
  const radius = picture ? clamp(0.27 * picture, 5.5, 9) : clamp(0.15 * step, 4, 5);
  const half = picture ? picture / 2 : clamp(0.11 * step, 2.8, 4.5);
  const widest = Math.min(9, 0.18 * step);
  const above = rise + Math.max(6, widest * MOST_STRENGTH * 0.5) + 2; // for the widest strand, and for scissors
  // As for the largest pictures: another net of one row, its blocks closer, is as high, and nothing below it moves.
  const rowHeight = Math.round(above + (picture ? most / 2 : half) + LINE + (swipes ? 0 : LINE) + 5);
  return { rise, picture, half, radius, widest, above, headed: !swipes, rowHeight };
}

/** Height of a map before its net is known: one row of a dozen blocks. */
export function usualHeight(width: number): number {
  return sizesOf(
    width,
    mapGrid(
      width,
      Array.from({ length: 12 }, () => ({ stage: 1 })),
    ),
  ).rowHeight;
}

/** `strongest`: the rms that the widest strand stands for. */
export function mapLayout(
  available: number,
  blocks: readonly BlockInfo[],
  statistics: readonly BlockStatistics[],
  lesion: Lesion = {},
  strongest = strongestOf(statistics),
): MapLayout {
  const grid = mapGrid(available, blocks);
  const { width, step, margin, rows: ranges } = grid;
  const { rise, picture, half, radius, widest, above, headed, rowHeight } = sizesOf(available, grid);
  const rows = ranges.map(({ from, to }, row) => ({ from, to, y: row * (rowHeight + 4) + above, left: margin, right: margin + (to - from) * step }));
  const longest = Math.max(0, ...blocks.map(({ name }) => labelOf(name).length));
  const every = Math.max(1, Math.ceil((longest * CHARACTER + 3) / step));

  const stroke = (rms: number) => Math.max(0.75, widest * Math.min(MOST_STRENGTH, rms / strongest));
  const stations = rows.flatMap(({ from, to, y, left }, row) =>
    blocks.slice(from, to).map((info, i): Station => {
      const index = from + i;
      const x = left + i * step;
      const end = x + step;
      const { identity, residual } = statistics[index]!;
      const scales = lesion[info.name] ?? { identity: 1, residual: 1 };
      // On the edge of the next picture, or a little before the next mark.
      const sum = identity && { x: end - half - radius + (picture ? 1 : -2), y };
      const landing = sum ? { x: sum.x, y: y - radius } : { x: end, y: y - half };
      const first = blocks.findIndex(({ stage }) => stage === info.stage);
      // A strand is as wide as what it brings to the sum; a cut one keeps its width, to show what is missing.
      return {
        index,
        name: info.name,
        label: labelOf(info.name),
        row,
        x,
        y,
        end,
        sum,
        identity: sum && straight({ x, y }, half, sum.x - radius, stroke(identity.rms * (scales.identity || 1))),
        residual: arch({ x, y }, landing, rise, stroke(residual.rms * (scales.residual || 1))),
        share: identity && Math.min(1, shareOf(residual.rms, identity.rms) / MOST_SHARE),
        labelled: (index - Math.max(first, from)) % every === 0,
      };
    }),
  );
  const height = rows.length * (rowHeight + 4) - 4;
  return {
    width,
    height,
    step,
    rise,
    picture,
    half,
    target: Math.min(step, Math.max(MIN_STEP, 2 * half + 18)),
    radius,
    widest,
    every,
    rows,
    stations,
    headings: headed ? headingsOf(rows, blocks, step, width, half) : [],
    margin,
  };
}

/** From a station to its sum. */
function straight({ x, y }: Point, half: number, tip: number, width: number): Strand {
  const base = Math.max(x + half, tip - ARROW);
  const wing = round(width / 2 + 2.5);
  return {
    path: `M${round(x)} ${round(y)}H${round(base + 0.5)}`,
    width,
    arrow: `M${round(base)} ${round(y - wing)}L${round(tip)} ${round(y)}L${round(base)} ${round(y + wing)}Z`,
    middle: { x: (x + half + tip) / 2, y },
  };
}

/** Up from a station, over, and down on the sum. */
function arch({ x, y }: Point, landing: Point, rise: number, width: number): Strand {
  const top = y - rise;
  const bend = Math.min((landing.x - x) / 2, 0.62 * rise);
  const base = landing.y - ARROW;
  const wing = width / 2 + 2.5;
  const k = 0.45 * bend; // a circle's quarter, nearly
  return {
    path: [
      `M${round(x)} ${round(y)}V${round(top + bend)}`,
      `C${round(x)} ${round(top + k)} ${round(x + k)} ${round(top)} ${round(x + bend)} ${round(top)}`,
      `H${round(landing.x - bend)}`,
      `C${round(landing.x - k)} ${round(top)} ${round(landing.x)} ${round(top + k)} ${round(landing.x)} ${round(top + bend)}`,
      `V${round(base + 0.5)}`,
    ].join(''),
    width,
    arrow: `M${round(landing.x - wing)} ${round(base)}L${round(landing.x)} ${round(landing.y)}L${round(landing.x + wing)} ${round(base)}Z`,
    middle: { x: (x + landing.x) / 2, y: top },
  };
}

function labelOf(name: string): string {
  return name.replace('layer', '');
}

function clamp(value: number, least: number, most: number): number {
  return Math.max(least, Math.min(most, value));
}

export function strongestOf(statistics: readonly BlockStatistics[]): number {
  return Math.max(Number.MIN_VALUE, ...statistics.flatMap(({ identity, residual }) => [identity?.rms ?? 0, residual.rms]));
}

/** |F| / |x|. The two have the same number of values, so their rms have the same ratio. */
export function shareOf(residual: number, identity: number): number {
  return identity > 0 ? residual / identity : residual > 0 ? Infinity : 0;
}

/** On one line: `stage 2 · 512 × 28 × 28`, or the half of it that fits. */
function headingsOf(rows: Row[], blocks: readonly BlockInfo[], step: number, width: number, half: number): Heading[] {
  return rows.flatMap(({ from, to, y, left }, row) => {
    const starts = blocks.slice(from, to).flatMap(({ stage }, i) => (i === 0 || blocks[from + i - 1]!.stage !== stage ? [from + i] : []));
    return starts.flatMap((start, i): Heading[] => {
      const { stage, output } = blocks[start]!;
      const x = left + (start - from) * step - half;
      const until = i + 1 < starts.length ? left + (starts[i + 1]! - from) * step - half - 6 : width;
      const continued = start > 0 && blocks[start - 1]!.stage === stage;
      const title = `stage ${stage}${continued ? ' …' : ''}`;
      const text = shape(output);
      const fits = (words: string) => words.length * CHARACTER <= until - x;
      if (!fits(title)) return []; // a rest of a block or two
      return [{ stage, x, y: y + half + 2 * LINE, row, title, shape: continued || !fits(`${title}  ${text}`) ? '' : text }];
    });
  });
}

function round(value: number): number {
  return Math.round(10 * value) / 10;
}
