/** The engine as the page's thread sees it: typed calls into a worker that may be started anew. */
import * as Comlink from 'comlink';
import { EngineError } from './errors';
import type { ModelEntry } from './registry';
import type { Damage, EngineInfo, ModelInfo, RunRequest, RunResult, Wish } from './types';
import type { Engine } from './worker';

export class EngineClient {
  #worker: Worker | null = null;
  #remote: Comlink.Remote<Engine> | null = null;
  /** Rejects when the worker's script itself fails; without it a call into a dead worker would wait for ever. */
  #dead: Promise<never> = new Promise(() => {});

  /** Starts the engine; called again, it throws the old worker away (its memory and its model too). */
  async start(wish: Wish): Promise<EngineInfo> {
    this.#worker?.terminate();
    const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module', name: 'skipscope engine' });
    this.#worker = worker;
    this.#remote = Comlink.wrap<Engine>(worker);
    this.#dead = new Promise((_, reject) => {
      worker.addEventListener('error', (event) => {
        event.preventDefault();
        reject(new EngineError('crashed', `The engine’s worker failed${event.message ? `: ${event.message}` : '.'}`));
      });
    });
    this.#dead.catch(() => {}); // whoever waits for an answer hears of it
    return this.#ask((engine) => engine.start(wish));
  }

  /** Gives worker, memory and model back. What was asked for is never answered. */
  stop(): void {
    this.#worker?.terminate();
    this.#worker = null;
    this.#remote = null;
  }

  load(entry: ModelEntry, url: string, onProgress: (received: number, total: number) => void): Promise<ModelInfo> {
    return this.#ask((engine) => engine.load(entry, url, Comlink.proxy(onProgress)));
  }

  cancelLoad(): void {
    void this.#remote?.cancelLoad();
  }

  /** Null: a newer run took this one's place. A frame of the camera is given away. */
  run(request: RunRequest): Promise<RunResult | null> {
    const { blob } = request.picture;
    return this.#ask((engine) => engine.run(blob instanceof Blob ? request : Comlink.transfer(request, [blob])));
  }

  classify(request: RunRequest): Promise<RunResult> {
    return this.#ask((engine) => engine.classify(request));
  }

  /** Remembers the last picture's intact run, so that lesions resume in its middle. */
  prepare(): Promise<void> {
    return this.#ask((engine) => engine.prepare());
  }

  /** Cuts F(x) of one block after the other on the last picture. Null: cancelled, or another picture came. */
  sweep(onDamage: (damage: Damage, blocks: number) => void): Promise<Damage[] | null> {
    return this.#ask((engine) => engine.sweep(Comlink.proxy(onDamage)));
  }

  cancelSweep(): void {
    void this.#remote?.cancelSweep();
  }

  /** Bytes of the engine's memory. */
  memory(): Promise<number> {
    return this.#ask((engine) => engine.memory());
  }

  #ask<T>(call: (engine: Comlink.Remote<Engine>) => Promise<T>): Promise<T> {
    if (!this.#remote) return Promise.reject(new EngineError('engine', 'The engine has not been started.'));
    return Promise.race([call(this.#remote), this.#dead]);
  }
}
