import { expect, it, vi } from 'vitest';
import { fitWithin } from './decode';
import { candidates } from './flavour';
import { order, strongest, takeMaps } from './trace';

const one = (value: number) => Float32Array.of(value);

it('the strongest channels come first, equal ones in their order', () => {
  expect(order(Float32Array.of(1, 3, 2, 3))).toEqual([1, 3, 2, 0]);
  const channels = strongest({ channel_energy: Float32Array.of(1, 3, 2), map: (_, channel) => one(channel) }, 2);
  expect(channels.map(({ index, energy }) => [index, energy])).toEqual([[1, 3], [2, 2]]);
});

it('a plain net has no identity map; any other branch must be there', () => {
  expect(takeMaps((branch) => (branch === 'identity' ? undefined : one(1))).identity).toBeNull();
  expect(() => takeMaps((branch) => (branch === 'sum' ? undefined : one(1)))).toThrow(/sum/);
});

it('only pictures above the limit are reduced, and keep their shape', () => {
  expect(fitWithin(640, 480)).toEqual([640, 480]);
  const [w, h] = fitWithin(8000, 5000);
  expect(w * h).toBeLessThanOrEqual(16_000_000);
  expect(w / h).toBeCloseTo(1.6, 3);
  expect(fitWithin(40_000, 1)).toEqual([16_384, 1]);
});

it('a flavour asked for comes first, and only built ones are tried', async () => {
  const names = (available: string[], flavour: string | null, threads: number | null = null) => candidates(available, { flavour, threads });
  expect(await names(['scalar', 'simd128'], 'scalar')).toEqual(['scalar', 'simd128']);
  expect(await names(['scalar', 'simd128'], 'threads')).toEqual(['simd128', 'scalar']);
  expect(await names([], 'scalar')).toEqual([]);
});

it('threads need an isolated page and more than one of them', async () => {
  const names = (threads: number | null) => candidates(['threads', 'scalar'], { flavour: null, threads });
  expect(await names(4)).toEqual(['scalar']);
  vi.stubGlobal('crossOriginIsolated', true);
  expect(await names(1)).toEqual(['scalar']);
  vi.unstubAllGlobals();
});
