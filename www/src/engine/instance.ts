/** One compiled binary, running in this worker. */
import { importedMemory, sharedMemory } from './memory';
import type { Join } from './protocol';
import { glueOf } from './vite/glue';

type Threaded = typeof import('./pkg/threads/skipscope');
/** What they have in common: how they are started differs. */
type Module = Omit<typeof import('./pkg/simd128/skipscope'), 'default' | 'initSync'>;

export type Glue = typeof import('./pkg/simd128/skipscope') | Threaded;

/** The binary's address, or its bytes. */
export type Binary = string | Uint8Array<ArrayBuffer>;

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
export async function instantiate(flavour: string, from: Binary, threads = 1): Promise<Instance> {
  const module = await glueOf(flavour);
  if (!isPooled(module)) {
    const { memory } = await module.default({ module_or_path: from });
    return { flavour, threads: 1, module, memory, pool: null };
  }
  const { compiled, binary } = await compile(from);
  const memory = sharedMemory(importedMemory(binary));
  await module.default({ module_or_path: compiled, memory });
  if (threads < 2) return { flavour, threads: 1, module, memory, pool: null };
  const build = () => module.pool_gather(threads - 1);
  return { flavour, threads, module, memory, pool: { join: { flavour, module: compiled, memory }, build } };
}

async function compile(from: Binary): Promise<{ compiled: WebAssembly.Module; binary: Uint8Array<ArrayBuffer> }> {
  if (typeof from !== 'string') return { compiled: await WebAssembly.compile(from), binary: from };
  const response = await fetch(from);
  if (!response.ok) throw new Error(`the server answered ${response.status} for ${from}`);
  const copy = response.clone().arrayBuffer();
  const streamed = WebAssembly.compileStreaming(response).catch(() => null); // a server may not know wasm's media type
  const binary = new Uint8Array(await copy);
  return { compiled: (await streamed) ?? (await WebAssembly.compile(binary)), binary };
}
