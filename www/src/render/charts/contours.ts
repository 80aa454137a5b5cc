/** A surface seen from above: bands between round steps of a logarithmic scale, and the lines between them. */
import { contours } from 'd3-contour';

/** A square of values over a square of places, row by row from the bottom up; as many in a row as there are rows. */
export interface Grid {
  side: number;
  /** NaN: not known yet. What is not finite is higher than all that is. */
  values: number[];
}

export interface Band {
  /** What lies in it is at least as high. */
  from: number;
  path: string;
  /** 0 to 1, from the lowest to the highest: which colour it has. */
  height: number;
}

const BANDS = 14;

/** The lowest and the highest of all grids: pictures that are compared have one scale. */
export function span(grids: Grid[]): [number, number] | null {
  const known = grids.flatMap(({ values }) => values).filter((value) => Number.isFinite(value) && value > 0);
  if (known.length === 0) return null;
  return [known.reduce((a, b) => Math.min(a, b)), known.reduce((a, b) => Math.max(a, b))];
}

/** Rows that are known, from the first on; those behind them are not drawn. */
function rows({ side, values }: Grid): number {
  const missing = values.findIndex((value) => Number.isNaN(value));
  return Math.floor((missing < 0 ? side * side : missing) / side);
}

/** In a drawing `size` wide and high; the first row is at the bottom. */
export function bands(grid: Grid, [low, high]: [number, number], size: number): Band[] {
  const there = rows(grid);
  if (there < 2) return [];
  const { side } = grid;
  const [from, to] = [Math.log(low), Math.log(Math.max(high, low * 1.001))];
  const heights = grid.values.slice(0, there * side).map((value) => (Number.isFinite(value) ? Math.log(Math.max(value, low)) : to));
  const steps = Array.from({ length: BANDS }, (_, index) => (index === 0 ? -Infinity : from + ((to - from) * index) / BANDS));
  // d3 puts a value into the middle of its cell. Here the outermost ones lie on the edge of the drawing, and nothing beyond.
  const within = (at: number, count: number) => Math.max(0, Math.min(count - 1, at - 0.5)) / (side - 1);
  const x = (at: number) => round(within(at, side) * size);
  const y = (at: number) => round(size - within(at, there) * size);
  return contours()
    .size([side, there])
    .thresholds(steps)(heights)
    .map(({ value, coordinates }, index) => ({
      from: Number.isFinite(value) ? Math.exp(value) : low,
      height: index / (BANDS - 1),
      path: coordinates.flatMap((polygon) => polygon.map((ring) => `M${ring.map(([a, b]) => `${x(a!)},${y(b!)}`).join('L')}Z`)).join(''),
    }))
    .filter(({ path }) => path !== '');
}

const round = (value: number): number => Math.round(10 * value) / 10;
