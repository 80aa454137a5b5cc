import { describe, expect, it } from 'vitest';
import type { BlockDetail, Tensor } from '../engine';
import { change, channelMap, channelsOf, clipped, contribution, descending, magnitude, ordered, ownLimit } from './channels';

const tensor = (...maps: number[][]): Tensor => ({ channels: maps.length, height: 2, width: 2, data: Float32Array.from(maps.flat()) });
const detail = (change: Partial<BlockDetail> = {}): BlockDetail => ({
  block: 0,
  scales: { identity: 1, residual: 1 },
  identity: tensor([1, 1, 1, 1], [4, 4, 4, 4], [0, 0, 0, 0]),
  residual: tensor([-3, 3, -3, 3], [4, -4, 4, -4], [1, 1, 1, -1]),
  output: tensor([0, 4, 0, 4], [8, 0, 8, 0], [1, 1, 1, 0]),
  steps: [],
  classWeights: null,
  ...change,
});

describe('channelsOf', () => {
  it('adds the branches as the engine does, with their scales', () => {
    expect([...channelsOf(detail()).tensors.sum!.data]).toEqual([-2, 4, -2, 4, 8, 0, 8, 0, 1, 1, 1, -1]);
    const scaled = channelsOf(detail({ scales: { identity: 0, residual: 0.5 } }));
    expect([...channelMap(scaled.tensors.sum!, 0)]).toEqual([-1.5, 1.5, -1.5, 1.5]);
    const odd = channelsOf(detail({ identity: tensor([0.1, 0, 0, 0]), residual: tensor([0.2, 0, 0, 0]), output: tensor([0.3, 0, 0, 0]) }));
    expect(odd.tensors.sum!.data[0]).toBe(Math.fround(Math.fround(0.1) + Math.fround(0.2)));
  });

  it('a plain net’s sum is F', () => {
    const plain = channelsOf(detail({ identity: null }));
    expect([...plain.tensors.sum!.data]).toEqual([...plain.tensors.residual!.data]);
    expect([plain.numbers.identity, plain.means.identity]).toEqual([null, null]);
  });

  it('has the numbers of every channel and the mean over them', () => {
    const channels = channelsOf(detail());
    const { numbers, means } = channels;
    expect([...numbers.residual!.rms]).toEqual([3, 4, 1]);
    expect([...numbers.residual!.min]).toEqual([-3, -4, -1]);
    expect([...numbers.output!.mean]).toEqual([2, 4, 0.75]);
    expect([0, 1, 2].map((channel) => clipped(channels, channel))).toEqual([0.5, 0, 0.25]);
    expect(numbers.sum).toBe(channels.numbers.sum);
    expect(means.sum![0]).toBeCloseTo(7 / 3, 6);
  });

  it('measures a detail once', () => {
    const one = detail();
    expect(channelsOf(one)).toBe(channelsOf(one));
    expect(channelsOf(detail())).not.toBe(channelsOf(one));
  });
});

describe('order', () => {
  const channels = channelsOf(detail());

  it('by energy of F, by its share of x, by index', () => {
    expect(ordered(channels, 'energy', null)).toEqual([1, 0, 2]);
    expect([0, 1, 2].map((channel) => change(channels, channel))).toEqual([3, 1, Infinity]);
    expect(ordered(channels, 'change', null)).toEqual([2, 0, 1]);
    expect(ordered(channels, 'index', null)).toEqual([0, 1, 2]);
  });

  it('by what a channel adds to the class, the most against it last', () => {
    const weights = [1, -1, 1];
    expect([0, 1, 2].map((channel) => contribution(channels, weights, channel))).toEqual([2, -4, 0.75]);
    expect(ordered(channels, 'class', weights)).toEqual([0, 2, 1]);
    expect(ordered(channels, 'class', null)).toEqual(ordered(channels, 'energy', null));
  });

  it('channels of padding, infinitely changed, stand by energy; equals by index', () => {
    expect(descending([Infinity, 1, Infinity], (index) => index)).toEqual([2, 0, 1]);
    expect(descending([1, 1, 2, 1])).toEqual([2, 0, 1, 3]);
  });
});

describe('scales', () => {
  it('magnitude holds the share and lies close to it', () => {
    const values = Float32Array.from({ length: 1000 }, (_, i) => (i % 2 ? -1 : 1) * (i + 1));
    const limit = magnitude([values.subarray(0, 500), values.subarray(500)], 0.9);
    expect(limit).toBeGreaterThanOrEqual(900);
    expect(limit).toBeLessThan(909);
    expect(magnitude([values], 1)).toBeGreaterThanOrEqual(1000);
  });

  it('magnitude of zeros is zero, and one hot place does not lift it', () => {
    expect(magnitude([new Float32Array(100)], 0.995)).toBe(0);
    expect(magnitude([], 0.995)).toBe(0);
    expect(magnitude([Float32Array.from({ length: 1000 }, (_, i) => (i ? 1 : 1e6))], 0.995)).toBeLessThan(1.01);
  });

  it('a channel’s own scale is that of all its branches', () => {
    expect([0, 1, 2].map((channel) => ownLimit(channelsOf(detail()), channel))).toEqual([4, 8, 1]);
  });
});
