/** One scale for all maps that are compared with one another. */
import type { Maps } from '../engine';

function arrays(maps: Maps[]): Float32Array[] {
  return maps.flatMap(({ identity, residual, sum, output }) => (identity ? [identity, residual, sum, output] : [residual, sum, output]));
}

/** The largest magnitude in any of the maps: nothing is cut off. */
export function largest(maps: Maps[]): number {
  let limit = 0;
  for (const values of arrays(maps)) for (const value of values) limit = Math.max(limit, Math.abs(value));
  return limit;
}

/** Where |value| is largest. */
export function peak(values: Float32Array): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (Math.abs(values[i]!) > Math.abs(values[best]!)) best = i;
  return best;
}
