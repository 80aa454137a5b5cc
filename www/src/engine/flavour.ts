/** Which compiled binary to run: the fastest this browser takes among those that were built. */
import { relaxedSimd, simd, threads } from 'wasm-feature-detect';
import { EngineError, messageOf } from './errors';
import type { EngineInfo, WasmModule } from './types';

// Only what pkg-scripts/build has put there is offered.
const built = Object.fromEntries(
  Object.entries(import.meta.glob<WasmModule>('./pkg/*/skipscope.js')).map(([path, load]) => [path.split('/')[2]!, load]),
);

/** Best first. */
const FLAVOURS: { name: string; supported: () => Promise<boolean> }[] = [
  { name: 'threads', supported: async () => globalThis.crossOriginIsolated === true && (await threads()) && (await simd()) },
  { name: 'relaxed', supported: relaxedSimd },
  { name: 'simd128', supported: simd },
  { name: 'scalar', supported: async () => true },
];

/** The flavours to try, in order. One asked for by name comes first, whatever detection says of it. */
export async function candidates(available: string[], wanted?: string | null): Promise<string[]> {
  const names: string[] = [];
  if (wanted && available.includes(wanted)) names.push(wanted);
  for (const { name, supported } of FLAVOURS) {
    if (available.includes(name) && !names.includes(name) && (await supported())) names.push(name);
  }
  return names;
}

/** The flavours that were built and that this browser runs, best first. */
export function usable(): Promise<string[]> {
  return candidates(Object.keys(built));
}

/** Compiles one flavour, whose pool of threads gets that many; all that the machine has where nothing is said. */
export async function instantiate(flavour: string, threads = Math.max(1, navigator.hardwareConcurrency ?? 1)): Promise<Instance> {
  const module = await built[flavour]!();
  const { memory } = (await module.default()) as { memory?: WebAssembly.Memory };
  await module.initThreadPool?.(threads);
  return { module, memory, info: { flavour, threads: module.initThreadPool ? threads : 1 } };
}

interface Instance {
  module: WasmModule;
  /** Its own; absent where threads share one that was handed to them. */
  memory?: WebAssembly.Memory;
  info: EngineInfo;
}

export async function loadFlavour(wanted?: string | null): Promise<Instance> {
  const names = await candidates(Object.keys(built), wanted);
  if (names.length === 0) {
    throw new EngineError('engine', 'This browser runs none of the engine’s builds: it lacks WebAssembly SIMD. A current one has it.');
  }
  let last: unknown;
  for (const flavour of names) {
    try {
      return await instantiate(flavour);
    } catch (error) {
      last = error; // try the next best
    }
  }
  throw new EngineError('engine', `The engine did not start: ${messageOf(last)}`);
}
