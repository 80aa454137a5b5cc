/** Points over two amounts, both from zero, and which of them lie so close that one label stands for all. Pure. */
import { frame, type Box, type Frame } from './frame';

export interface Dot<T> {
  of: T;
  x: number;
  y: number;
}

export interface Group<T> {
  /** Where the first of them stands. */
  x: number;
  y: number;
  members: Dot<T>[];
}

export interface Scatter<T> {
  frame: Frame;
  dots: Dot<T>[];
  groups: Group<T>[];
}

/** Pixels within which two dots are one place. */
const CLOSE = 13;

export function scatter<T>(box: Box, all: readonly T[], xOf: (one: T) => number, yOf: (one: T) => number): Scatter<T> {
  const most = (of: (one: T) => number) => Math.max(Number.MIN_VALUE, ...all.map(of));
  const chart = frame(box, [0, 1.04 * most(xOf)], [0, most(yOf)]);
  const dots = all.map((of) => ({ of, x: chart.x(xOf(of)), y: chart.y(yOf(of)) }));
  const groups: Group<T>[] = [];
  for (const dot of dots) {
    const near = groups.find(({ x, y }) => Math.hypot(x - dot.x, y - dot.y) < CLOSE);
    if (near) near.members.push(dot);
    else groups.push({ x: dot.x, y: dot.y, members: [dot] });
  }
  return { frame: chart, dots, groups };
}

/** The dot under a pointer; null where none is near. */
export function nearestDot<T>(dots: readonly Dot<T>[], x: number, y: number, reach = 22): Dot<T> | null {
  let best: Dot<T> | null = null;
  for (const dot of dots) {
    const away = Math.hypot(dot.x - x, dot.y - y);
    if (away <= reach && (!best || away < Math.hypot(best.x - x, best.y - y))) best = dot;
  }
  return best;
}
