/** An engine: a worker that holds networks, and the helpers that are its other threads. */
import { BUILT, type Assets } from './assets';
import { asEngineError, cancelled, EngineError, isKind, messageOf } from './errors';
import { binaryOf, defaultThreads, isThreaded, usable } from './flavour';
import { handed } from './handed';
import type { EngineHost } from './host';
import { Net } from './net';
import { Helpers, inTime, Silence } from './pool';
import type { ModelEntry } from './sources';
import { startWorker } from './start-worker';
import { budget } from './thread-budget';
import type { EngineInfo, Fall } from './types';
import { WorkerHandle, type Handle } from './worker-handle';

export interface StartOptions {
  /** By name; null: the best that this browser takes. One that does not start gives way to the next best. */
  flavour?: string | null;
  /** Busy at once; null: as many as the machine has, up to eight. */
  threads?: number | null;
  /** Where the files are. */
  assets?: Assets;
  /** In the place of a worker: the engine in this thread, which has no others. */
  here?: () => Handle<EngineHost>;
  signal?: AbortSignal;
}

export interface LoadOptions {
  signal?: AbortSignal;
  /** Bytes. */
  onProgress?: (received: number, total: number) => void;
}

/**
 * An entry of the registry, and the address of its file; the file itself, where no server has it: a net that was trained in the page;
 * or what brings the file: a model that a store keeps.
 */
export type ModelSource = ModelEntry & { from: string | Blob | (() => Promise<Blob>) };

/** Helpers, scripts and binaries that did not come are asked for once more, before a slower flavour is: the reason may have passed. */
const ATTEMPTS = 2;

/**
 * A binary that the browser does not take, or that traps as it starts, does no better a second time. Anything else may: a worker's
 * script or a binary that did not come (WebKit refuses one now and then) once cost all flavours but the slowest, and nobody was told.
 */
function isFinal(error: unknown): boolean {
  return /wasm|WebAssembly|RuntimeError|unreachable/i.test(messageOf(error));
}

export class Engine {
  readonly info: EngineInfo;
  /** Aborted, with the `EngineError` as its reason, when the worker or one of its threads died: all that was asked of it has rejected. */
  readonly lost: AbortSignal;
  readonly #worker: Handle<EngineHost>;
  readonly #helpers: Helpers;

  private constructor(info: EngineInfo, worker: Handle<EngineHost>, helpers: Helpers) {
    this.info = info;
    this.lost = worker.lost;
    this.#worker = worker;
    this.#helpers = helpers;
  }

  static async start({ flavour = null, threads = null, assets = BUILT, here, signal }: StartOptions = {}): Promise<Engine> {
    const wanted = here ? 1 : (threads ?? defaultThreads());
    const names = await usable(flavour, wanted, assets.binaries);
    if (names.length === 0) {
      throw new EngineError('engine', 'This browser runs none of the engine’s builds: it lacks WebAssembly SIMD. A current one has it.');
    }
    const fell: Fall[] = [];
    let silent = false;
    for (const name of names) {
      if (silent && isThreaded(name)) continue; // its threads would not come either
      for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
        try {
          return await Engine.#begin(name, isThreaded(name) ? wanted : 1, fell, assets, here, signal);
        } catch (error) {
          if (isKind(error, 'cancelled')) throw error;
          fell.push({ flavour: name, why: messageOf(error) });
          silent = error instanceof Silence;
          if (isFinal(error)) break;
        }
      }
    }
    throw new EngineError('engine', `The engine did not start: ${fell.at(-1)!.why}`);
  }

  static async #begin(flavour: string, threads: number, fell: Fall[], assets: Assets, here: StartOptions['here'], signal?: AbortSignal): Promise<Engine> {
    if (signal?.aborted) throw cancelled();
    const worker = here?.() ?? new WorkerHandle<EngineHost>(startWorker(assets.worker, 'skipscope engine'), 'The engine’s worker');
    const helpers = new Helpers(threads - 1, assets.helper);
    helpers.onLost((error) => worker.fail(error));
    worker.lost.addEventListener('abort', () => helpers.end());
    const abort = () => worker.end();
    signal?.addEventListener('abort', abort, { once: true });
    try {
      const started = await worker.call((engine) => engine.start(flavour, binaryOf(flavour, assets.binaries), threads));
      if (started.join) {
        const { join } = started;
        await worker.call(() => helpers.join(join)); // as a call it settles when the worker is gone
        await inTime(worker.call((engine) => engine.build()));
      }
      return new Engine({ flavour, threads: started.threads, fell: fell.filter((one) => one.flavour !== flavour) }, worker, helpers);
    } catch (error) {
      worker.end();
      helpers.end();
      throw asEngineError(error);
    } finally {
      signal?.removeEventListener('abort', abort);
    }
  }

  /** Several nets may live in one engine: load the next, then dispose of the last. */
  async load({ from, ...entry }: ModelSource, { signal, onProgress }: LoadOptions = {}): Promise<Net> {
    const file = await handed(typeof from === 'function' ? await from() : from);
    const { net, info } = await this.#worker.call((engine, call) => engine.load(call, entry, file), {
      signal,
      onReport: (report) => onProgress?.(...(report as [received: number, total: number])),
      unwanted: (late) => this.#free(late.net),
    });
    return new Net(net, info, {
      ask: (ask, options) => this.#worker.call(ask, options),
      turn: (signal) => budget.take(this.info.threads, signal),
      free: () => this.#free(net),
    });
  }

  /** Bytes of WebAssembly memory: what the engine has taken, which a browser never takes back. */
  memory(): Promise<number> {
    return this.#worker.call((engine) => engine.memory());
  }

  /** Gives all of it back. What is still waited for rejects ('cancelled'). */
  dispose(): void {
    this.#worker.end();
    this.#helpers.end();
  }

  #free(net: number): void {
    this.#worker.call((engine) => engine.free(net)).catch(() => {}); // it is gone with its worker
  }
}
