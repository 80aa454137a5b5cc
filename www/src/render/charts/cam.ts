/** Evidence for a class over places: how much of a logit each place carries, and its picture. */
import type { Tensor } from '../../engine';

/** What each place of a map adds to a class's logit when the classifier reads it: weights · channels (Zhou et al. 2016). */
export function evidence({ channels, height, width, data }: Tensor, weights: Float32Array): Float32Array {
  const places = height * width;
  const sums = new Float64Array(places);
  for (let channel = 0; channel < channels; channel++) {
    const weight = weights[channel]!;
    for (let place = 0; place < places; place++) sums[place]! += weight * data[channel * places + place]!;
  }
  return Float32Array.from(sums);
}

export function mean(values: Float32Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return values.length ? sum / values.length : 0;
}

export function strongest(maps: Float32Array[]): number {
  let limit = 0;
  for (const values of maps) for (const value of values) limit = Math.max(limit, Math.abs(value));
  return limit;
}

/**
 * A larger map through the same values: Catmull-Rom between the centres of the cells, the border repeated. It passes through
 * every value at its cell's centre; a linear one would too, but shows the grid as diamonds.
 */
export function upsample(values: Float32Array, width: number, height: number, toWidth: number, toHeight: number): Float32Array {
  const across = taps(width, toWidth);
  const down = taps(height, toHeight);
  const rows = new Float32Array(height * toWidth);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < toWidth; x++) {
      let sum = 0;
      for (let k = 0; k < 4; k++) sum += across.weights[4 * x + k]! * values[y * width + across.from[4 * x + k]!]!;
      rows[y * toWidth + x] = sum;
    }
  }
  const out = new Float32Array(toHeight * toWidth);
  for (let y = 0; y < toHeight; y++) {
    for (let k = 0; k < 4; k++) {
      const weight = down.weights[4 * y + k]!;
      const row = down.from[4 * y + k]! * toWidth;
      for (let x = 0; x < toWidth; x++) out[y * toWidth + x]! += weight * rows[row + x]!;
    }
  }
  return out;
}

function taps(length: number, to: number): { from: Int32Array; weights: Float64Array } {
  const from = new Int32Array(4 * to);
  const weights = new Float64Array(4 * to);
  for (let i = 0; i < to; i++) {
    const at = ((i + 0.5) * length) / to - 0.5;
    const base = Math.floor(at);
    const t = at - base;
    weights.set([((-t + 2) * t - 1) * t * 0.5, ((3 * t - 5) * t * t + 2) * 0.5, ((-3 * t + 4) * t + 1) * t * 0.5, (t - 1) * t * t * 0.5], 4 * i);
    for (let k = 0; k < 4; k++) from[4 * i + k] = Math.max(0, Math.min(length - 1, base - 1 + k));
  }
  return { from, weights };
}

/** Blue against, red for, as in the maps: they differ for every kind of colour vision. */
export const AGAINST: readonly [number, number, number] = [24, 96, 216];
export const FOR: readonly [number, number, number] = [214, 24, 48];

/** Most of a photo carries a little evidence: opacity that grows slowly at first leaves the photo to be seen. */
function opacity(share: number): number {
  return 0.8 * share ** 1.5;
}

/** RGBA to lie over a photo: no evidence is clear, the strongest almost covers. */
export function overlay(values: Float32Array, limit: number): Uint8ClampedArray<ArrayBuffer> {
  const pixels = new Uint8ClampedArray(4 * values.length);
  for (let i = 0; i < values.length; i++) {
    const share = limit > 0 ? Math.min(1, Math.abs(values[i]!) / limit) : 0;
    pixels.set(values[i]! < 0 ? AGAINST : FOR, 4 * i);
    pixels[4 * i + 3] = Math.round(255 * opacity(share));
  }
  return pixels;
}

/** The overlay's colours as a CSS gradient, from the strongest against to the strongest for. */
export function overlayGradient(): string {
  const stops = [-1, -0.75, -0.5, -0.25, 0, 0.25, 0.5, 0.75, 1];
  const colour = (at: number) => `rgb(${(at < 0 ? AGAINST : FOR).join(' ')} / ${opacity(Math.abs(at)).toFixed(3)})`;
  return `linear-gradient(90deg, ${stops.map(colour).join(', ')})`;
}
