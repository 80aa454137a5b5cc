/** What one element shows: a net on a picture, intact or lesioned. */
import { EngineError, isKind, messageOf, type BlockInfo, type Lesion, type Picture, type RunResult, type Scales } from '../engine';
import { intactScales, known, scalesOf } from '../render/lesion';
import type { Subject } from '../views/stage/words';
import type { ElementModel } from './models';
import { lease, type Lease } from './shared';

export type ElementPicture = string | Blob;

export const VIEWS = ['map', 'block', 'depth', 'paths'] as const;
export type View = (typeof VIEWS)[number];

/** What the element's author hears of. */
export interface Told {
  result(result: RunResult): void;
  error(error: EngineError): void;
  /** By the visitor's own hand. */
  block(block: string): void;
  lesion(lesion: Lesion): void;
}

let pictures = 0;

export class Scene {
  views = $state.raw<readonly View[]>(['map', 'block']);
  dark = $state(false);
  model = $state.raw<ElementModel>('resnet20');
  picture = $state.raw<ElementPicture | null>(null);
  block = $state<string | null>(null);
  lesion = $state.raw<Lesion>({});
  /** It has been in sight: nothing is fetched before. */
  seen = $state(false);
  hovered = $state<string | null>(null);
  subject = $state.raw<Subject>('colours');

  loading = $state.raw<{ received: number; total: number } | null>(null);
  running = $state(false);
  intact = $state.raw<RunResult | null>(null);
  result = $state.raw<RunResult | null>(null);
  problem = $state<string | null>(null);

  #lease: Lease | null = null;
  /** What the lease is of. */
  #leased: ElementModel | null = null;
  #load = new AbortController();
  #run = new AbortController();
  #opened: { from: ElementPicture; picture: Picture } | null = null;

  constructor(private readonly told: Told) {}

  get blocks(): BlockInfo[] {
    return this.result?.model.blocks ?? [];
  }

  /** The one that is asked for, or the first that adds to an x as it is. */
  get open(): string | null {
    return this.#openOf(this.blocks);
  }

  /** Brings what is shown in line with what is wanted. Reads all that it depends on before it first waits. */
  async show(): Promise<void> {
    const { model, picture, seen, block, lesion } = this;
    if (!seen || !picture) return;
    if (this.#leased !== model || this.#lease?.shared.lost.aborted) {
      if (!(await this.#take(model))) return;
    }
    const taken = this.#lease;
    if (taken && this.#leased === model) await this.#look(taken, picture, block, lesion);
  }

  openBlock(block: string): void {
    if (block === this.open) return;
    this.block = block;
    this.told.block(block);
  }

  setScales(block: string, scales: Scales): void {
    const { [block]: _, ...others } = this.lesion;
    this.setLesion(intactScales(scales) ? others : { ...others, [block]: scales });
  }

  setLesion(lesion: Lesion): void {
    this.lesion = lesion;
    this.told.lesion(lesion);
  }

  scales(block: string): Scales {
    return scalesOf(this.lesion, block);
  }

  async again(): Promise<void> {
    this.#give();
    await this.show();
  }

  cancel(): void {
    this.#give();
    this.problem = 'Loading was cancelled.';
  }

  /** The model file of what is shown. */
  get file(): Blob | null {
    return this.result ? (this.#lease?.shared.file ?? null) : null;
  }

  /** Lets go of everything; what was shown stays. */
  end(): void {
    this.#run.abort();
    this.#give();
  }

  #openOf(blocks: BlockInfo[]): string | null {
    const asked = blocks.find(({ name }) => name === this.block);
    return (asked ?? blocks.find(({ shortcut }, index) => index > 0 && shortcut === 'identity') ?? blocks[0])?.name ?? null;
  }

  async #take(model: ElementModel): Promise<boolean> {
    this.#give();
    const mine = (this.#load = new AbortController());
    this.#leased = model;
    this.problem = null;
    this.loading = { received: 0, total: 0 };
    try {
      const taken = await lease(model, (received, total) => this.#load === mine && (this.loading = { received, total }), mine.signal);
      if (this.#load !== mine) {
        taken.release();
        return false;
      }
      this.#lease = taken;
      return true;
    } catch (error) {
      if (this.#load === mine && !mine.signal.aborted) {
        this.#leased = null;
        this.#fail(error);
      }
      return false;
    } finally {
      if (this.#load === mine) this.loading = null;
    }
  }

  async #look({ shared }: Lease, from: ElementPicture, block: string | null, wanted: Lesion): Promise<void> {
    this.#run.abort();
    const { signal } = (this.#run = new AbortController());
    this.running = true;
    try {
      const picture = await this.#fetch(from, signal);
      const { blocks } = shared.net.info;
      const keep = blocks.find(({ name }) => name === block)?.name ?? this.#openOf(blocks);
      const { intact, result } = await shared.run(picture, { lesion: known(wanted, blocks), keep, signal });
      if (signal.aborted) return;
      this.problem = null;
      Object.assign(this, { intact, result });
      this.told.result(result);
    } catch (error) {
      if (!signal.aborted && !isKind(error, 'cancelled')) this.#fail(error);
    } finally {
      if (!signal.aborted) this.running = false;
    }
  }

  /** A file is fetched once. */
  async #fetch(from: ElementPicture, signal: AbortSignal): Promise<Picture> {
    if (this.#opened?.from === from) return this.#opened.picture;
    let blob: Blob;
    let name = 'picture';
    if (typeof from === 'string') {
      name = decodeURIComponent(new URL(from, document.baseURI).pathname.split('/').at(-1) || name);
      let response: Response;
      try {
        response = await fetch(from, { signal });
      } catch (error) {
        signal.throwIfAborted();
        throw new EngineError('network', `“${name}” could not be fetched: ${messageOf(error)}`);
      }
      if (!response.ok) throw new EngineError('not-found', `“${name}” could not be fetched: the server answered ${response.status}.`);
      blob = await response.blob();
    } else {
      blob = from;
      if (from instanceof File) name = from.name;
    }
    this.#opened = { from, picture: { id: ++pictures, name, blob } };
    return this.#opened.picture;
  }

  #give(): void {
    this.#load.abort();
    this.#lease?.release();
    this.#lease = this.#leased = this.loading = null;
  }

  #fail(error: unknown): void {
    this.problem = messageOf(error);
    this.told.error(error instanceof EngineError ? error : new EngineError('engine', messageOf(error)));
  }
}
