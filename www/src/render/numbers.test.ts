import { expect, it } from 'vitest';
import { bytes, compact, milliseconds, percent, plain, signed } from './numbers';

it('signs are typographic and zero has none', () => {
  expect(signed(0.414)).toBe('+0.41');
  expect(signed(-0.768)).toBe('−0.77');
  expect(signed(-0.0001, 2)).toBe('0.00');
  expect(plain(-12.34)).toBe('−12.3');
});

it('sizes, counts and times are short', () => {
  expect([bytes(548_000), bytes(1_720_000), bytes(27_100_000)]).toEqual(['548 kB', '1.7 MB', '27 MB']);
  expect([compact(272_474), compact(25_557_032), compact(4_089_000_000)]).toEqual(['272 k', '25.6 M', '4.1 G']);
  expect([milliseconds(3.21), milliseconds(70.6), milliseconds(1234)]).toEqual(['3.2 ms', '71 ms', '1.23 s']);
  expect(percent(0.7541)).toBe('75.4%');
});
