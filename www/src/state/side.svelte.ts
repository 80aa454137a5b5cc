/** One net on one picture: what is loaded, what it came to, what is on its way, what went wrong. The explorer has one, a comparison two. */
import { type BlockInfo, type Crop, isKind, type Lesion, messageOf, type ModelInfo, type ModelSource, type Net, type Picture, type RunResult } from '../engine';
import { known } from '../render/lesion';
import type { Host } from './host.svelte';

export interface Wanted {
  source: ModelSource;
  /** Null: there is none. */
  picture: () => Promise<Picture | null>;
  crop: Crop | null;
  lesion: Lesion;
  /** Which block comes along whole: known once the model's blocks are. */
  block: (blocks: BlockInfo[]) => string | null;
}

export interface Problem {
  message: string;
  retry: (() => void) | null;
  /** What the button says. */
  action?: string;
}

export type Subject = 'engine' | 'model' | 'picture';

/** A model that comes, or has come, while another one is shown. */
export interface Ahead {
  source: ModelSource;
  received: number;
  total: number;
  /** It can be shown at once. */
  ready: boolean;
}

export const TOP = 5;

/** What its file says of a model may change: it is another one then. */
const key = ({ id, version = 0 }: ModelSource) => `${id} ${version}`;

export class Side {
  net = $state.raw<Net | null>(null);
  loading = $state.raw<{ source: ModelSource; received: number; total: number } | null>(null);
  running = $state(false);
  /** What is shown. The last result stays until a newer one replaces it. */
  result = $state.raw<RunResult | null>(null);
  /** The intact net's result on the same picture: `result` itself without a lesion. Null under a lesion in live video. */
  intact = $state.raw<RunResult | null>(null);
  /** A camera runs: its frames are shown instead of the picture. Whoever feeds them stops when this ends. */
  live = $state(false);
  problems = $state.raw<Partial<Record<Subject, Problem>>>({});
  /** Loaded ahead of being wanted. */
  ahead = $state.raw<Ahead | null>(null);

  readonly host: Host;
  #wanted: Wanted | null = null;
  #load: { source: ModelSource; ends: AbortController } | null = null;
  /** The one that `net` is. */
  #loaded: string | null = null;
  #ahead: { key: string; ends: AbortController; net: Promise<Net>; onProgress: (received: number, total: number) => void } | null = null;
  /** A model that could not be loaded, or whose load was cancelled: tried again when asked to, not at every change. */
  #failed: string | null = null;
  #run = new AbortController();
  /** What the net looks at. */
  #seen: string | null = null;
  #idle: (() => void)[] = [];

  constructor(host: Host) {
    this.host = host;
    host.onlost = (reason, comesBack) => this.#lost(reason, comesBack);
  }

  get model(): ModelInfo | null {
    return this.net?.info ?? null;
  }

  get problem(): Problem | null {
    const { engine, model, picture } = this.problems;
    return engine ?? model ?? picture ?? null;
  }

