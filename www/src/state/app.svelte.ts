/** The page's one store: what is wanted (the address), what is loaded, what is shown, what went wrong. */
import { EngineClient } from '../engine/client';
import { isKind, messageOf } from '../engine/errors';
import { readRegistry, type ModelEntry } from '../engine/registry';
import type { EngineInfo, ModelInfo, Picture, RunResult } from '../engine/types';
import { addOwn, fetchSample, ownPicture, readSamples, type Sample } from './pictures';
import { readPlace, readWish, writePlace, type Place } from './url';

export interface Problem {
  message: string;
  retry: (() => void) | null;
}

export const TOP = 5;
export const CHANNELS = 11; // and the mean: twelve cells
const DEFAULT_MODEL = 'resnet20';
const MODELS = new URL('models/', document.baseURI).href;

class App {
  models = $state.raw<ModelEntry[]>([]);
  samples = $state.raw<Sample[]>([]);
  engine = $state.raw<EngineInfo | null>(null);
  place = $state<Place>({ view: null, model: DEFAULT_MODEL, sample: null, block: null });
  loading = $state.raw<{ entry: ModelEntry; received: number; total: number } | null>(null);
  model = $state.raw<ModelInfo | null>(null);
  running = $state(false);
  /** The last result stays until a newer one replaces it. */
  result = $state.raw<RunResult | null>(null);
  problems = $state.raw<{ engine?: Problem; model?: Problem; picture?: Problem }>({});

  readonly client = new EngineClient();
  #picture: Picture | null = null;
  #runs = 0;
  #loads = 0;
  /** A model that could not be loaded: tried again when asked to, not at every click. */
  #failed: string | null = null;
  #idle: (() => void)[] = [];

  entry(id: string): ModelEntry | undefined {
    return this.models.find((model) => model.id === id);
  }

  async start(): Promise<void> {
    this.#problem('engine');
    try {
      const [engine, models, samples] = await Promise.all([
        this.client.start(readWish(location.search)),
        readRegistry(`${MODELS}registry.json`),
        readSamples().catch(() => []),
      ]);
      this.engine = engine;
      this.models = models;
      this.samples = samples;
      await this.restore();
    } catch (error) {
      this.#problem('engine', messageOf(error), () => this.start());
    }
  }

  /** Shows what the address says: at the start, and on back and forward. */
  async restore(): Promise<void> {
    const asked = readPlace(location.search);
    this.place.view = asked.view === 'benchmark' ? asked.view : null;
    const own = ownPicture(Number(history.state?.picture));
    this.place.model = asked.model && this.entry(asked.model) ? asked.model : (this.entry(DEFAULT_MODEL) ?? this.models[0]!).id;
    this.place.block = asked.block ?? null;
    this.place.sample = own ? null : (this.samples.find(({ id }) => id === asked.sample) ?? this.samples[0])?.id ?? null;
    if (own) this.#picture = own;
    this.#write('replace');
    await this.#show();
  }

  /** Null: the explorer. */
  selectView(view: string | null): void {
    if (view === this.place.view) return;
    this.place.view = view;
    this.#write('push');
  }

  async selectModel(id: string): Promise<void> {
    if (id === this.place.model && id === this.model?.id) return;
    this.place.model = id;
    this.#failed = null;
    this.#write('push');
    await this.#show();
  }

  async selectSample(id: string): Promise<void> {
    this.place.sample = id;
    this.#write('push');
    await this.#show();
  }

  async usePicture(blob: Blob, name: string): Promise<void> {
    this.#picture = addOwn(blob, name);
    this.place.sample = null;
    this.#write('push');
    await this.#show();
  }

  async toggleBlock(name: string): Promise<void> {
    this.place.block = this.place.block === name ? null : name;
    this.#write('push');
    await this.#show();
  }

  /** Gives up a load; the model that was there before is then the wanted one again. */
  cancelLoad(): void {
    this.client.cancelLoad();
  }

