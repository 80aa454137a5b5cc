import { describe, expect, it } from 'vitest';
import type { GradientFlow, Settings } from '../../../lab';
import { aroundOne, findings, gradientCurves, settingsOf, signalCurves } from './measure';
import { cause, found, PRESETS, size } from './words';

const flow = (gradients: number[], outputs: number[], identity: number | null = 1): GradientFlow => ({
  loss: 2.3,
  layers: gradients.map((gradient, index) => ({ name: `layer${index}`, gradient })),
  blocks: outputs.map((output, index) => ({ name: `layer1.${index}`, identity, residual: 1, output })),
});

it('settings are the usual ones but for what was chosen', () => {
  const usual = { depth: 20, wiring: 'residual', batchNorm: true, initialisation: 'he', seed: 0, side: 16 } as Settings;
  expect(settingsOf(usual, { depth: 56, skip: 'off', norm: 'off', start: 'small', draw: 3 })).toEqual({
    depth: 56,
    wiring: 'plain',
    batchNorm: false,
    initialisation: 'small',
    seed: 3,
    side: 16,
  });
});

it('a plain net has no curve of x', () => {
  expect(signalCurves(flow([1], [1, 2])).map(({ name }) => name)).toEqual(['x', 'F(x)', 'output']);
  expect(signalCurves(flow([1], [1, 2], null)).map(({ name }) => name)).toEqual(['F(x)', 'output']);
  expect(gradientCurves(flow([3, 4], [1]))[0]!.points).toEqual([
    { x: 1, y: 3 },
    { x: 2, y: 4 },
  ]);
});

it('compares the first block’s weights with the last layer’s, and the last block’s output with the first one’s', () => {
  expect(findings(flow([9, 80, 5, 1], [2, 4, 6]))).toEqual({ towardsFirst: 80, growth: 3, largest: 80 });
});

describe('the sentence is made of the run’s own numbers', () => {
  it.each([
    [{ towardsFirst: 93.2, growth: 1.01, largest: 85 }, /is 93 times as large as that of the last layer’s; the largest of all is 85\..*stays about as large/],
    [{ towardsFirst: 0.01, growth: 40, largest: 146 }, /is 100 times smaller than that.*grows 40 times/],
    [{ towardsFirst: 1.2, growth: 1e-9, largest: 3.1e-10 }, /about as large as.*largest of all is 3\.1 × 10⁻¹⁰.*shrinks 10⁹ times/],
  ])('%o', (numbers, said) => expect(found(numbers)).toMatch(said));
});

it('every setting has a cause of its own', () => {
  const all = (['on', 'off'] as const).flatMap((skip) =>
    (['on', 'off'] as const).flatMap((norm) =>
      (['he', 'small'] as const).map((start) => ({ setting: `${skip} ${norm} ${start}`, says: cause({ skip, norm, start }) })),
    ),
  );
  // With batch norm the start makes no difference.
  expect(new Set(all.map(({ says }) => says)).size).toBe(6);
  expect(cause(PRESETS[0]!.values)).toMatch(/vanishes in all layers/);
  expect(cause(PRESETS[1]!.values)).toMatch(/batch norm itself that makes gradients explode/);
});

it('sizes are read at any power', () => {
  expect([0, 0.00321, 76.4, 1234, 4.2e-9, 3e7, Infinity].map(size)).toEqual([
    '0',
    '0.0032',
    '76',
    '1,200',
    '4.2 × 10⁻⁹',
    '3.0 × 10⁷',
    'too large to be measured',
  ]);
});

it('an axis shows 1, wherever the values lie', () => {
  expect(aroundOne([1e-11, 5e-11])).toEqual([1e-11, 10]);
  expect(aroundOne([200, 4e8])).toEqual([0.1, 4e8]);
});
