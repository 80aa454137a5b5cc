import { expect, it } from 'vitest';
import { distance, scalesArray, takeBranches } from './trace';
import type { ModelInfo } from './types';

const model = { blocks: [{ name: 'layer1.0' }, { name: 'layer1.1' }, { name: 'layer2.0' }] } as ModelInfo;

it('a plain net has no identity map, and a missing branch is an error', () => {
  const one = Float32Array.of(1);
  expect(takeBranches((branch) => (branch === 'identity' ? undefined : one)).identity).toBeNull();
  expect(() => takeBranches((branch) => (branch === 'sum' ? undefined : one))).toThrow('sum');
});

it('scales lie in the order of the blocks, and the first changed one is found', () => {
  expect(scalesArray(model, {})).toEqual({ scales: undefined, first: 3 });
  expect(scalesArray(model, { 'layer2.0': { identity: 1, residual: 0 }, 'layer1.1': { identity: 0.5, residual: 2 } })).toEqual({
    scales: Float32Array.of(1, 1, 0.5, 2, 1, 0),
    first: 1,
  });
});

it('the distance of two distributions is 0 to 1', () => {
  expect(distance(Float32Array.of(0.25, 0.75), Float32Array.of(0.25, 0.75))).toBe(0);
  expect(distance(Float32Array.of(1, 0), Float32Array.of(0, 1))).toBe(1);
  expect(distance(Float32Array.of(0.5, 0.5), Float32Array.of(0.75, 0.25))).toBe(0.25);
});
