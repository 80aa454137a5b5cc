import { createHash } from 'node:crypto';
import { afterEach, expect, it, vi } from 'vitest';
import { hasher } from './hash';

afterEach(() => vi.unstubAllGlobals());

const bytes = Uint8Array.from({ length: 1000 }, (_, i) => (i * 7) & 255);
const expected = createHash('sha256').update(bytes).digest('hex');
const piecewise = (length: number) => {
  const hash = hasher(length);
  for (let at = 0; at < bytes.length; at += 300) hash.update(bytes.subarray(at, at + 300));
  return hash.digest();
};

it.each([
  ['exactly as long as was said', bytes.length],
  ['shorter', bytes.length + 24],
  ['too long to be held', 2 ** 30],
])('of pieces: %s', async (_, length) => {
  expect(await piecewise(length)).toBe(expected);
});

it('without a secure context', async () => {
  vi.stubGlobal('crypto', {});
  expect(await piecewise(bytes.length)).toBe(expected);
});
