import { expect, it } from 'vitest';
import { channelAcross, placeAcross } from './links';

it('the same channel where there are as many, the same rank otherwise', () => {
  expect(channelAcross(2, [2, 0, 1], [1, 0, 2])).toBe(2);
  expect(channelAcross(0, [2, 0, 1], [5, 4, 3, 2, 1, 0])).toBe(4);
  expect(channelAcross(1, [2, 0, 1], [1, 0])).toBeNull();
  expect(channelAcross(7, [2, 0, 1], [1, 0])).toBeNull();
  expect(channelAcross(null, [2, 0, 1], [1, 0])).toBeNull();
});

it('a place is the same share of a map of another size', () => {
  const [small, large] = [
    { width: 8, height: 8 },
    { width: 56, height: 56 },
  ];
  for (const at of [0, 9, 63]) expect(placeAcross(placeAcross(at, small, large), large, small)).toBe(at);
  expect(placeAcross(63, small, large)).toBe(52 * 56 + 52);
  expect(placeAcross(56 * 56 - 1, large, small)).toBe(63);
  expect(placeAcross(5, large, large)).toBe(5);
});
