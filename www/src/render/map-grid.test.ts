import { expect, it } from 'vitest';
import { breakRows, gridOf, mapGrid } from './map-grid';
import { walkedInRows } from './walk';

const net = (depths: number[]) => depths.flatMap((depth, stage) => Array.from({ length: depth }, () => ({ stage: stage + 1 })));

it('breaks between stages where that keeps rows similar', () => {
  const stages = (depths: number[]) => net(depths).map(({ stage }) => stage);
  expect(breakRows(stages([3, 4, 6, 3]), 40)).toEqual([{ from: 0, to: 16 }]);
  expect(breakRows(stages([3, 4, 6, 3]), 12)).toEqual([
    { from: 0, to: 7 },
    { from: 7, to: 16 },
  ]);
  expect(breakRows(stages([9, 9, 9]), 14)).toEqual([
    { from: 0, to: 9 },
    { from: 9, to: 18 },
    { from: 18, to: 27 },
  ]);
  // 36 blocks of one stage do not fit: that stage is broken, into two rows rather than three.
  expect(breakRows(stages([3, 8, 36, 3]), 34)).toHaveLength(2);
});

it('the map has one row wherever one is possible, and on a narrow screen always: it swipes', () => {
  const rows = (depths: number[], width: number) => mapGrid(width, net(depths)).rows.length;
  expect(
    [
      [3, 4, 6, 3],
      [9, 9, 9],
      [3, 4, 23, 3],
    ].map((depths) => rows(depths, 956)),
  ).toEqual([1, 1, 1]);
  expect([rows([3, 8, 36, 3], 956), rows([3, 8, 36, 3], 2016)]).toEqual([2, 1]);
  expect([rows([3, 8, 36, 3], 390), rows([9, 9, 9], 390)]).toEqual([1, 1]);
  expect(mapGrid(390, net([9, 9, 9])).step).toBeGreaterThanOrEqual(44); // a finger's
});

it('keys walk the stations, also between rows', () => {
  const { rows } = gridOf(358, net([9, 9, 9]));
  const from = (index: number) => ['ArrowRight', 'ArrowLeft', 'ArrowDown', 'ArrowUp', 'Home', 'End', 'x'].map((key) => walkedInRows(index, key, 27, rows));
  expect(from(4)).toEqual([5, 3, 13, 4, 0, 26, null]);
  expect(from(26)).toEqual([26, 25, 26, 17, 0, 26, null]);
});
