/** Several curves over one axis as geometry: paths, ticks, direct labels, and what lies at a place. */
import { frame, linePath, type Box, type Point } from './frame';
import { spread } from './layout';

export interface Curve {
  /** As a reading and a table call it; one of a kind. */
  name: string;
  /** Written in the margin, at the height where it ends; empty where nothing is. */
  label: string;
  /** A colour of tokens.css. */
  colour: string;
  dashed?: boolean;
  /** Thinner than others, which matter more. */
  faint?: boolean;
  /** Drawn only: one of many alike, which nobody wants to have read out. */
  silent?: boolean;
  /** In the order of x; null: there is no value. */
  points: { x: number; y: number | null }[];
}

export interface Axes {
  xs: [first: number, last: number];
  ys: [low: number, high: number];
  log: boolean;
}

export interface Drawn {
  curve: Curve;
  path: string;
  label: Point | null;
}

const LABEL_GAP = 13;

/** What a logarithmic axis cannot show has no place. */
const shown = (y: number | null, log: boolean): y is number => y !== null && Number.isFinite(y) && (!log || y > 0);

/** The least and the most of all curves; an axis that is not logarithmic begins at zero. */
export function extent(curves: Curve[], log: boolean): [number, number] {
  const values = curves.flatMap(({ points }) => points.map(({ y }) => y)).filter((y) => shown(y, log));
  if (values.length === 0) return log ? [0.1, 1] : [0, 1];
  const high = values.reduce((a, b) => Math.max(a, b));
  return log ? [values.reduce((a, b) => Math.min(a, b)), high] : [0, high];
}

export function layOut(curves: Curve[], { xs, ys, log }: Axes, box: Box) {
  const chart = frame(box, xs, ys, log);
  const place = ({ x, y }: Curve['points'][number]): Point | null => (shown(y, log) ? { x: chart.x(x), y: chart.y(y) } : null);
  const drawn: Drawn[] = curves.map((curve) => ({ curve, path: linePath(curve.points.map(place)), label: null }));
  const ends = drawn.map(({ curve }) => curve.points.map(place).findLast((point) => point !== null) ?? null);
  const named = drawn.flatMap((one, index) => (one.curve.label && ends[index] ? [{ one, end: ends[index] }] : []));
  spread(
    named.map(({ end }) => end.y),
    LABEL_GAP,
    chart.top,
    chart.floor,
  ).forEach((y, index) => (named[index]!.one.label = { x: chart.right + 6, y }));
  return { chart, drawn, place };
}

/** Every x that some curve has a point at, in order. */
export function stops(curves: Curve[]): number[] {
  return [...new Set(curves.flatMap(({ points }) => points.map(({ x }) => x)))].sort((a, b) => a - b);
}

/** The stop that is nearest to a place. */
export function nearest(all: number[], x: number): number {
  return all.reduce((best, stop, index) => (Math.abs(stop - x) < Math.abs(all[best]! - x) ? index : best), 0);
}

/** A curve's value there; undefined where it has no point at all. */
export function valueAt(curve: Curve, x: number): number | null | undefined {
  return curve.points.find((point) => point.x === x)?.y;
}

/** As a table with a column per curve, for a file or for those who do not look. */
export function tableOf(curves: Curve[], xTitle: string): { head: string[]; rows: (number | null)[][] } {
  const rows = stops(curves).map((x) => [x, ...curves.map((curve) => valueAt(curve, x) ?? null)]);
  return { head: [xTitle, ...curves.map(({ name }) => name)], rows };
}
