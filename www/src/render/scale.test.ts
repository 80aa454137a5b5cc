import { expect, it } from 'vitest';
import { largest, peak } from './scale';

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

it('peak finds where the magnitude is largest', () => {
  expect(peak(maps.residual)).toBe(0);
  expect(peak(Float32Array.of(0, 0, -3, 2))).toBe(2);
});
