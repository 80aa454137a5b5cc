import { expect, it } from 'vitest';
import { within } from './codecs';

it('a number within limits leaves no trace where it is the usual one, and steps where it was typed between two', () => {
  const depth = within(20, 8, 110, 6);
  expect([depth.write(20), depth.write(32)]).toEqual([null, '32']);
  expect(['32', '33', '36', '8', '110'].map((text) => depth.read(text))).toEqual([32, 32, 38, 8, 110]);
  for (const text of ['7', '111', '', ' ', 'x', 'NaN', '-20']) expect(depth.read(text)).toBeNull();
});
