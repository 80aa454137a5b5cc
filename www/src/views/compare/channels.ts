/** Channels of two open blocks, paired, and the maps to draw. */
import type { BlockDetail, Maps, Tensor } from '../../engine/types';

export interface Cell {
  /** Null: the mean over all channels. */
  channel: number | null;
  maps: Maps;
}

/** A place in a map, as shares of its width and height: it means the same on maps of different sizes. */
export interface Place {
  u: number;
  v: number;
}

export function plane({ width, height, data }: Tensor, channel: number): Float32Array {
  return data.subarray(channel * width * height, (channel + 1) * width * height);
}

export function rms(values: Float32Array): number {
  let sum = 0;
  for (const value of values) sum += value * value;
  return Math.sqrt(sum / Math.max(1, values.length));
}

/** All channels, the one with the strongest F(x) first. */
export function strongest({ residual }: BlockDetail): number[] {
  const energies = Array.from({ length: residual.channels }, (_, channel) => rms(plane(residual, channel)));
  return energies.map((_, channel) => channel).sort((a, b) => energies[b]! - energies[a]! || a - b);
}

/**
 * Which channels stand beside one another. With as many channels on both sides: the same number, in the first side's order.
 * Otherwise, rank by rank: each side's strongest first. `keep`, a channel of the first side, is among them.
 */
export function paired(a: number[], b: number[], count: number, keep: number | null): { a: number[]; b: number[]; by: 'number' | 'rank' } {
  const by = a.length === b.length ? 'number' : 'rank';
  const ranks = a.slice(0, Math.min(count, a.length, b.length)).map((_, rank) => rank);
  const kept = keep === null ? -1 : a.indexOf(keep);
  if (kept >= ranks.length && kept < b.length) ranks[ranks.length - 1] = kept;
  const first = ranks.map((rank) => a[rank]!);
  return { a: first, b: by === 'number' ? first : ranks.map((rank) => b[rank]!), by };
}

export function mapsOf({ identity, residual, output, scales }: BlockDetail, channel: number): Maps {
  const x = identity && plane(identity, channel);
  const f = plane(residual, channel);
  const sum = f.map((value, i) => scales.residual * value + (x ? scales.identity * x[i]! : 0));
  return { identity: x, residual: f, sum, output: plane(output, channel) };
}

export function indexOf({ u, v }: Place, width: number, height: number): number {
  const at = (share: number, size: number) => Math.max(0, Math.min(size - 1, Math.floor(share * size)));
  return at(v, height) * width + at(u, width);
}

/** The middle of a place in a map. */
export function placeOf(index: number, width: number, height: number): Place {
  return { u: ((index % width) + 0.5) / width, v: (Math.floor(index / width) + 0.5) / height };
}

export interface Cursor {
  /** Counts the cells. */
  cell: number;
  place: Place;
}

/** The cursor after a key, null if the key means nothing here. Arrows walk the cells; with Shift, the places in a map. */
export function moved({ cell, place }: Cursor, key: string, shift: boolean, cells: number, columns: number, width: number, height: number): Cursor | null {
  const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[key];
  if (!step) return null;
  const [dx, dy] = step as [number, number];
  if (shift) {
    const at = indexOf(place, width, height);
    const x = Math.max(0, Math.min(width - 1, (at % width) + dx));
    const y = Math.max(0, Math.min(height - 1, Math.floor(at / width) + dy));
    return { cell, place: placeOf(y * width + x, width, height) };
  }
  const to = cell + dx + dy * columns;
  return { cell: to < 0 || to >= cells ? cell : to, place };
}
