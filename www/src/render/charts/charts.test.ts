import { describe, expect, it } from 'vitest';
import type { BlockInfo, BlockStatistics } from '../../engine';
import { evidence, mean, overlay, upsample } from './cam';
import { walked } from '../walk';
import { depthCharts, ratio, reading, stages } from './depth';
import { chartLayout, domainOf, spread } from './layout';

const moments = (rms: number) => ({ mean: 0, rms, min: -rms, max: rms });
const block = (name: string, stage: number, shortcut: BlockInfo['shortcut'] = 'identity'): BlockInfo => ({
  name,
  stage,
  kind: 'basic',
  shortcut,
  relu: true,
  input: [4, 8, 8],
  output: [4, 8, 8],
  parameters: 300,
  macs: 9000,
});
const statistics = (x: number | null, F: number, cosine = -0.25): BlockStatistics => ({
  identity: x === null ? null : moments(x),
  residual: moments(F),
  sum: moments(1),
  output: moments(1),
  cosine: x === null ? null : cosine,
  clipped: 0.5,
});
const BLOCKS = [block('layer1.0', 1), block('layer1.1', 1), block('layer2.0', 2)];
const RUN = { statistics: [statistics(2, 1), statistics(0, 1), statistics(4, 3)], blockMilliseconds: [1, 2, 0.5] };
const BOX = { width: 130, height: 100, left: 20, right: 20, top: 30, bottom: 20 };

describe('depthCharts', () => {
  it('divides by no zero, and compares with no x that is not there', () => {
    expect(RUN.statistics.map(ratio)).toEqual([0.5, null, 0.75]);
    const plain = depthCharts(
      BLOCKS.map(({ name, stage }) => block(name, stage, 'none')),
      { ...RUN, statistics: [1, 2, 3].map((F) => statistics(null, F)) },
      null,
    );
    expect(plain.map(({ key }) => key)).toEqual(['rms', 'clipped', 'macs', 'parameters', 'time']);
    expect(plain[0]!.series.map(({ values }) => values)).toEqual([[1, 2, 3]]);
  });

  it('nothing is clipped where no ReLU follows the sum', () => {
    const without = BLOCKS.map((info) => ({ ...info, relu: false }));
    expect(depthCharts(without, RUN, null).map(({ key }) => key)).toEqual(['rms', 'ratio', 'cosine', 'macs', 'parameters', 'time']);
  });

  it('has the intact values beside those of a lesion, but none of what a lesion leaves alone', () => {
    const charts = depthCharts(BLOCKS, RUN, { ...RUN, statistics: [1, 2, 3].map((x) => statistics(x, 2 * x)) });
    expect(charts.find(({ key }) => key === 'ratio')!.series[0]!.intact).toEqual([2, 2, 2]);
    expect(charts.find(({ key }) => key === 'macs')!.series[0]!.intact).toBeNull();
  });

  it('reads a block', () => {
    const [rms, share, cosine] = depthCharts(BLOCKS, RUN, null);
    expect(reading(rms!, 2)).toBe('x 4.00, F 3.00');
    expect(reading(share!, 1)).toBe('none');
    expect(reading(cosine!, 0)).toBe('−0.25');
  });
});

