import { expect, it } from 'vitest';
import { nearestDot, placeLabels, scatter } from './scatter';

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

it('labels cover neither dots nor one another, and stay within the frame', () => {
  const crowd = [40, 60, 62, 75, 99, 100].map((size, i) => ({ name: `net ${i}`, size, work: size / 5 + (i % 2) }));
  const { frame, groups } = scatter(
    BOX,
    crowd,
    ({ size }) => size,
    ({ work }) => work,
  );
  const labels = placeLabels(
    groups,
    frame,
    () => 6,
    () => 60,
  );
  expect(labels).toHaveLength(groups.length);
  const rects = labels.flatMap((label) => {
    if (!label) return [];
    const left = label.anchor === 'start' ? label.x : label.x - 60;
    return [{ left, right: left + 60, top: label.y - 11, bottom: label.y + 3 }];
  });
  expect(rects.length).toBeGreaterThan(3);
  const clash = (a: (typeof rects)[0], b: (typeof rects)[0]) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
  rects.forEach((a, i) => {
    expect(rects.some((b, j) => i !== j && clash(a, b))).toBe(false);
    expect(a.left >= frame.left && a.right <= frame.right + 12).toBe(true);
    for (const { x, y } of groups) expect(clash(a, { left: x - 6, right: x + 6, top: y - 6, bottom: y + 6 })).toBe(false);
  });
  // Where there is no room at all there is no label.
  const one = placeLabels(
    groups.slice(0, 1),
    frame,
    () => 6,
    () => 5000,
  );
  expect(one).toEqual([null]);
});
