/** One compiled binary, running in this worker. */
import { binaryOf } from './flavour';
import { importedMemory, sharedMemory } from './memory';
import type { Join } from './protocol';

type Threaded = typeof import('./pkg/threads/skipscope');
/** What they have in common: how they are started differs. */
type Module = Omit<typeof import('./pkg/simd128/skipscope'), 'default' | 'initSync'>;

// Only what pkg-scripts/wasm has put there.
const built = import.meta.glob<typeof import('./pkg/simd128/skipscope') | Threaded>('./pkg/*/skipscope.js');

export interface Instance {
  flavour: string;
  /** The calling thread included. */
  threads: number;
  module: Module;
  memory: WebAssembly.Memory;
  /** What its helpers are to join; and `build`, once they have: before the first network. */
  pool: { join: Join; build: () => void } | null;
}

const isPooled = (module: object): module is Threaded => 'pool_work' in module;

/** The thread that calls works too: one thread needs no pool. */
export async function instantiate(flavour: string, threads = 1): Promise<Instance> {
  const url = binaryOf(flavour);
  const module = await built[`./pkg/${flavour}/skipscope.js`]!();
  if (!isPooled(module)) {
    const { memory } = await module.default({ module_or_path: url });
    return { flavour, threads: 1, module, memory, pool: null };
  }
  const { compiled, binary } = await compile(url);
  const memory = sharedMemory(importedMemory(binary));
  await module.default({ module_or_path: compiled, memory });
  if (threads < 2) return { flavour, threads: 1, module, memory, pool: null };
  const build = () => module.pool_gather(threads - 1);
  return { flavour, threads, module, memory, pool: { join: { flavour, module: compiled, memory }, build } };
}

async function compile(url: string): Promise<{ compiled: WebAssembly.Module; binary: Uint8Array<ArrayBuffer> }> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`the server answered ${response.status} for ${url}`);
  const copy = response.clone().arrayBuffer();
  const streamed = WebAssembly.compileStreaming(response).catch(() => null); // a server may not know wasm's media type
  const binary = new Uint8Array(await copy);
  return { compiled: (await streamed) ?? (await WebAssembly.compile(binary)), binary };
}
