/** The second side of a comparison: an engine of its own in a worker of its own, for as long as the comparison is looked at. */
import { EngineClient } from '../engine/client';
import { isKind, messageOf } from '../engine/errors';
import { withIntact } from '../engine/merge';
import type { ModelEntry } from '../engine/registry';
import type { BlockInfo, Crop, Lesion, ModelInfo, Picture, RunRequest, RunResult } from '../engine/types';
import { MODELS, TOP, type Problem } from './app.svelte';
import { known } from './lesion';
import { readWish } from './url';

export interface Wanted {
  entry: ModelEntry;
  picture: () => Promise<Picture>;
  crop: Crop | null;
  lesion: Lesion;
  /** Which block comes along whole: known once the model's blocks are. */
  block: (blocks: BlockInfo[]) => string | null;
}

class Other {
  model = $state.raw<ModelInfo | null>(null);
  /** What is shown. The last result stays until a newer one replaces it. */
  result = $state.raw<RunResult | null>(null);
  loading = $state.raw<{ entry: ModelEntry; received: number; total: number } | null>(null);
  running = $state(false);
  problem = $state.raw<Problem | null>(null);
  /** A picture of the visitor's own to compare with: it outlives the engine. */
  own = $state.raw<Picture | null>(null);

  #client: EngineClient | null = null;
  /** Settles when the engine is there. */
  #started: Promise<unknown> = Promise.resolve();
  #wanted: Wanted | null = null;
  #latest = 0;
  #pending: { id: string; model: Promise<ModelInfo> } | null = null;
  /** A model that could not be loaded, or whose load was cancelled: tried again when asked to, not at every change. */
  #failed: { id: string; problem: Problem } | null = null;

  /** Starts the engine if there is none, loads the model if it is another, and runs it. */
  async show(wanted: Wanted): Promise<void> {
    const mine = ++this.#latest;
    const current = () => mine === this.#latest;
    this.#wanted = wanted;
    this.problem = null;
    if (this.#failed?.id === wanted.entry.id) {
      this.problem = this.#failed.problem;
      return;
    }
    this.#failed = null;
    this.running = true;
    try {
      const client = await this.#engine();
      if (!current()) return;
      const model = await this.#load(client, wanted.entry);
      if (!current()) return;
      const result = await this.#run(client, model, wanted, current);
      if (result && current()) this.result = result;
    } catch (error) {
      if (current()) this.#fail(error, wanted.entry);
    } finally {
      if (current()) this.running = false;
    }
  }

  cancelLoad(): void {
    this.#client?.cancelLoad();
  }

  /** Gives the worker back, and all it held. */
  stop(): void {
    this.#latest++;
    this.#client?.stop();
    this.#client = null;
    this.#wanted = null;
    this.#failed = null;
    this.#pending = null;
    this.model = null;
    this.result = null;
    this.loading = null;
    this.running = false;
    this.problem = null;
  }

  async #engine(): Promise<EngineClient> {
    if (!this.#client) {
      this.#client = new EngineClient();
      this.#started = this.#client.start(readWish(location.search));
    }
    const client = this.#client;
    await this.#started;
    return client;
  }

  #load(client: EngineClient, entry: ModelEntry): Promise<ModelInfo> {
    if (this.#pending?.id === entry.id) return this.#pending.model; // another block may be opened while a model arrives
    if (this.model?.id === entry.id && !this.#pending) return Promise.resolve(this.model);
    const mine = {
      id: entry.id,
      model: client.load(entry, MODELS + entry.file, (received, total) => {
        if (this.#pending === mine) this.loading = { entry, received, total };
      }),
    };
    this.#pending = mine;
    this.loading = { entry, received: 0, total: entry.bytes };
    const done = (model: ModelInfo | null) => {
      if (this.#pending !== mine) return;
      this.model = model ?? this.model;
      this.#pending = null;
      this.loading = null;
    };
    mine.model.then(done, () => done(null));
    return mine.model;
  }

  async #run(client: EngineClient, model: ModelInfo, wanted: Wanted, current: () => boolean): Promise<RunResult | null> {
    const picture = await wanted.picture();
    if (!current()) return null;
    const lesion = known(wanted.lesion, model.blocks);
    const request: Omit<RunRequest, 'lesion'> = { picture, crop: wanted.crop, topK: TOP, block: wanted.block(model.blocks) };
    const intact = await client.run({ ...request, lesion: {} });
    if (!intact || !current() || Object.keys(lesion).length === 0) return intact;
    const run = await client.run({ ...request, lesion });
    return run && withIntact(run, intact);
  }

  #fail(error: unknown, entry: ModelEntry): void {
    const problem = { message: messageOf(error), retry: () => this.#retry(error) };
    this.problem = problem;
    if (this.model?.id !== entry.id) this.#failed = { id: entry.id, problem };
  }

  #retry(error: unknown): void {
    const wanted = this.#wanted;
    // What crashed, or never came up, is of no use any more.
    if (isKind(error, 'crashed') || !this.model) this.stop();
    this.#failed = null;
    if (wanted) void this.show(wanted);
  }
}

export const other = new Other();
