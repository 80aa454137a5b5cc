import { expect, it } from 'vitest';
import { largest, magnitude, peak } from './scale';

const maps = {
  identity: Float32Array.of(1, 2),
  residual: Float32Array.of(-5, 0.5),
  sum: Float32Array.of(-4, 2.5),
  output: Float32Array.of(0, 2.5),
};

it('largest looks at all branches and at magnitudes', () => {
  expect(largest([maps])).toBe(5);
  expect(largest([{ ...maps, residual: Float32Array.of(0, 0), identity: null }])).toBe(4);
  expect(largest([])).toBe(0);
});

it('magnitude leaves the few largest values out', () => {
  const many = { ...maps, identity: new Float32Array(992).fill(1) };
  expect(magnitude([many], 0.99)).toBe(1);
  expect(magnitude([many], 1)).toBe(5);
});

it('peak finds where the magnitude is largest', () => {
  expect(peak(maps.residual)).toBe(0);
  expect(peak(Float32Array.of(0, 0, -3, 2))).toBe(2);
});
