/** What draws of deleted or swapped blocks come to. */
import type { Cell } from '../../../export/csv';
import type { Curve } from '../../../render/charts/curves';
import type { EnsemblesPlace } from './place';

export interface Draw {
  count: number;
  seed: number;
  /** 0 to 1. */
  error: number;
  /** Rank correlation of the order with the intact one. */
  kendall: number;
}

/** One net, as far as it was operated on. */
export interface Operation {
  name: string;
  /** A colour of tokens.css. */
  colour: string;
  draws: Draw[];
}

/** 6 n + 2 layers are three stages of n blocks, and the first of each stays: so many can be deleted, or so many pairs of them swapped. */
export function mostOf(surgery: EnsemblesPlace['surgery'], depth: number): number {
  const others = (depth - 2) / 6 - 1;
  return surgery === 'delete' ? 3 * others : 3 * Math.floor(others / 2);
}

/** How many blocks are deleted, or pairs swapped: every number up to here, then in wider steps. */
const ALL = 6;
const MORE = [8, 10, 12, 15, 18, 21, 24, 30, 36, 42, 48];

export function countsOf(most: number): number[] {
  const all = Array.from({ length: Math.min(ALL, most) + 1 }, (_, count) => count);
  return [...all, ...MORE.filter((count) => count <= most)];
}

/** Every draw that is to be made. Without any block deleted there is only one. */
export function plan(most: number, draws: number): { count: number; seed: number }[] {
  return Array.from({ length: draws }, (_, seed) => countsOf(most).flatMap((count) => (count === 0 && seed > 0 ? [] : [{ count, seed }]))).flat();
}

export function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

const counts = (draws: Draw[]): number[] => [...new Set(draws.map(({ count }) => count))].sort((a, b) => a - b);

export function medians({ draws }: Operation): { x: number; y: number }[] {
  return counts(draws).map((count) => ({ x: count, y: median(draws.filter((draw) => draw.count === count).map(({ error }) => error)) }));
}

/** Every draw as a thin line from the intact net on, and the medians as heavy ones. */
export function curvesOf(operations: Operation[]): Curve[] {
  const thin = operations.flatMap(({ name, colour, draws }) => {
    const intact = draws.filter(({ count }) => count === 0);
    return [...new Set(draws.map(({ seed }) => seed))].map((seed) => {
      const own = draws.filter((draw) => draw.seed === seed && draw.count > 0);
      const points = [...intact, ...own].map(({ count, error }) => ({ x: count, y: error }));
      return { name: `${name}, draw ${seed + 1}`, label: '', colour, faint: true, silent: true, points };
    });
  });
  const heavy = operations.map((operation) => ({ name: operation.name, label: operation.name, colour: operation.colour, points: medians(operation) }));
  return [...thin, ...heavy.filter(({ points }) => points.length > 0)];
}

/** What can be said: the medians without any block, with the first one gone, and with half of all. */
export function findings(operations: Operation[]): { count: number; errors: { name: string; error: number }[] }[] {
  const all = operations.map((operation) => ({ name: operation.name, points: medians(operation) }));
  const common = (all[0]?.points ?? []).map(({ x }) => x).filter((x) => all.every(({ points }) => points.some((point) => point.x === x)));
  const most = Math.max(0, ...common);
  const half = common.findLast((count) => count <= most / 2) ?? 0;
  const chosen = [...new Set([0, 1, half])].filter((count) => common.includes(count)).sort((a, b) => a - b);
  const at = (count: number) => all.map(({ name, points }) => ({ name, error: points.find(({ x }) => x === count)!.y }));
  return chosen.map((count) => ({ count, errors: at(count) }));
}

export function table(operations: Operation[], surgery: EnsemblesPlace['surgery'], errorName: string): Cell[][] {
  const head = ['net', surgery === 'delete' ? 'blocks deleted (count)' : 'pairs swapped (count)', 'draw', `${errorName} (share)`, 'Kendall rank correlation'];
  return [head, ...operations.flatMap(({ name, draws }) => draws.map(({ count, seed, error, kendall }): Cell[] => [name, count, seed + 1, error, kendall]))];
}
