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

export interface Label {
  x: number;
  y: number;
  anchor: 'start' | 'end';
}

interface Rect {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

const apart = (a: Rect, b: Rect) => a.right <= b.left || b.right <= a.left || a.bottom <= b.top || b.bottom <= a.top;
/** Of a line of text, above its base and below. */
const ASCENT = 11;
const DESCENT = 3;

/**
 * Where each group's label stands: beside it, else under or over it, where it covers no group and no earlier label. `reach`: the
 * radius of what is drawn; `long`: the label's width. One that finds no room is left out: null.
 */
export function placeLabels<T>(
  groups: readonly Group<T>[],
  frame: Frame,
  reach: (group: Group<T>) => number,
  long: (group: Group<T>) => number,
): (Label | null)[] {
  const taken: Rect[] = groups.map((group) => {
    const r = reach(group);
    return { left: group.x - r, right: group.x + r, top: group.y - r, bottom: group.y + r };
  });
  return groups.map((group, index) => {
    const r = reach(group);
    const around = (anchor: Label['anchor'], dx: number, dy: number): Label => ({ x: group.x + (anchor === 'start' ? dx : -dx), y: group.y + dy, anchor });
    const sides = ['start', 'end'] as const;
    const choices = [0, 1, -1].flatMap((level) => sides.map((side) => around(side, level ? 0.4 * r : r + 7, level === 0 ? 4 : level > 0 ? r + 14 : -r - 6)));
    for (const label of choices) {
      const [left, right] = label.anchor === 'start' ? [label.x, label.x + long(group)] : [label.x - long(group), label.x];
      const rect = { left, right, top: label.y - ASCENT, bottom: label.y + DESCENT };
      const inside = left >= frame.left && right <= frame.right + 12 && rect.bottom <= frame.floor;
      if (inside && taken.every((other, at) => at === index || apart(other, rect))) {
        taken.push(rect);
        return label;
      }
    }
    return null;
  });
}
