/** Which compiled binary to run: the fastest this browser takes among those that were built. */
import { relaxedSimd, simd, threads as sharedMemory } from 'wasm-feature-detect';
import { binaries as built } from './vite/binaries';

/** More gain little on maps of this size, and each costs a stack. */
const MOST_THREADS = 8;

export function defaultThreads(): number {
  return Math.max(1, Math.min(globalThis.navigator?.hardwareConcurrency || 1, MOST_THREADS));
}

/** A static host that sends no isolation headers has no shared memory, hence no threads. */
async function withThreads(threads: number): Promise<boolean> {
  return threads > 1 && globalThis.crossOriginIsolated === true && (await sharedMemory());
}

/** Best first: a second thread is worth more than relaxed SIMD, which Safari has not. */
const FLAVOURS: { name: string; threads?: true; supported: (threads: number) => Promise<boolean> }[] = [
  { name: 'threads', threads: true, supported: async (threads) => (await withThreads(threads)) && (await relaxedSimd()) },
  { name: 'threads-simd128', threads: true, supported: async (threads) => (await withThreads(threads)) && (await simd()) },
  { name: 'relaxed', supported: relaxedSimd },
  { name: 'simd128', supported: simd },
  { name: 'scalar', supported: async () => true },
];

/** Whether it shares its memory between threads. */
export function isThreaded(flavour: string): boolean {
  return FLAVOURS.some(({ name, threads }) => name === flavour && threads);
}

/** Where a flavour's binary is. */
export function binaryOf(flavour: string, binaries = built): string {
  const url = binaries[flavour];
  if (!url) throw new Error(`the flavour ${flavour} was not built`);
  return url;
}

/** The flavours to try, in order. One asked for by name comes first, whatever detection says of it. */
export async function candidates(available: string[], flavour: string | null, threads: number): Promise<string[]> {
  const names: string[] = [];
  if (flavour && available.includes(flavour)) names.push(flavour);
  for (const { name, supported } of FLAVOURS) {
    if (available.includes(name) && !names.includes(name) && (await supported(threads))) names.push(name);
  }
  return names;
}

/** The flavours that were built and that this browser runs, best first; one that is asked for before them. */
export function usable(flavour: string | null = null, threads = defaultThreads(), binaries = built): Promise<string[]> {
  return candidates(Object.keys(binaries), flavour, threads);
}
