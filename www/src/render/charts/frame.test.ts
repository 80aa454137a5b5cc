import { expect, it } from 'vitest';
import { frame, linePath } from './frame';

const BOX = { width: 400, height: 170, left: 38, right: 8, top: 10, bottom: 22 };

it('a chart spans its box, and a pointer finds what lies under it again', () => {
  const { x, y, xAt } = frame(BOX, [0, 1], [0, 3]);
  expect([x(0), x(1)]).toEqual([BOX.left, BOX.width - BOX.right]);
  expect([y(0), y(3)]).toEqual([BOX.height - BOX.bottom, BOX.top]);
  expect(xAt(x(0.3))).toBeCloseTo(0.3);
  expect([xAt(0), xAt(400)]).toEqual([0, 1]); // the margins
});

it.each([0.0031, 0.7, 1, 9, 12, 99, 380, 1e6])('up to %d the ticks are round, few, and end with the axis', (limit) => {
  const { y, ticks, top, floor } = frame(BOX, [0, 1], [0, limit]);
  const all = ticks(4);
  expect(all.length).toBeGreaterThanOrEqual(3);
  expect(all.length).toBeLessThanOrEqual(7);
  expect(all.at(-1)).toBeGreaterThanOrEqual(limit);
  expect([y(all[0]!), y(all.at(-1)!)]).toEqual([floor, top]);
});

it('nothing but zero still has an axis, and a box without width a place', () => {
  expect(frame(BOX, [0, 1], [0, 0]).ticks(4)).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1]);
  const { x, xAt } = frame({ ...BOX, width: 0 }, [0, 9], [0, 1]);
  expect([x(5), xAt(38)]).toEqual([38, 0]);
});

it('a path breaks where a point is missing', () => {
  expect(linePath([{ x: 0, y: 1 }, null, { x: 2, y: 1.26 }, { x: 3, y: 0 }])).toBe('M0,1ZM2,1.3L3,0');
});

it('a logarithmic axis has powers of ten, not too many, and 2 and 5 where there is room', () => {
  expect(frame(BOX, [0, 1], [0.11, 0.8], true).ticks(4)).toEqual([0.1, 0.2, 0.5, 1]);
  expect(frame(BOX, [0, 1], [3e-12, 40], true).ticks(5)).toEqual([1e-12, 1e-9, 1e-6, 1e-3, 1]);
  const { y, top, floor } = frame(BOX, [0, 1], [0.1, 10], true);
  expect(y(1)).toBeCloseTo((top + floor) / 2);
});
