import { expect, it } from 'vitest';
import { firstCut, TURN, waitOf } from './travel';

const blocks = ['a', 'b', 'c'].map((name) => ({ name }));
const cut = { identity: 1, residual: 0 };

it('a cut travels from its block on, and so does a restoration', () => {
  expect(firstCut(blocks, {}, { b: cut })).toBe(1);
  expect(firstCut(blocks, { b: cut }, {})).toBe(1);
  expect(firstCut(blocks, { b: cut }, { a: { identity: 0, residual: 1 }, b: cut })).toBe(0);
  expect(firstCut(blocks, { b: cut }, { b: { identity: 0, residual: 0 } })).toBe(1);
});

it('a slider is followed at once', () => {
  expect(firstCut(blocks, { a: { identity: 1, residual: 0.5 } }, { a: { identity: 1, residual: 0.45 } })).toBeNull();
  expect(firstCut(blocks, {}, {})).toBeNull();
});

it('is over within a second, however deep the net', () => {
  expect(waitOf(0, 4, 16)).toBe(0);
  expect([5, 6].map((index) => waitOf(index, 4, 16))).toEqual([40, 80]);
  for (const count of [9, 16, 27, 50]) expect(waitOf(count, 0, count) + TURN).toBeLessThanOrEqual(1000);
});