  dismiss(subject: 'model' | 'picture'): void {
    this.#problem(subject);
    if (subject === 'model' && this.model) {
      this.place.model = this.model.id;
      this.#write('replace');
    }
  }

  /** Resolves when the wanted model is loaded, or failed to. */
  settled(): Promise<void> {
    return this.loading ? new Promise((resolve) => this.#idle.push(resolve)) : Promise.resolve();
  }

  /** Brings what is loaded and shown in line with what is wanted. While a model is on its way, the one we have goes on working. */
  async #show(): Promise<void> {
    const wanted = this.place.model;
    if (this.loading?.entry.id !== wanted) {
      if (this.loading) this.#giveUp();
      if (this.model?.id !== wanted && this.#failed !== wanted) {
        this.#problem('model');
        await this.#load(this.entry(wanted)!);
      }
      // A link to a model that cannot be had still opens on something.
      const spare = this.entry(DEFAULT_MODEL);
      if (!this.model && !this.loading && spare && spare.id !== wanted) await this.#load(spare);
    }
    await this.#run();
  }

  async #load(entry: ModelEntry): Promise<void> {
    const mine = ++this.#loads;
    this.loading = { entry, received: 0, total: entry.bytes };
    try {
      const model = await this.client.load(entry, MODELS + entry.file, (received, total) => {
        // It comes through a port of its own, and may come after the model itself.
        if (mine === this.#loads && this.loading) this.loading = { entry, received, total };
      });
      if (mine !== this.#loads) return;
      this.model = model;
    } catch (error) {
      if (mine !== this.#loads) return;
      if (isKind(error, 'cancelled') && this.model) return this.#loaded(() => this.dismiss('model'));
      if (entry.id === this.place.model) {
        this.#failed = entry.id;
        this.#problem('model', messageOf(error), () => this.#retry(error));
      }
    }
    this.#loaded();
  }

  #giveUp(): void {
    this.#loads++;
    this.client.cancelLoad();
    this.#loaded();
  }

  #loaded(then?: () => void): void {
    this.loading = null;
    then?.();
    for (const resolve of this.#idle.splice(0)) resolve();
  }

  async #run(): Promise<void> {
    if (!this.model) return;
    const mine = ++this.#runs;
    this.#problem('picture');
    this.running = true;
    try {
      const sample = this.samples.find(({ id }) => id === this.place.sample);
      if (sample) this.#picture = await fetchSample(sample);
      if (!this.#picture || mine !== this.#runs) return;
      const block = this.model.blocks.some(({ name }) => name === this.place.block) ? this.place.block : null;
      if (block !== this.place.block && this.model.id === this.place.model) {
        this.place.block = block; // another model, where there is no such block
        this.#write('replace');
      }
      const result = await this.client.run({ picture: this.#picture, topK: TOP, block, channels: CHANNELS });
      if (result && mine === this.#runs) this.result = result;
    } catch (error) {
      if (mine === this.#runs) this.#problem('picture', messageOf(error), () => this.#retry(error));
    } finally {
      if (mine === this.#runs) this.running = false;
    }
  }

  /** After a crash nothing in the old worker can be used: start a new one, then show again. */
  async #retry(error: unknown): Promise<void> {
    this.#failed = null;
    this.#problem('picture');
    if (isKind(error, 'crashed')) {
      this.model = null;
      await this.start();
    } else {
      await this.#show();
    }
  }

  #problem(subject: 'engine' | 'model' | 'picture', message?: string, retry: (() => void) | null = null): void {
    this.problems = { ...this.problems, [subject]: message ? { message, retry } : undefined };
  }

  #write(how: 'push' | 'replace'): void {
    const url = writePlace(this.place, location.search) + location.hash;
    const state = { picture: this.place.sample ? null : (this.#picture?.id ?? null) };
    if (how === 'push') history.pushState(state, '', url);
    else history.replaceState(state, '', url);
  }
}

export const app = new App();
