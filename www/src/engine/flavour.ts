/** Which compiled binary to run: the fastest this browser takes among those that were built. */
import { relaxedSimd, simd, threads as sharedMemory } from 'wasm-feature-detect';
import { EngineError, messageOf } from './errors';
import type { EngineInfo, WasmModule, Wish } from './types';

// Only what pkg-scripts/build has put there is offered.
const built = Object.fromEntries(
  Object.entries(import.meta.glob<WasmModule>('./pkg/*/skipscope.js')).map(([path, load]) => [path.split('/')[2]!, load]),
);

/** More gain little on maps of this size, and each costs a stack. */
const MOST_THREADS = 8;
/** A pool whose workers cannot start says nothing at all. */
const POOL_TIMEOUT = 15_000;

export interface Instance {
  module: WasmModule;
  memory: WebAssembly.Memory;
  info: EngineInfo;
}

function defaultThreads(): number {
  return Math.max(1, Math.min(globalThis.navigator?.hardwareConcurrency || 1, MOST_THREADS));
}

/** Best first. A static host that sends no isolation headers has no shared memory, hence no threads. */
const FLAVOURS: { name: string; supported: (threads: number) => Promise<boolean> }[] = [
  {
    name: 'threads',
    supported: async (threads) =>
      threads > 1 && globalThis.crossOriginIsolated === true && (await sharedMemory()) && (await relaxedSimd()),
  },
  { name: 'relaxed', supported: relaxedSimd },
  { name: 'simd128', supported: simd },
  { name: 'scalar', supported: async () => true },
];

/** The flavours to try, in order. One asked for by name comes first, whatever detection says of it. */
export async function candidates(available: string[], { flavour, threads }: Wish): Promise<string[]> {
  const names: string[] = [];
  if (flavour && available.includes(flavour)) names.push(flavour);
  for (const { name, supported } of FLAVOURS) {
    if (available.includes(name) && !names.includes(name) && (await supported(threads ?? defaultThreads()))) names.push(name);
  }
  return names;
}

/** The flavours that were built and that this browser runs, best first. */
export function usable(): Promise<string[]> {
  return candidates(Object.keys(built), { flavour: null, threads: null });
}

/** Compiles one flavour and starts its pool, where it has one. */
export async function instantiate(flavour: string, threads: number | null = null): Promise<Instance> {
  const module = await built[flavour]!();
  const { memory } = (await module.default()) as { memory: WebAssembly.Memory };
  if (!module.initThreadPool) return { module, memory, info: { flavour, threads: 1 } };
  // The thread that calls works too. Without a pool it works alone.
  const count = threads ?? defaultThreads();
  if (count < 2) return { module, memory, info: { flavour, threads: 1 } };
  await within(POOL_TIMEOUT, module.initThreadPool(count - 1));
  return { module, memory, info: { flavour, threads: count } };
}

export async function loadFlavour(wish: Wish): Promise<Instance> {
  const names = await candidates(Object.keys(built), wish);
  if (names.length === 0) {
    throw new EngineError('engine', 'This browser runs none of the engine’s builds: it lacks WebAssembly SIMD. A current one has it.');
  }
  let last: unknown;
  for (const flavour of names) {
    try {
      return await instantiate(flavour, wish.threads);
    } catch (error) {
      last = error; // try the next best
    }
  }
  throw new EngineError('engine', `The engine did not start: ${messageOf(last)}`);
}

function within<T>(milliseconds: number, promise: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout>;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('its threads did not start')), milliseconds);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
