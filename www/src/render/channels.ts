/** What each channel of a block comes to: worked out when first asked for, and remembered for as long as the detail lives. */
import { BRANCHES, type BlockDetail, type Branch, type Tensor } from '../engine';

/** How the open block's channels are ordered: by rms of F(x), by |F(x)| / |x|, as they lie, or by what they add to the top class. */
export const SORTS = ['changed', 'energy', 'change', 'index', 'class'] as const;
export type Sort = (typeof SORTS)[number];
/** One scale for all channels of the open block, or each channel its own. */
export const SCALES = ['shared', 'own'] as const;
export type Scale = (typeof SCALES)[number];

/** By channel. */
export interface ChannelNumbers {
  mean: Float64Array;
  rms: Float64Array;
  min: Float64Array;
  max: Float64Array;
}

export interface Channels {
  count: number;
  width: number;
  height: number;
  tensors: Record<Branch, Tensor | null>;
  numbers: Record<Branch, ChannelNumbers | null>;
  /** rms of output − x by channel: what the block changed. Of the output alone where there is no x. */
  readonly changed: Float64Array;
  /** Mean over the channels, by place. */
  means: Record<Branch, Float32Array | null>;
  /** The magnitude that SHARE of all values of x, F(x) and the sum stay within. */
  limit: number;
}

/** A single hot place would bleach every other channel if the scale went up to it. */
export const SHARE = 0.995;

const known = new WeakMap<BlockDetail, Channels>();

export function channelsOf(detail: BlockDetail): Channels {
  let channels = known.get(detail);
  if (!channels) known.set(detail, (channels = measure(detail)));
  return channels;
}

function measure({ identity, residual, output, scales }: BlockDetail): Channels {
  const { channels: count, width, height } = residual;
  const sum: Tensor = { ...residual, data: add(identity, residual, scales) };
  const tensors = { identity, residual, sum, output };
  let changed: Float64Array | null = null;
  return {
    count,
    get changed() {
      return (changed ??= changedBy(output, identity));
    },
    width,
    height,
    tensors,
    numbers: lazily(tensors, numbersOf),
    means: lazily(tensors, meanMap),
    limit: magnitude(
      [identity, residual, sum].flatMap((tensor) => (tensor ? [tensor.data] : [])),
      SHARE,
    ),
  };
}

/** What is not looked at is not worked out: the first page needs no more than F's numbers. */
function lazily<T>(tensors: Record<Branch, Tensor | null>, of: (tensor: Tensor) => T): Record<Branch, T | null> {
  const found = {} as Record<Branch, T | null>;
  for (const branch of BRANCHES) {
    let made: T | null = null;
    Object.defineProperty(found, branch, { enumerable: true, get: () => (made ??= tensors[branch] && of(tensors[branch])) });
  }
  return found;
}

/** Share of a channel's sum below zero, which ReLU clips. */
export function clipped({ tensors }: Channels, channel: number): number {
  const values = channelMap(tensors.sum!, channel);
  let below = 0;
  for (let i = 0; i < values.length; i++) if (values[i]! < 0) below++;
  return below / values.length;
}

/** As the engine adds: in single precision. */
function add(identity: Tensor | null, residual: Tensor, scales: BlockDetail['scales']): Float32Array {
  const f = residual.data;
  const out = new Float32Array(f.length);
  const x = identity?.data;
  const { fround } = Math;
  const a = fround(scales.identity);
  const b = fround(scales.residual);
  if (!x) for (let i = 0; i < f.length; i++) out[i] = b * f[i]!;
  else if (a === 1 && b === 1) for (let i = 0; i < f.length; i++) out[i] = x[i]! + f[i]!;
  else for (let i = 0; i < f.length; i++) out[i] = fround(a * x[i]!) + fround(b * f[i]!);
  return out;
}

export function numbersOf({ channels, width, height, data }: Tensor): ChannelNumbers {
  const size = width * height;
  const found = { mean: new Float64Array(channels), rms: new Float64Array(channels), min: new Float64Array(channels), max: new Float64Array(channels) };
  for (let channel = 0, at = 0; channel < channels; channel++) {
    let sum = 0;
    let square = 0;
    let min = Infinity;
    let max = -Infinity;
    for (const end = at + size; at < end; at++) {
      const value = data[at]!;
      sum += value;
      square += value * value;
      if (value < min) min = value;
      if (value > max) max = value;
    }
    found.mean[channel] = sum / size;
    found.rms[channel] = Math.sqrt(square / size);
    found.min[channel] = min;
    found.max[channel] = max;
  }
  return found;
}