describe('chartLayout', () => {
  const chart = (key: string) => depthCharts(BLOCKS, RUN, null).find((one) => one.key === key)!;
  const layout = (key: string) => chartLayout(chart(key), 3, stages(BLOCKS), BOX);

  it('places blocks evenly, and finds them again', () => {
    const { x, at } = layout('rms');
    expect([0, 1, 2].map(x)).toEqual([35, 65, 95]);
    expect([-5, 21, 49, 51, 200].map(at)).toEqual([0, 0, 0, 1, 2]);
  });

  it('marks where a stage begins', () => {
    expect(layout('rms').boundaries).toEqual([80]);
    expect(layout('rms').stages).toEqual([
      { x: 50, text: '1' },
      { x: 95, text: '2' },
    ]);
  });

  it('breaks a line where there is no value', () => {
    expect(layout('ratio').marks[0]!.path.match(/M/g)).toHaveLength(2);
    expect(layout('ratio').marks[0]!.points[1]).toBeNull();
  });

  it('always shows zero, and what lies below it', () => {
    expect(domainOf(chart('rms'))).toEqual([0, 4]);
    expect(domainOf(chart('cosine'))).toEqual([-0.25, 0]);
    for (const key of ['rms', 'cosine', 'macs', 'time', 'clipped']) expect(layout(key).ticks.filter(({ zero }) => zero)).toHaveLength(1);
  });

  it('has at least one tick besides zero', () => {
    for (const key of ['rms', 'ratio', 'cosine', 'macs', 'time', 'clipped']) expect(layout(key).ticks.filter(({ zero }) => !zero).length).toBeGreaterThan(0);
  });

  it('bars stand on zero', () => {
    const { marks, ticks } = layout('macs');
    const zero = ticks.find((tick) => tick.zero)!.y;
    for (const { y, height } of marks[0]!.bars) expect(y + height).toBeCloseTo(zero);
  });

  it('ticks say no more digits than they need', () => {
    expect(layout('rms').ticks.map(({ text }) => text)).toEqual(['0', '2', '4']);
    const time = { ...chart('time'), series: [{ ...chart('time').series[0]!, values: [10, 2, 1] }] };
    expect(chartLayout(time, 3, stages(BLOCKS), BOX).ticks.map(({ text }) => text)).toEqual(['0', '5 ms', '10 ms']);
    expect(layout('clipped').ticks.map(({ text }) => text)).toEqual(['0', '50%', '100%']);
  });

  it('direct labels keep apart and inside', () => {
    expect(spread([50, 48], 12, 0, 100)).toEqual([60, 48]);
    expect(spread([99, 98], 12, 0, 100)).toEqual([100, 88]);
    expect(spread([10, 90], 12, 0, 100)).toEqual([10, 90]);
  });
});

it('arrows walk the blocks and stop at the ends', () => {
  expect(['ArrowLeft', 'ArrowRight', 'Home', 'End', 'a'].map((key) => walked(1, key, 9))).toEqual([0, 2, 0, 8, null]);
  expect([walked(0, 'ArrowLeft', 9), walked(8, 'ArrowRight', 9)]).toEqual([0, 8]);
});

describe('evidence', () => {
  const tensor = (data: number[]) => ({ channels: 2, height: 1, width: 2, data: Float32Array.from(data) });
  const weights = Float32Array.of(2, -1);

  it('is weights · channels at each place, so that branches add up', () => {
    expect([...evidence(tensor([1, 2, 3, 4]), weights)]).toEqual([-1, 0]);
    const [x, F, sum] = [
      [1, 2, 3, 4],
      [5, -6, 7, 8],
      [6, -4, 10, 12],
    ].map((data) => evidence(tensor(data), weights));
    expect([...sum!]).toEqual([...x!].map((value, i) => value + F![i]!));
    expect(mean(sum!)).toBe(-9);
  });

  it('is enlarged through its own values, and a flat map stays flat', () => {
    const values = Float32Array.of(1, -2, 3, 0, 5, 1, 2, 2, -4);
    const large = upsample(values, 3, 3, 9, 9);
    for (let y = 0; y < 3; y++) for (let x = 0; x < 3; x++) expect(large[(3 * y + 1) * 9 + 3 * x + 1]).toBeCloseTo(values[3 * y + x]!, 5);
    for (const value of upsample(new Float32Array(9).fill(0.7), 3, 3, 10, 7)) expect(value).toBeCloseTo(0.7, 5);
  });

  it('none is clear, against is blue, for is red', () => {
    const [none, against, half] = [0, 1, 2].map((i) => [...overlay(Float32Array.of(0, -2, 1), 2).slice(4 * i, 4 * i + 4)]);
    expect(none![3]).toBe(0);
    expect(against![2]).toBeGreaterThan(against![0]!);
    expect(half![0]).toBeGreaterThan(half![2]!);
    expect(against![3]).toBeGreaterThan(2 * half![3]!);
    expect(against![3]).toBeLessThan(255);
    expect([...overlay(Float32Array.of(0), 0)][3]).toBe(0);
  });
});
