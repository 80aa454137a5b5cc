import { expect, it } from 'vitest';
import { classOf, fallen, points, rows } from './cam';

const map = { channels: 1, height: 1, width: 1, data: Float32Array.of(2) };
const result = { model: { card: { labels: ['cat', 'dog', 'horse'] } }, cams: [{ index: 2, map }] } as unknown as Parameters<typeof classOf>[0];
const of = (index: number, label: string, probability: number) => ({ index, label, probability });

it('finds the class asked for, whether or not there is a map of it', () => {
  expect(classOf(result, 2)).toEqual({ index: 2, label: 'horse', map });
  expect(classOf(result, 0)).toEqual({ index: 0, label: 'cat', map: null });
  expect([classOf(result, 3), classOf(result, null)]).toEqual([null, null]);
});

it('a lesion’s classes know what the intact net gave them', () => {
  const top = [of(1, 'dog', 0.6), of(0, 'cat', 0.3)];
  expect(rows(top, Float32Array.of(0.5, 0.25, 0.25)).map(({ intact }) => intact)).toEqual([0.25, 0.5]);
  expect(rows(top, null)[0]!.intact).toBeNull();
});

it('names what fell out, unless it was never in', () => {
  const now = Float32Array.of(0.3, 0.6, 0.1);
  expect(fallen([of(1, 'dog', 0.6)], [of(1, 'dog', 0.5), of(2, 'horse', 0.4), of(3, 'frog', 0.0001)], now)).toEqual([
    { index: 2, label: 'horse', before: 0.4, now: now[2] },
  ]);
});

it('changes are in percentage points', () => {
  expect([0.0321, -0.121, 0.0001].map(points)).toEqual(['+3.2', '−12.1', '±0.0']);
});
