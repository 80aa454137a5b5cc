/** A chart across depth as geometry: where marks, ticks and labels lie, in CSS pixels. */
import type { DepthChart, Values } from './depth';
import { frame, linePath, type Box } from './frame';

export interface Mark {
  name: string;
  colour: string;
  path: string;
  /** One per block, on the line; null where there is no value. */
  points: ({ x: number; y: number } | null)[];
  bars: { x: number; y: number; width: number; height: number }[];
  intact: string | null;
  intactPoints: ({ x: number; y: number } | null)[];
  label: { x: number; y: number } | null;
}

export interface ChartLayout {
  marks: Mark[];
  ticks: { y: number; text: string; zero: boolean }[];
  /** Between the last block of a stage and the first of the next. */
  boundaries: number[];
  stages: { x: number; text: string }[];
  x(index: number): number;
  /** The block at a place, clamped to the ends. */
  at(x: number): number;
}

const LABEL_GAP = 12;

/** From zero, unless the values themselves go below it; a little air above, so that no line touches the title. */
export function domainOf(chart: DepthChart): [number, number] {
  if (chart.domain) return chart.domain;
  const all = chart.series
    .flatMap(({ values, intact }) => [...values, ...(intact ?? [])])
    .filter((value): value is number => value !== null && Number.isFinite(value));
  const low = Math.min(0, ...all);
  const high = Math.max(0, ...all);
  return low === high ? [0, 1] : [low, high];
}

/** Direct labels keep clear of one another: the upper one stays, the others move down; none leaves the chart. */
export function spread(wanted: number[], gap: number, top: number, bottom: number): number[] {
  const order = wanted.map((y, index) => ({ y, index })).sort((a, b) => a.y - b.y);
  let free = top;
  for (const one of order) {
    one.y = Math.max(one.y, free);
    free = one.y + gap;
  }
  let limit = bottom;
  for (const one of order.reverse()) {
    one.y = Math.min(one.y, limit);
    limit = one.y - gap;
  }
  const placed = new Array<number>(wanted.length);
  for (const { y, index } of order) placed[index] = y;
  return placed;
}

export function chartLayout(chart: DepthChart, blocks: number, stages: { stage: number; first: number; last: number }[], box: Box): ChartLayout {
  const { x: along, y, xAt, ticks: roundNumbers, top, floor } = frame(box, [0, Math.max(1, blocks)], domainOf(chart));
  const step = along(1) - along(0);
  const x = (index: number) => along(index + 0.5);
  const place = (values: Values) => values.map((value, index) => (value === null || !Number.isFinite(value) ? null : { x: x(index), y: y(value) }));
  const marks: Mark[] = chart.series.map(({ name, colour, values, intact }) => {
    const points = place(values);
    const intactPoints = intact ? place(intact) : [];
    const thickness = Math.max(1, Math.min(14, step * 0.64));
    const bars =
      chart.mark === 'bar'
        ? points.flatMap((point) => (point ? [{ x: point.x - thickness / 2, y: point.y, width: thickness, height: y(0) - point.y }] : []))
        : [];
    return {
      name,
      colour,
      path: chart.mark === 'line' ? linePath(points) : '',
      points,
      bars,
      intact: intact ? linePath(intactPoints) : null,
      intactPoints,
      label: null,
    };
  });
  const named = marks.filter(({ name, points }) => name && points.at(-1));
  spread(
    named.map(({ points }) => points.at(-1)!.y),
    LABEL_GAP,
    top,
    floor,
  ).forEach((at, index) => {
    const last = named[index]!.points.at(-1)!;
    named[index]!.label = { x: last.x + 7, y: at };
  });
  const few = [2, 3, 4].map(roundNumbers).find((values) => values.length > 1) ?? roundNumbers(5);
  const ticks = few.map((value) => ({ y: y(value), text: chart.format(value), zero: value === 0 }));
  return {
    marks,
    ticks: shortened(ticks),
    boundaries: stages.slice(1).map(({ first }) => along(first)),
    stages: stages.map(({ stage, first, last }) => ({ x: (x(first) + x(last)) / 2, text: String(stage) })),
    x,
    at: (px) => Math.max(0, Math.min(blocks - 1, Math.floor(xAt(px)))),
  };
}

/** “0.000” on an axis is noise: trailing zeros that all ticks share say nothing. */
function shortened(ticks: ChartLayout['ticks']): ChartLayout['ticks'] {
  let texts = ticks.map(({ text }) => text);
  const decimals = /^([−+]?\d+\.\d*?)0(\D*)$/;
  const isZero = (text: string) => /^[−+]?0(\.0+)?\D*$/.test(text);
  for (;;) {
    const rest = texts.filter((text) => !isZero(text));
    const fractions = rest.filter((text) => text.includes('.'));
    if (fractions.length === 0 || !fractions.every((text) => decimals.test(text))) break;
    texts = texts.map((text) => (isZero(text) || !text.includes('.') ? text : text.replace(decimals, '$1$2').replace(/\.(\D*)$/, '$1')));
  }
  return ticks.map((tick, index) => ({ ...tick, text: isZero(texts[index]!) ? '0' : texts[index]! }));
}
