import { expect, it } from 'vitest';
import { extent, layOut, nearest, stops, tableOf, valueAt, type Curve } from './curves';

const BOX = { width: 300, height: 200, left: 40, right: 60, top: 10, bottom: 30 };
const curve = (name: string, ys: (number | null)[], from = 1): Curve => ({
  name,
  label: name,
  colour: 'var(--ink)',
  points: ys.map((y, i) => ({ x: from + i, y })),
});

it('what a logarithmic axis cannot show is a gap, not an error', () => {
  const curves = [curve('a', [0.01, 0, 10, Infinity, null])];
  expect(extent(curves, true)).toEqual([0.01, 10]);
  const { drawn, chart } = layOut(curves, { xs: [1, 5], ys: extent(curves, true), log: true }, BOX);
  expect(drawn[0]!.path.match(/M/g)).toHaveLength(2);
  expect(drawn[0]!.path).not.toMatch(/NaN|Infinity/);
  expect([chart.y(0.01), chart.y(10)]).toEqual([170, 10]);
});

it('an axis that is not logarithmic begins at zero', () => {
  expect(extent([curve('a', [3, 5])], false)).toEqual([0, 5]);
  expect(extent([], true)[0]).toBeGreaterThan(0);
});

it('labels stand in the margin, at the heights where their curves end, and keep apart', () => {
  const { drawn, chart } = layOut([curve('a', [1, 2, 3]), curve('b', [1, 3.01])], { xs: [1, 3], ys: [0, 4], log: false }, BOX);
  expect(drawn.map(({ label }) => label!.x)).toEqual([chart.right + 6, chart.right + 6]);
  expect(Math.abs(drawn[1]!.label!.y - chart.y(3.01))).toBeLessThan(1);
  expect(Math.abs(drawn[0]!.label!.y - drawn[1]!.label!.y)).toBeGreaterThanOrEqual(13);
});

it('a place is read at the nearest point of any curve', () => {
  const curves = [curve('a', [1, 2, 3]), curve('b', [4, 5], 3)];
  expect(stops(curves)).toEqual([1, 2, 3, 4]);
  expect(nearest(stops(curves), 2.6)).toBe(2);
  expect([valueAt(curves[0]!, 3), valueAt(curves[0]!, 4), valueAt(curves[1]!, 4)]).toEqual([3, undefined, 5]);
  expect(tableOf(curves, 'x')).toEqual({
    head: ['x', 'a', 'b'],
    rows: [
      [1, 1, null],
      [2, 2, null],
      [3, 3, 4],
      [4, null, 5],
    ],
  });
});
