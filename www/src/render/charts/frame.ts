/** The geometry that all charts share: where a value lies in its box, and what lies under a pointer. In CSS pixels. */
import { scaleLinear, scaleLog } from 'd3-scale';
import { line } from 'd3-shape';

export interface Box {
  width: number;
  height: number;
  left: number;
  right: number;
  top: number;
  bottom: number;
}

export interface Point {
  x: number;
  y: number;
}

export interface Frame {
  x(value: number): number;
  y(value: number): number;
  /** What lies under a pointer; the margins count as the ends. */
  xAt(px: number): number;
  /** Round numbers within the frame, about so many. */
  ticks(count: number): number[];
  left: number;
  right: number;
  top: number;
  /** Where the box ends below, margin left out. */
  floor: number;
}

/** The y axis ends at round numbers, so that the last tick is its end; a logarithmic one at powers of ten. */
export function frame(box: Box, xs: [first: number, last: number], ys: [low: number, high: number], log = false): Frame {
  const [left, right, top, floor] = [box.left, Math.max(box.left, box.width - box.right), box.top, box.height - box.bottom];
  const x = scaleLinear(xs, [left, right]);
  const linear = scaleLinear(ys[0] === ys[1] ? [ys[0], ys[0] + 1] : ys, [floor, top]).nice(4);
  const y = log ? scaleLog(ys[0] === ys[1] ? [ys[0], 10 * ys[0]] : ys, [floor, top]).nice() : linear;
  return {
    x,
    y,
    xAt: (px) => (right > left ? x.invert(Math.max(left, Math.min(right, px))) : xs[0]),
    ticks: (count) => (log ? logTicks(y.domain() as [number, number], count) : y.ticks(count)),
    left,
    right,
    top,
    floor,
  };
}

/** Powers of ten, some of them left out where there are many; within two decades, 2 and 5 of each. */
export function logTicks([low, high]: [low: number, high: number], count: number): number[] {
  const [from, to] = [Math.round(Math.log10(low)), Math.round(Math.log10(high))];
  const step = Math.max(1, Math.ceil((to - from) / count));
  const of = to - from <= 2 ? [1, 2, 5] : [1];
  const ticks: number[] = [];
  for (let power = from; power <= to; power += step) for (const one of of) ticks.push(Number(`${one}e${power}`));
  return ticks.filter((tick) => tick <= high * (1 + 1e-9));
}

/** An SVG path through the points, with gaps where there are none. */
export function linePath(points: (Point | null)[]): string {
  const draw = line<Point | null>(
    (point) => point!.x,
    (point) => point!.y,
  )
    .defined((point) => point !== null)
    .digits(1);
  return draw(points) ?? '';
}
