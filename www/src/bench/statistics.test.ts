import { expect, it } from 'vitest';
import { markdown, threadsText } from './markdown';
import { configurations, DEFAULT, threadCounts } from './plan';
import { accepted, bestPeak, logitDifference, median, middleMean, rowsOf, type Measured } from './statistics';
import type { Contender, Round } from './types';

/** `peaks`: per contender, the same before and after. */
const round = (peaks: number[], times: number[]): Round => ({ peaks: peaks.map((peak) => [peak, peak]), times, repeated: 1 });

it('the median of an even number of values lies between the two in the middle', () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(median([4, 1, 3, 2])).toBe(2.5);
  expect(median([])).toBeNaN();
});

it('a round is accepted by the lowest peak in it', () => {
  const rounds = [round([100, 96], []), round([100, 94], []), round([95, 95], [])];
  expect(bestPeak(rounds)).toBe(100);
  expect(accepted(rounds, 100)).toEqual([rounds[0], rounds[2]]);
  expect(accepted([{ ...rounds[0]!, peaks: [[100, 90]] }], 100)).toEqual([]); // disturbed at its end
});

const contenders: Contender[] = [
  { engine: 'skipscope', flavour: 'simd128', threads: 1 },
  { engine: 'onnxruntime-web', flavour: 'simd128', threads: 1 },
];
const entry = { version: '1', ran_threads: 1, start_ms: 1, load_ms: 2, first_ms: 3, logit_difference: 0 };

function measured(rounds: Round[]): Measured {
  return {
    configuration: { network: 'resnet18', side: 224, threads: 1, contenders },
    prepared: { macs: 2e9, peak_instruction: 'fma', entries: contenders.map((contender) => ({ ...contender, ...entry })) },
    rounds,
    memory: [1, 2],
    layers: [],
  };
}

it('rows count accepted rounds only, and compare within a round', () => {
  // The second round is discarded; in the third both took twice as long as in the first.
  const [own, theirs] = rowsOf(measured([round([20, 20], [10, 100]), round([10, 20], [90, 100]), round([19.5, 20], [20, 200])]), 20);
  expect(own).toMatchObject({ median_ms: 15, best_ms: 10, accepted_rounds: 2, discarded_rounds: 1, repeated_turns: 3, disturbed: false, memory_bytes: 1 });
  expect(own!.ratio_to_onnxruntime).toBeCloseTo(0.1);
  expect(own!.time_x_peak_per_mac).toBeCloseTo((0.1 + 0.195) / 2);
  expect(theirs!.ratio_to_onnxruntime).toBe(1);
});

it('without an undisturbed round there are numbers still, marked as such', () => {
  const [own] = rowsOf(measured([round([10, 10], [10, 100])]), 20);
  expect(own).toMatchObject({ median_ms: 10, accepted_rounds: 0, discarded_rounds: 1, disturbed: true });
  const table = markdown({
    peak_gmac_s: 20,
    peaks: [
      { threads: 1, gmac_s: 20 },
      { threads: 2, gmac_s: 31 },
    ],
    peak_instruction: 'fma',
    browser: 'x',
    cores: 2,
    cross_origin_isolated: true,
    rounds: 1,
    rows: [own!],
    layers: [],
    measurements: [],
  });
  expect(table).toContain('| resnet18 | 224 | 1 | skipscope simd128 1 | ~10.0 ms |');
  expect(table).toContain('0 of 1');
  expect(table).toContain('20.0 GMAC/s with 1 thread, 31.0 with 2 (fma)');
  expect(table).toContain('no more than a hint');
});

it('who takes fewer threads than it is given is shown with those', () => {
  expect(threadsText({ threads: 2, ran_threads: 2 })).toBe('2');
  expect(threadsText({ threads: 2, ran_threads: 1 })).toBe('1 of 2');
});

it('the mean of the middle half leaves out what stands out', () => {
  expect(middleMean([4, 1, 2, 3])).toBe(2.5);
  expect(middleMean([1, 1, 1, 1, 2, 2, 2, 900])).toBe(1.5);
  expect(middleMean([7])).toBe(7);
});

it('logits are compared relative to their spread', () => {
  const expected = Float32Array.of(-2, 2, -2, 2);
  expect(logitDifference(Float32Array.of(-2, 2, -2, 2.5), expected)).toBeCloseTo(0.25);
  expect(logitDifference(Float32Array.of(NaN, 2, -2, 2), expected)).toBe(Infinity);
  expect(logitDifference(Float32Array.of(1), expected)).toBe(Infinity);
});

it('engines meet at the same thread count', () => {
  const plan = configurations({ ...DEFAULT, networks: ['resnet18'], threads: [1, 2] }, ['threads', 'threads-simd128', 'relaxed', 'simd128'], true);
  expect(plan.map(({ contenders: list }) => list.map(({ engine, flavour }) => `${engine} ${flavour}`))).toEqual([
    ['skipscope threads', 'skipscope relaxed', 'onnxruntime-web simd128', 'tfjs-wasm simd128', 'candle simd128'],
    ['skipscope threads', 'onnxruntime-web simd128', 'tfjs-wasm simd128'],
  ]);
  const own = (flavours: string[]) =>
    configurations({ ...DEFAULT, flavours, engines: ['skipscope'] }, ['threads', 'threads-simd128', 'relaxed', 'simd128'], true)[0]!.contenders.map(
      ({ flavour }) => flavour,
    );
  expect(own([])).toEqual(['relaxed']);
  expect(own(['simd128', 'threads'])).toEqual(['threads', 'simd128']);
});

it('Safari’s threads have no relaxed SIMD', () => {
  const [one, two] = configurations({ ...DEFAULT, networks: ['resnet18'], engines: ['skipscope'], threads: [1, 2] }, ['threads-simd128', 'simd128'], true);
  expect(one!.contenders.map(({ flavour }) => flavour)).toEqual(['threads-simd128', 'simd128']);
  expect(two!.contenders).toEqual([{ engine: 'skipscope', flavour: 'threads-simd128', threads: 2 }]);
});

it('without isolation everything runs on one thread, and is called so', () => {
  const plan = configurations({ ...DEFAULT, networks: ['resnet18'], threads: [2, 4] }, ['relaxed', 'simd128'], false);
  expect(plan.length).toBe(1);
  expect(plan[0]!.threads).toBe(1);
  expect(plan[0]!.contenders.map(({ engine, threads }) => `${engine} ${threads}`)).toEqual(['skipscope 1', 'onnxruntime-web 1', 'tfjs-wasm 1', 'candle 1']);
});

it('threads come in powers of two, and all cores', () => {
  expect(threadCounts(6, true)).toEqual([1, 2, 4, 6]);
  expect(threadCounts(2, true)).toEqual([1, 2]);
  expect(threadCounts(8, false)).toEqual([1]);
  expect(threadCounts(1, true)).toEqual([1]);
});
