import { expect, it } from 'vitest';
import { nearestDot, scatter } from './scatter';

const BOX = { width: 500, height: 300, left: 40, right: 10, top: 10, bottom: 30 };
const NETS = [
  { name: 'a', size: 10, work: 2 },
  { name: 'b', size: 10.1, work: 2.02 },
  { name: 'c', size: 100, work: 20 },
];

it('starts both amounts at zero, and gathers what lies in one place under its first', () => {
  const { frame, dots, groups } = scatter(
    BOX,
    NETS,
    ({ size }) => size,
    ({ work }) => work,
  );
  expect([frame.x(0), frame.y(0)]).toEqual([40, 270]);
  expect(groups.map(({ members }) => members.map(({ of }) => of.name))).toEqual([['a', 'b'], ['c']]);
  expect(dots[2]!.x).toBeLessThanOrEqual(490);
  expect((dots[2]!.x - 40) / (dots[0]!.x - 40)).toBeCloseTo(10);
});

it('finds the nearest within reach', () => {
  const dots = [
    { of: 'a', x: 10, y: 10 },
    { of: 'b', x: 20, y: 10 },
  ];
  expect([nearestDot(dots, 14, 10)?.of, nearestDot(dots, 16, 10)?.of, nearestDot(dots, 60, 10)]).toEqual(['a', 'b', null]);
  expect(nearestDot([], 0, 0)).toBeNull();
});

it('draws nothing of nothing', () => {
  const empty = scatter(
    BOX,
    [] as typeof NETS,
    ({ size }) => size,
    ({ work }) => work,
  );
  expect([empty.dots, empty.groups]).toEqual([[], []]);
});