function meanMap({ channels, width, height, data }: Tensor): Float32Array {
  const size = width * height;
  const map = new Float32Array(size);
  for (let channel = 0, at = 0; channel < channels; channel++) for (let i = 0; i < size; i++) map[i]! += data[at++]!;
  for (let i = 0; i < size; i++) map[i]! /= channels;
  return map;
}

/** Bits of a float kept for counting: sign out, exponent and seven bits of the fraction left, so a bin is under 1 % wide. */
const DROPPED = 16;
const BINS = 1 << (31 - DROPPED);

/** The magnitude that `share` of the values stay within, to under 1 %: counted, as sorting a million floats takes longer than drawing them. */
export function magnitude(arrays: Float32Array[], share: number): number {
  const counts = new Uint32Array(BINS);
  let total = 0;
  for (const values of arrays) {
    const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
    for (let i = 0; i < bits.length; i++) counts[(bits[i]! & 0x7fffffff) >>> DROPPED]!++;
    total += bits.length;
  }
  const wanted = share * total;
  let bin = 0;
  for (let within = counts[0]!; within < wanted && bin < BINS - 1; within += counts[bin]!) bin++;
  // The bin's upper end, so that the share holds; the bin of zero is zero itself.
  return bin === 0 ? 0 : new Float32Array(Uint32Array.of(((bin + 1) << DROPPED) - 1).buffer)[0]!;
}

/** |F| / |x| of a channel; infinite where x is all zero and F is not (option A's padding). */
export function change({ numbers }: Channels, channel: number): number {
  const x = numbers.identity?.rms[channel] ?? 0;
  const f = numbers.residual!.rms[channel]!;
  return x > 0 ? f / x : f > 0 ? Infinity : 0;
}

/** What a channel adds to a class's logit, where the classifier reads it: weight × mean of the output. */
export function contribution({ numbers }: Channels, weights: ArrayLike<number>, channel: number): number {
  return weights[channel]! * numbers.output!.mean[channel]!;
}

/** The channels, first what the order puts first; `weights` are those of the class that 'class' orders by. */
export function ordered(channels: Channels, sort: Sort, weights: ArrayLike<number> | null): number[] {
  const energy = (channel: number) => channels.numbers.residual!.rms[channel]!;
  const score = {
    changed: (channel: number) => channels.changed[channel]!,
    index: (channel: number) => -channel,
    energy,
    change: (channel: number) => change(channels, channel),
    class: (channel: number) => (weights ? contribution(channels, weights, channel) : energy(channel)),
  }[sort];
  return descending(
    Array.from({ length: channels.count }, (_, channel) => score(channel)),
    energy,
  );
}

export function descending(scores: ArrayLike<number>, tie: (index: number) => number = () => 0): number[] {
  const compare = (a: number, b: number) => (a === b ? 0 : b > a ? 1 : -1);
  return Array.from({ length: scores.length }, (_, index) => index).sort((a, b) => compare(scores[a]!, scores[b]!) || compare(tie(a), tie(b)) || a - b);
}

function moved(output: Tensor, x: Tensor | null, at: number): number {
  return x ? output.data[at]! - x.data[at]! : output.data[at]!;
}

function changedBy(output: Tensor, x: Tensor | null): Float64Array {
  const size = output.width * output.height;
  return Float64Array.from({ length: output.channels }, (_, channel) => {
    let square = 0;
    for (let at = channel * size; at < (channel + 1) * size; at++) square += moved(output, x, at) ** 2;
    return Math.sqrt(square / size);
  });
}

/** The channel that the block changed most at one place. */
export function changedMost({ count, width, height, tensors }: Channels, place: number): number {
  const by = (channel: number) => Math.abs(moved(tensors.output!, tensors.identity, channel * width * height + place));
  let best = 0;
  for (let channel = 1; channel < count; channel++) if (by(channel) > by(best)) best = channel;
  return best;
}

/** One channel's values, without a copy. */
export function channelMap({ width, height, data }: Tensor, channel: number): Float32Array {
  return data.subarray(channel * width * height, (channel + 1) * width * height);
}

/** The largest magnitude of a channel in any branch: its own scale, the same for all four maps of it. */
export function ownLimit({ numbers }: Channels, channel: number): number {
  let limit = 0;
  for (const of of [numbers.identity, numbers.residual, numbers.sum]) if (of) limit = Math.max(limit, -of.min[channel]!, of.max[channel]!);
  return limit;
}
