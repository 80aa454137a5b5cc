/** A model that is loaded: it looks at a picture and runs, intact or lesioned. */
import * as Comlink from 'comlink';
import { handedPicture, type HandedPicture } from './handed';
import { withIntact } from './merge';
import type { Bare, Seen, Traced } from './protocol';
import type { Crop, Damage, Lesion, ModelInfo, Picture, RunResult } from './types';
import type { CallOptions } from './worker-handle';
import type { EngineHost } from './host';

export interface RunOptions {
  lesion?: Lesion;
  /** Name of the block that comes along whole. */
  keep?: string | null;
  /** How many classes are ranked, and get a class activation map. */
  topK?: number;
  signal?: AbortSignal;
}

export interface Run {
  intact: RunResult;
  /** The lesioned run; without a lesion it is the intact one itself. */
  result: RunResult;
}

/** What a net has of its engine. */
export interface Link {
  ask<R>(ask: (engine: Comlink.Remote<EngineHost>, call: number) => Promise<R>, options?: CallOptions<R>): Promise<R>;
  /** Waits until the engine's threads may be busy. */
  turn(signal: AbortSignal): Promise<() => void>;
  free(): void;
}

const TOP = 5;

export class Net {
  readonly info: ModelInfo;
  readonly #id: number;
  readonly #link: Link;
  /** The newest of its kind: it supersedes those before it. */
  #look: AbortController | null = null;
  #run: AbortController | null = null;
  /** The last intact run, and of which look it is. */
  #intact: { look: number; topK: number; result: RunResult } | null = null;

  constructor(id: number, info: ModelInfo, link: Link) {
    this.#id = id;
    this.info = info;
    this.#link = link;
  }

  /**
   * What runs next runs on this. Without a crop: on the centre, as torchvision cuts it. A frame of a video (an ImageBitmap) is used
   * up. A newer look ends this one, and what runs on the one before.
   */
  async look(picture: Picture, crop: Crop | null, { signal }: { signal?: AbortSignal } = {}): Promise<Seen> {
    this.#run?.abort();
    this.#look?.abort();
    const mine = (this.#look = following(signal));
    const { look: _, ...seen } = await this.#withFrame(picture, (given) =>
      this.#link.ask((engine, call) => engine.look(call, this.#id, given(), crop), { signal: mine.signal }),
    );
    return seen;
  }

  /** Runs what was looked at: intact first, where that run is not known yet, then with the lesion. A newer run ends this one. */
  async run({ lesion = {}, keep = null, topK = TOP, signal }: RunOptions = {}): Promise<Run> {
    this.#run?.abort();
    const mine = (this.#run = following(signal));
    const count = whole(topK);
    const known = this.#intact?.topK === count ? this.#intact : null;
    const order = { lesion, keep: this.#index(keep), topK: count, known: known && { look: known.look, detail: known.result.detail?.block ?? null } };
    const { look, intact, lesioned } = await this.#link.ask((engine, call) => engine.run(call, this.#id, order), this.#computing(mine.signal));
    if (intact) this.#intact = { look, topK: count, result: this.#whole(intact) };
    else if (known) this.#intact = known; // another run may have come in between
    const before = this.#intact!.result;
    if (!lesioned) return { intact: before, result: before };
    const result = this.#whole(lesioned);
    // A block before the lesion is what it was in the intact run, whichever of the two it was looked into in.
    if (result.detail && result.detail.block < result.from) this.#intact = { look, topK: count, result: { ...before, detail: result.detail } };
    return { intact: this.#intact!.result, result: withIntact(result, this.#intact!.result) };
  }

  /** Beside what is looked at, and never superseded: from the pixels on, a lesion too. Also for frames under a lesion, which need no intact run. */
  async classify(
    picture: Picture,
    { crop = null, lesion = {}, keep = null, topK = TOP, signal }: RunOptions & { crop?: Crop | null } = {},
  ): Promise<RunResult> {
    const order = { lesion, keep: this.#index(keep), topK: whole(topK), known: null };
    const result = await this.#withFrame(picture, (given) =>
      this.#link.ask((engine, call) => engine.classify(call, this.#id, given(), crop, order), this.#computing(signal)),
    );
    return this.#whole(result);
  }

  /** Beside what is looked at, too: the blocks that are named, whole. */
  trace(
    picture: Picture,
    { crop = null, lesion = {}, blocks = [], topK = TOP, signal }: Omit<RunOptions, 'keep'> & { crop?: Crop | null; blocks?: readonly string[] } = {},
  ): Promise<Traced> {
    const order = { lesion, keep: blocks.map((name) => this.#index(name)), topK: whole(topK) };
    return this.#withFrame(picture, (given) => this.#link.ask((engine, call) => engine.trace(call, this.#id, given(), crop, order), this.#computing(signal)));
  }

  /** A lesion is about to come: remembers the intact run on what is looked at, so that it resumes in its middle. */
  prepare({ signal }: { signal?: AbortSignal } = {}): Promise<void> {
    return this.#link.ask((engine, call) => engine.prepare(call, this.#id), this.#computing(signal));
  }

  /** Cuts F(x) of every block in turn (Veit et al. 2016, section 4.1) on what is looked at; other calls come in between. A newer look ends it. */
  async sweep({ onDamage, signal }: { onDamage?: (damage: Damage, blocks: number) => void; signal?: AbortSignal } = {}): Promise<Damage[]> {
    const { length } = this.info.blocks;
    const all: Damage[] = [];
    let look: number | null = null;
    for (let block = 0; block < length; block++) {
      const cut = await this.#link.ask((engine, call) => engine.cut(call, this.#id, block, look), this.#computing(signal));
      look = cut.look;
      all.push(cut.damage);
      onDamage?.(cut.damage, length);
    }
    return all;
  }

  /** Milliseconds of each block in one run of the intact net on what is looked at. */
  time({ signal }: { signal?: AbortSignal } = {}): Promise<number[]> {
    return this.#link.ask((engine, call) => engine.time(call, this.#id), this.#computing(signal));
  }

  /** Gives the model's memory back to the engine; what still runs on it rejects ('cancelled'). */
  dispose(): void {
    this.#look?.abort();
    this.#run?.abort();
    this.#intact = null;
    this.#link.free();
  }

  #computing<R>(signal: AbortSignal | undefined): CallOptions<R> {
    return { signal, turn: (settled) => this.#link.turn(settled) };
  }

  #index(keep: string | null): number {
    return keep === null ? -1 : this.info.blocks.findIndex(({ name }) => name === keep);
  }

  #whole(result: Bare): RunResult {
    return { ...result, model: this.info };
  }

  /** A frame is given away, and let go of where the worker never came to it. */
  async #withFrame<R>({ id, name, blob }: Picture, use: (given: () => HandedPicture) => Promise<R>): Promise<R> {
    if (blob instanceof Blob) {
      const file = handedPicture({ id, name, blob });
      const given = file instanceof Promise ? await file : file; // else at once: what is asked next comes after it
      return use(() => given);
    }
    try {
      return await use(() => Comlink.transfer({ id, name, blob }, [blob]));
    } finally {
      blob.close();
    }
  }
}

/** A controller that is aborted with the given signal, and may be before. */
function following(signal?: AbortSignal): AbortController {
  const controller = new AbortController();
  if (signal?.aborted) controller.abort();
  signal?.addEventListener('abort', () => controller.abort(), { once: true, signal: controller.signal });
  return controller;
}

/** A count of classes, whatever was asked for: -1 and NaN are none. */
function whole(count: number): number {
  return count > 0 ? Math.min(Math.floor(count), 0xffff) : 0;
}
