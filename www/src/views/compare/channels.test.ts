import { expect, it } from 'vitest';
import type { BlockDetail, Tensor } from '../../engine/types';
import { indexOf, mapsOf, moved, paired, placeOf, strongest } from './channels';

const tensor = (...planes: number[][]): Tensor => ({ channels: planes.length, height: 1, width: 2, data: new Float32Array(planes.flat()) });
const detail = (over: Partial<BlockDetail> = {}): BlockDetail => ({
  block: 0,
  scales: { identity: 1, residual: 1 },
  identity: tensor([1, 2], [3, 4], [5, 6]),
  residual: tensor([1, -1], [0, 0], [-3, 2]),
  output: tensor([2, 1], [3, 4], [2, 8]),
  steps: [],
  classWeights: null,
  ...over,
});

it('the strongest F comes first', () => {
  expect(strongest(detail())).toEqual([2, 0, 1]);
});

it('the sum is of what the lesion leaves', () => {
  expect([...mapsOf(detail(), 2).sum]).toEqual([2, 8]);
  expect([...mapsOf(detail({ scales: { identity: 0.5, residual: 0 } }), 2).sum]).toEqual([2.5, 3]);
  const plain = mapsOf(detail({ identity: null }), 0);
  expect(plain.identity).toBeNull();
  expect([...plain.sum]).toEqual([1, -1]);
});

it('the same channels stand beside one another where there are as many', () => {
  expect(paired([2, 0, 1, 3], [3, 1, 0, 2], 2, null)).toEqual({ a: [2, 0], b: [2, 0], by: 'number' });
  expect(paired([2, 0, 1, 3], [3, 1, 0, 2], 2, 3)).toEqual({ a: [2, 3], b: [2, 3], by: 'number' });
});

it('otherwise rank stands by rank', () => {
  expect(paired([2, 0, 1, 3], [1, 0], 3, null)).toEqual({ a: [2, 0], b: [1, 0], by: 'rank' });
  expect(paired([1, 0], [2, 0, 1, 3], 3, 0)).toEqual({ a: [1, 0], b: [2, 0], by: 'rank' });
  expect(paired([2, 0, 1, 3], [1, 0], 3, 3)).toEqual({ a: [2, 0], b: [1, 0], by: 'rank' }); // no such rank there
});

it('a place is the same share of maps of different sizes', () => {
  expect(placeOf(indexOf({ u: 0.99, v: 0.5 }, 32, 32), 32, 32)).toEqual({ u: 31.5 / 32, v: 16.5 / 32 });
  expect(indexOf({ u: 31.5 / 32, v: 16.5 / 32 }, 8, 8)).toBe(4 * 8 + 7);
  expect(indexOf({ u: 1, v: 1 }, 8, 8)).toBe(63);
});

it('arrows walk the cells, with Shift the places', () => {
  const at = { cell: 1, place: placeOf(9, 8, 8) };
  const key = (name: string, shift = false) => moved(at, name, shift, 12, 4, 8, 8);
  expect(key('ArrowDown')).toEqual({ ...at, cell: 5 });
  expect(key('ArrowUp')).toEqual(at);
  expect(key('ArrowRight', true)).toEqual({ ...at, place: placeOf(10, 8, 8) });
  expect(key('Tab')).toBeNull();
});