  /** Brings what is loaded and shown in line with what is wanted. While a model is on its way, the one we have goes on working. */
  async show(wanted: Wanted, { again = false, spare = null }: { again?: boolean; spare?: Wanted | null } = {}): Promise<void> {
    this.#wanted = wanted;
    if (again) this.#failed = null;
    const wants = key(wanted.source);
    if (!this.#load || key(this.#load.source) !== wants) {
      this.#giveUp();
      if (this.net && this.#loaded === wants) this.#tell('model');
      else if (this.#failed !== wants) {
        this.#tell('model');
        await this.#fetch(wanted);
      }
      // A link to a model that cannot be had still opens on something.
      if (!this.net && !this.#load && !this.problems.engine && spare && key(spare.source) !== wants) await this.#fetch(spare);
    }
    await this.#look();
  }

  /** Runs a frame of a video and shows it; false where it was not shown. Nothing queues as long as the caller waits. */
  async frame(picture: Picture): Promise<boolean> {
    const { net } = this;
    const wanted = this.#wanted;
    if (!net || !wanted || this.loading || !this.live) {
      if (picture.blob instanceof ImageBitmap) picture.blob.close();
      return false;
    }
    const signal = this.#newRun();
    const { lesion, keep } = this.#asked(net, wanted);
    try {
      const result = await net.classify(picture, { lesion, keep, topK: TOP, signal });
      if (signal.aborted || !this.live) return false;
      this.result = result;
      this.intact = Object.keys(lesion).length ? null : result;
      return true;
    } catch (error) {
      this.#fail(error, signal);
      return false;
    }
  }

  /** A lesion is about to come: lets the engine remember where to resume, so that it comes at once. */
  prepare(): void {
    if (this.net && this.intact) this.net.prepare().catch(() => {}); // a crash shows by itself
  }

  /** Loads a model while another one is shown: `show` then has it at once. False: it did not come. */
  async loadAhead(source: ModelSource): Promise<boolean> {
    this.dropAhead();
    const engine = await this.host.get();
    const ends = new AbortController();
    const tell = (received: number, total: number, ready = false) => {
      if (this.#ahead === mine) this.ahead = { source, received, total, ready };
    };
    const mine = {
      key: key(source),
      ends,
      onProgress: tell,
      net: engine.load(source, { signal: ends.signal, onProgress: (received, total) => mine.onProgress(received, total) }),
    };
    this.#ahead = mine;
    tell(0, source.bytes);
    try {
      await mine.net;
      tell(source.bytes, source.bytes, true);
      return this.#ahead === mine;
    } catch {
      if (this.#ahead === mine) this.dropAhead(); // nobody asked for it: nothing to be told
      return false;
    }
  }

  dropAhead(): void {
    const before = this.#ahead;
    this.#ahead = this.ahead = null;
    if (!before) return;
    before.ends.abort();
    before.net.then((net) => net.dispose()).catch(() => {});
  }

  /** Gives up a load. What was there before is still there. */
  cancelLoad(): void {
    if (!this.#load) return;
    const { source } = this.#load;
    this.#giveUp();
    this.#refuse(source, `Loading ${source.title} was cancelled.`);
  }

  dismiss(subject: Subject): void {
    this.#tell(subject);
  }

  /** Resolves when no model is on its way any more: an engine that was lost and comes back sends the same one on its way again. */
  async settled(): Promise<void> {
    while (this.#load) await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  /** Gives the engine back, and all it held. */
  stop(): void {
    this.#giveUp();
    this.dropAhead();
    this.#newRun();
    this.host.stop();
    this.#wanted = this.#failed = this.#seen = null;
    Object.assign(this, { net: null, result: null, intact: null, running: false, live: false, problems: {} });
  }

  async #fetch({ source }: Wanted): Promise<void> {
    const mine = (this.#load = { source, ends: new AbortController() });
    const current = () => this.#load === mine;
    try {
      const engine = await this.host.get();
      if (!current()) return;
      this.loading = { source, received: 0, total: source.bytes };
      const onProgress = (received: number, total: number) => {
        if (current()) this.loading = { source, received, total };
      };
      const net = await (this.#takeAhead(source, mine.ends, onProgress) ?? engine.load(source, { signal: mine.ends.signal, onProgress }));
      if (!current()) return net.dispose();
      this.#newRun();
      this.#seen = null;
      this.net?.dispose();
      this.net = net;
      this.#loaded = key(source);
      if (this.problems.engine?.retry) this.#tell('engine');
    } catch (error) {
      if (!current()) return;
      if (!this.host.info) this.#tell('engine', { message: messageOf(error), retry: () => this.#again() });
      else if (!isKind(error, 'crashed')) this.#refuse(source, messageOf(error));
    }
    if (current()) this.#giveUp();
  }

  /** What was loaded ahead, or is on its way, is this load from now on. */
  #takeAhead(source: ModelSource, { signal }: AbortController, onProgress: (received: number, total: number) => void): Promise<Net> | null {
    const ahead = this.#ahead;
    if (ahead?.key !== key(source)) return null;
    if (this.ahead && !this.ahead.ready) onProgress(this.ahead.received, this.ahead.total);
    this.#ahead = this.ahead = null;
    ahead.onProgress = onProgress;
    signal.addEventListener('abort', () => ahead.ends.abort(), { once: true });
    return ahead.net;
  }

  async #look(): Promise<void> {
    const { net } = this;
    const wanted = this.#wanted;
    if (!net || !wanted || this.live) return; // a frame shows it
    const signal = this.#newRun();
    this.#tell('picture');
    this.running = true;
    try {
      const picture = await wanted.picture();
      if (!picture || signal.aborted) return;
      const { crop, lesion, keep } = this.#asked(net, wanted);
      const seen = JSON.stringify([picture.id, crop]);
      if (this.#seen !== seen) {
        this.#seen = null; // whether or not it gets there
        await net.look(picture, crop, { signal });
        if (signal.aborted) return;
        this.#seen = seen;
      }
      const { intact, result } = await net.run({ lesion, keep, topK: TOP, signal });
      if (signal.aborted) return;
      Object.assign(this, { intact, result });
    } catch (error) {
      this.#fail(error, signal);
    } finally {
      if (!signal.aborted) this.running = false;
    }
  }

  #asked({ info: { blocks } }: Net, { crop, lesion, block }: Wanted) {
    return { crop: $state.snapshot(crop), lesion: known(lesion, blocks), keep: block(blocks) };
  }

  /** A newer run takes the place of the one under way. */
  #newRun(): AbortSignal {
    this.#run.abort();
    this.#run = new AbortController();
    this.running = false;
    return this.#run.signal;
  }

  #giveUp(): void {
    this.#load?.ends.abort();
    this.#load = null;
    this.loading = null;
    for (const resolve of this.#idle.splice(0)) resolve();
  }

  #refuse(source: ModelSource, message: string): void {
    this.#failed = key(source);
    this.#tell('model', { message, retry: () => this.#again() });
  }

  #fail(error: unknown, signal: AbortSignal): void {
    if (signal.aborted || isKind(error, 'cancelled') || isKind(error, 'crashed')) return; // of a crash the engine itself tells
    this.#tell('picture', { message: messageOf(error), retry: () => this.#again() });
  }

  /** All that the engine held is gone. What it computed stays. */
  #lost(reason: unknown, comesBack: boolean): void {
    this.#giveUp();
    this.dropAhead();
    this.#newRun();
    this.#seen = null;
    Object.assign(this, { net: null, live: false });
    const said = messageOf(reason);
    if (comesBack) {
      this.#tell('engine', { message: `${said} It was started again.`, retry: null });
      if (this.#wanted) void this.show(this.#wanted);
    } else {
      this.#tell('engine', { message: said, retry: () => this.#again(), action: 'Start again' });
    }
  }

  #again(): void {
    if (this.problems.engine) this.host.again();
    this.problems = {};
    if (this.#wanted) void this.show(this.#wanted, { again: true });
  }

  #tell(subject: Subject, problem?: Problem): void {
    this.problems = { ...this.problems, [subject]: problem };
  }
}
