/** One scale for all maps that are compared with one another. */
import type { Maps } from '../engine/types';

function arrays(maps: Maps[]): Float32Array[] {
  return maps.flatMap(({ identity, residual, sum, output }) => (identity ? [identity, residual, sum, output] : [residual, sum, output]));
}

/** The largest magnitude in any of the maps: nothing is cut off. */
export function largest(maps: Maps[]): number {
  let limit = 0;
  for (const values of arrays(maps)) for (const value of values) limit = Math.max(limit, Math.abs(value));
  return limit;
}

/** The magnitude that `share` of all values stay within. A single hot pixel would otherwise bleach every other channel. */
export function magnitude(maps: Maps[], share: number): number {
  const all = arrays(maps);
  const flat = new Float32Array(all.reduce((count, values) => count + values.length, 0));
  let at = 0;
  for (const values of all) for (const value of values) flat[at++] = Math.abs(value);
  flat.sort();
  return flat.length ? flat[Math.min(flat.length - 1, Math.floor(share * flat.length))]! : 0;
}

/** Where |value| is largest. */
export function peak(values: Float32Array): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (Math.abs(values[i]!) > Math.abs(values[best]!)) best = i;
  return best;
}
