/** The worker: holds the one loaded network and runs it, away from the page's thread. */
import * as Comlink from 'comlink';
import { decode, type Decoded } from './decode';
import { EngineError, messageOf } from './errors';
import { loadFlavour, type Instance } from './flavour';
import { fetchModel, type ModelEntry } from './registry';
import { strongest, takeMaps } from './trace';
import type { EngineInfo, ModelInfo, RunRequest, RunResult, WasmLoader, WasmNetwork, Wish } from './types';

let wasm: Instance | null = null;
let network: WasmNetwork | null = null;
let model: ModelInfo | null = null;
let loading: AbortController | null = null;
let latestRun = 0;
/** The last picture, decoded: opening a block or another model runs it again. */
let decoded: (Decoded & { id: number }) | null = null;

async function start(wish: Wish): Promise<EngineInfo> {
  wasm = await loadFlavour(wish);
  return wasm.info;
}

async function load(entry: ModelEntry, url: string, onProgress: (received: number, total: number) => void): Promise<ModelInfo> {
  loading?.abort();
  const mine = (loading = new AbortController());
  const { Loader } = wasm!.module;
  let loader: WasmLoader;
  let next: WasmNetwork;
  try {
    loader = await fetchModel(entry, url, () => new Loader(), { signal: mine.signal, onProgress: throttled(onProgress) });
  } catch (error) {
    throw error instanceof EngineError ? error : explain(error, 'engine', `${entry.title} could not be loaded: `);
  }
  if (mine.signal.aborted) {
    loader.free();
    throw new EngineError('cancelled', `Loading ${entry.title} was cancelled.`);
  }
  try {
    next = loader.finish();
  } catch (error) {
    throw explain(error, 'not-a-model', `${entry.title} is not a model this engine reads: `);
  }
  network?.free();
  network = next;
  const { card, blocks, parameters, macs } = next;
  model = { id: entry.id, card, blocks, parameters, macs };
  return model;
}

/** Bytes of the engine's memory: what it has taken, which a browser never takes back. */
function memory(): number {
  return wasm?.memory.buffer.byteLength ?? 0;
}

function cancelLoad(): void {
  loading?.abort();
}

/** Runs the network on the picture; null if a newer run was asked for in the meantime. */
async function run(request: RunRequest): Promise<RunResult | null> {
  const mine = ++latestRun;
  if (decoded?.id !== request.picture.id) {
    const fresh = await decode(request.picture.blob, request.picture.name);
    if (mine !== latestRun) return null;
    decoded = { ...fresh, id: request.picture.id };
  }
  await new Promise((resolve) => setTimeout(resolve)); // let a newer request, already queued, be heard
  if (mine !== latestRun) return null;
  return transferable(forward(decoded, request));
}

/** For scripts: runs beside what the page shows and is never dropped. */
async function classify(request: RunRequest): Promise<RunResult> {
  return transferable(forward(await decode(request.picture.blob, request.picture.name), request));
}

function forward({ image, width, height }: Decoded, request: RunRequest): RunResult {
  if (!network || !model) throw new EngineError('no-model', 'No model is loaded yet.');
  const keep = model.blocks.findIndex((block) => block.name === request.block);
  const began = performance.now();
  try {
    const trace = network.trace(image, request.topK, keep < 0 ? undefined : keep);
    const milliseconds = performance.now() - began;
    try {
      const { id, name } = request.picture;
      return {
        model,
        picture: { id, name, width, height },
        top: trace.top,
        milliseconds,
        statistics: trace.statistics,
        means: model.blocks.map((_, block) => takeMaps((branch) => trace.mean_map(block, branch))),
        input: trace.input,
        detail: keep < 0 ? null : { block: keep, channels: strongest(trace, request.channels) },
      };
    } finally {
      trace.free();
    }
  } catch (error) {
    throw explain(error, 'engine', `“${request.picture.name}” could not be run: `);
  }
}

/** A trap leaves the instance unusable: say so, so that the client starts a new worker. */
function explain(error: unknown, kind: 'not-a-model' | 'engine', prefix: string): EngineError {
  if (error instanceof WebAssembly.RuntimeError) {
    network = null;
    model = null;
    return new EngineError('crashed', `${prefix}the engine stopped (${error.message}).`);
  }
  return new EngineError(kind, prefix + messageOf(error));
}

function transferable(result: RunResult): RunResult {
  const buffers = [result.input.data.buffer];
  for (const maps of [...result.means, ...(result.detail?.channels ?? [])]) {
    for (const map of [maps.identity, maps.residual, maps.sum, maps.output]) if (map) buffers.push(map.buffer as ArrayBuffer);
  }
  return Comlink.transfer(result, buffers);
}

/** At most some 30 messages a second, and always the last one. */
function throttled(report: (received: number, total: number) => void) {
  let last = -Infinity;
  return (received: number, total: number) => {
    const now = performance.now();
    if (received < total && now - last < 33) return;
    last = now;
    report(received, total);
  };
}

const engine = { start, load, cancelLoad, run, classify, memory };
export type Engine = typeof engine;
Comlink.expose(engine);
