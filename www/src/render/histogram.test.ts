import { expect, it } from 'vitest';
import { edgesFor, histogram } from './histogram';

it('zero is an edge, and every value is counted once', () => {
  const values = [-2.5, -1e-9, 0, 0.5, 1, 5];
  const { edges, counts, below, total } = histogram(values, edgesFor([values], 10));
  expect(edges.some((edge) => edge === 0)).toBe(true);
  expect(counts.reduce((a, b) => a + b, 0)).toBe(6);
  expect([below, total]).toEqual([2, 6]);
  const zero = edges.indexOf(0);
  expect(counts.slice(0, zero).reduce((a, b) => a + b, 0)).toBe(2);
  expect([edges[0]! <= -2.5, edges.at(-1)! >= 5]).toEqual([true, true]);
});

it('shared edges hold all the arrays', () => {
  const edges = edgesFor([[-1, 1], [3]], 8);
  const counted = [[-1, 1], [3]].map((values) => histogram(values, edges).counts.reduce((a, b) => a + b, 0));
  expect(counted).toEqual([2, 1]);
});

it('one value, or all zeros, has a histogram', () => {
  expect(histogram([0, 0], edgesFor([[0, 0]], 20)).counts).toEqual([0, 2]);
  const { counts } = histogram([4], edgesFor([[4]], 4));
  expect(counts.at(-1)).toBe(1);
});
