import { afterEach, expect, it, vi } from 'vitest';
import { candidates, isThreaded } from './flavour';

const has = vi.hoisted(() => ({ relaxed: true, simd: true, threads: true }));
vi.mock('wasm-feature-detect', () => ({
  relaxedSimd: async () => has.relaxed,
  simd: async () => has.simd,
  threads: async () => has.threads,
}));
const ALL = ['relaxed', 'scalar', 'simd128', 'threads', 'threads-simd128'];
afterEach(() => {
  vi.unstubAllGlobals();
  Object.assign(has, { relaxed: true, simd: true, threads: true });
});

function browser(features: Partial<typeof has>, isolated = true): void {
  Object.assign(has, features);
  vi.stubGlobal('crossOriginIsolated', isolated);
}

it('Chromium and Firefox: threads with relaxed SIMD', async () => {
  browser({});
  expect(await candidates(ALL, null, 4)).toEqual(['threads', 'threads-simd128', 'relaxed', 'simd128', 'scalar']);
});

it('Safari: threads without relaxed SIMD', async () => {
  browser({ relaxed: false });
  expect(await candidates(ALL, null, 4)).toEqual(['threads-simd128', 'simd128', 'scalar']);
});

it('without isolation, without shared memory, or for one thread: none with threads', async () => {
  browser({}, false);
  expect(await candidates(ALL, null, 4)).toEqual(['relaxed', 'simd128', 'scalar']);
  browser({ threads: false });
  expect(await candidates(ALL, null, 4)).toEqual(['relaxed', 'simd128', 'scalar']);
  browser({ threads: true });
  expect(await candidates(ALL, null, 1)).toEqual(['relaxed', 'simd128', 'scalar']);
});

it('an old browser still runs something', async () => {
  browser({ relaxed: false, simd: false, threads: false });
  expect(await candidates(ALL, null, 4)).toEqual(['scalar']);
});

it('one asked for by name comes first, what was not built never', async () => {
  browser({ relaxed: false });
  expect(await candidates(ALL, 'threads', 4)).toEqual(['threads', 'threads-simd128', 'simd128', 'scalar']);
  expect(await candidates(['scalar'], 'turbo', 4)).toEqual(['scalar']);
});

it('knows which share their memory', () => {
  expect(ALL.filter(isThreaded)).toEqual(['threads', 'threads-simd128']);
});
