/** The worker: holds the one loaded network and runs it, away from the page's thread. */
import * as Comlink from 'comlink';
import { decode, type Decoded } from './decode';
import { EngineError, messageOf } from './errors';
import { loadFlavour, type Instance } from './flavour';
import { fetchModel, type ModelEntry } from './registry';
import { distance, scalesArray, takeDetail, takeMaps } from './trace';
import type { Crop, Damage, EngineInfo, ModelInfo, RunRequest, RunResult, WasmLoader, WasmNetwork, Wish } from './types';

let wasm: Instance | null = null;
let network: WasmNetwork | null = null;
let model: ModelInfo | null = null;
let loading: AbortController | null = null;
let latestRun = 0;
/** The last picture, decoded: opening a block or another model runs it again. */
let decoded: (Decoded & { id: number }) | null = null;
/** What the network last looked at, and whether it remembers its intact run on that. */
let seen: { key: string; remembered: boolean } | null = null;
let sweeping: AbortController | null = null;

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
  sweeping?.abort();
  network?.free();
  network = next;
  seen = null;
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
  const { id, name, blob } = request.picture;
  if (decoded?.id !== id || !(blob instanceof Blob)) {
    const fresh = await decode(blob, name);
    if (mine !== latestRun) return null;
    decoded = { ...fresh, id };
  }
  await new Promise((resolve) => setTimeout(resolve)); // let a newer request, already queued, be heard
  if (mine !== latestRun) return null;
  return transferable(forward(decoded, request, blob instanceof Blob));
}

/** For scripts: runs beside what the page shows and is never dropped. */
async function classify(request: RunRequest): Promise<RunResult> {
  const fresh = await decode(request.picture.blob, request.picture.name);
  return transferable(forward(fresh, request, false)); // a lesion's too runs from the pixels on
}

/** `resumes`: whether a lesion's run is worth a remembered intact one. A frame of a video is not. */
function forward({ image, width, height }: Decoded, request: RunRequest, resumes: boolean): RunResult {
  if (!network || !model) throw new EngineError('no-model', 'No model is loaded yet.');
  const { id, name } = request.picture;
  const keep = model.blocks.findIndex((block) => block.name === request.block);
  const { scales, first } = scalesArray(model, request.lesion);
  try {
    const reduced = image.width / width; // a huge picture was, its crops are in its own pixels
    look(network, `${id} ${JSON.stringify(request.crop)}`, image, scaled(request.crop, reduced), resumes);
    if (scales && resumes) remember(network);
    const began = performance.now();
    // A block before the lesion is looked into where it is the open one.
    const trace = network.trace(scales, request.topK, keep < 0 ? undefined : keep, false);
    const milliseconds = performance.now() - began;
    try {
      const { from, top, statistics } = trace;
      const own = keep >= 0 ? (request.lesion[model.blocks[keep]!.name] ?? { identity: 1, residual: 1 }) : null;
      return {
        model,
        picture: { id, name, width, height },
        crop: scaled(network.crop, 1 / reduced)!,
        lesion: request.lesion,
        from: scales ? first : 0,
        top,
        probabilities: trace.probabilities,
        cams: top.map(({ index }) => ({ index, map: network!.cam(index) })),
        milliseconds,
        blockMilliseconds: Array.from(trace.milliseconds),
        statistics,
        means: statistics.map((_, i) => takeMaps((branch) => trace.mean_map(from + i, branch))),
        input: network.input,
        detail: own && takeDetail(trace, network, model, keep, own, top),
      };
    } finally {
      trace.free();
    }
  } catch (error) {
    throw explain(error, 'engine', `“${name}” could not be run: `);
  }
}

function scaled(crop: Crop | null, by: number): Crop | null {
  return crop && by !== 1 ? { left: by * crop.left, top: by * crop.top, side: by * crop.side } : crop;
}

/** Hands a picture to the network, unless it is the one that it has and `keeps`. */
function look(network: WasmNetwork, key: string, image: ImageData, crop: Crop | null, keeps: boolean): void {
  if (keeps && seen?.key === key) return;
  sweeping?.abort();
  seen = null;
  network.look(image, crop ?? undefined);
  if (keeps) seen = { key, remembered: false };
}

function remember(network: WasmNetwork): void {
  if (!seen || seen.remembered) return;
  network.trace(undefined, 0, undefined, true).free();
  seen.remembered = true;
}

async function prepare(): Promise<void> {
  try {
    if (network) remember(network);
  } catch (error) {
    throw explain(error, 'engine', 'The run could not be remembered: ');
  }
}

/** Every single-block cut (Veit et al. 2016, section 4.1), first to last, each resumed where it differs from the intact net. */
async function sweep(onDamage: (damage: Damage, blocks: number) => void): Promise<Damage[] | null> {
  sweeping?.abort();
  const mine = (sweeping = new AbortController());
  if (!network || !model || !seen) return null;
  const { blocks, card } = model;
  const all: Damage[] = [];
  try {
    remember(network);
    const uncut = new Float32Array(2 * blocks.length).fill(1);
    const intact = network.probabilities(uncut);
    const best = intact.indexOf(Math.max(...intact));
    for (let block = 0; block < blocks.length; block++) {
      const scales = uncut.slice();
      scales[2 * block + 1] = 0;
      const cut = network.probabilities(scales);
      const index = cut.indexOf(Math.max(...cut));
      const damage = { block, distance: distance(intact, cut), probability: cut[best]!, top: { index, label: card.labels[index]!, probability: cut[index]! } };
      all.push(damage);
      onDamage(damage, blocks.length);
      await new Promise((resolve) => setTimeout(resolve)); // other requests come in between
      if (mine.signal.aborted) return null;
    }
    return all;
  } catch (error) {
    throw explain(error, 'engine', 'The sweep stopped: ');
  }
}

function cancelSweep(): void {
  sweeping?.abort();
}

/** A trap leaves the instance unusable: say so, so that the client starts a new worker. */
function explain(error: unknown, kind: 'not-a-model' | 'engine', prefix: string): EngineError {
  if (error instanceof WebAssembly.RuntimeError) {
    network = null;
    model = null;
    seen = null;
    return new EngineError('crashed', `${prefix}the engine stopped (${error.message}).`);
  }
  return new EngineError(kind, prefix + messageOf(error));
}

function transferable(result: RunResult): RunResult {
  const { detail } = result;
  const maps = result.means.flatMap(({ identity, residual, sum, output }) => [identity, residual, sum, output]);
  const tensors = [detail?.identity, detail?.residual, detail?.output, ...(detail?.steps ?? []).map(({ tensor }) => tensor)];
  const arrays = [...maps, ...tensors.map((tensor) => tensor?.data)].filter((array) => array != null);
  return Comlink.transfer(result, [result.input.data.buffer, ...arrays.map(({ buffer }) => buffer as ArrayBuffer)]);
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

const engine = { start, load, cancelLoad, run, classify, prepare, sweep, cancelSweep, memory };
export type Engine = typeof engine;
Comlink.expose(engine);
