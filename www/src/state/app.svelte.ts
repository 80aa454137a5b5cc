/** The page's one store: what is wanted (the address), what is loaded, what is shown, what went wrong. */
import { EngineClient } from '../engine/client';
import { isKind, messageOf } from '../engine/errors';
import { readRegistry, type ModelEntry } from '../engine/registry';
import { withIntact } from '../engine/merge';
import type { Crop, EngineInfo, ModelInfo, Picture, RunResult, Scales } from '../engine/types';
import { Address } from './address';
import { intactScales, known } from './lesion';
import { addOwn, fetchSample, ownPicture, readSamples, type Sample } from './pictures';
import { NOWHERE, readPlace, readWish, type Place } from './url';

export interface Problem {
  message: string;
  retry: (() => void) | null;
}

export const TOP = 5;
/** The id of all frames of a camera: none is kept. */
const FRAME = -1;
const DEFAULT_MODEL = 'resnet20';
/** Besides the explorer. */
const VIEWS = ['compare', 'benchmark'];
export const MODELS = new URL('models/', document.baseURI).href;

class App {
  models = $state.raw<ModelEntry[]>([]);
  samples = $state.raw<Sample[]>([]);
  engine = $state.raw<EngineInfo | null>(null);
  place = $state<Place>({ ...NOWHERE, model: DEFAULT_MODEL });
  loading = $state.raw<{ entry: ModelEntry; received: number; total: number } | null>(null);
  model = $state.raw<ModelInfo | null>(null);
  running = $state(false);
  /** What is shown. The last result stays until a newer one replaces it. */
  result = $state.raw<RunResult | null>(null);
  /** The intact net's result on the same picture: `result` itself without a lesion. Null under a lesion in live video. */
  intact = $state.raw<RunResult | null>(null);
  /** The block under the pointer or the focus, wherever it is pointed at: all views mark it. */
  hovered = $state<string | null>(null);
  /** A camera runs: its frames are shown instead of the address's picture. Whoever feeds them stops when this ends. */
  live = $state(false);
  problems = $state.raw<{ engine?: Problem; model?: Problem; picture?: Problem }>({});

  readonly client = new EngineClient();
  #picture: Picture | null = null;
  /** The crop asked for when `intact` was made. */
  #intactCrop = '';
  readonly #address = new Address();
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
    this.#address.forget(); // what was about to be written is of another place
    this.live = false;
    const asked = readPlace(location.search);
    const own = ownPicture(Number(history.state?.picture));
    Object.assign(this.place, asked, {
      view: asked.view !== null && VIEWS.includes(asked.view) ? asked.view : null,
      model: this.entry(asked.model) ? asked.model : (this.entry(DEFAULT_MODEL) ?? this.models[0]!).id,
      sample: own ? null : (this.samples.find(({ id }) => id === asked.sample) ?? this.samples[0])?.id ?? null,
    });
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

  /** Goes to another place in one step. */
  async visit(change: Partial<Place>): Promise<void> {
    this.live = false;
    Object.assign(this.place, change);
    this.#failed = null;
    this.#write('push');
    await this.#show();
  }

  async selectModel(id: string): Promise<void> {
    if (id === this.place.model && id === this.model?.id) return;
    this.place.model = id;
    this.#failed = null;
    this.#write('push');
    await this.#show();
  }

  async selectSample(id: string): Promise<void> {
    this.live = false;
    Object.assign(this.place, { sample: id, crop: null, cam: null });
    this.#write('push');
    await this.#show();
  }

  async usePicture(blob: Blob, name: string): Promise<void> {
    this.live = false;
    this.#picture = addOwn(blob, name);
    Object.assign(this.place, { sample: null, crop: null, cam: null });
    this.#write('push');
    await this.#show();
  }

  /** What of the picture the network sees; null: its centre, as torchvision cuts it. While it is dragged the address can wait. */
  async setCrop(crop: Crop | null, settled = true): Promise<void> {
    this.place.crop = crop;
    if (settled) this.#write('replace'); // Safari refuses more than some three a second
    await this.#show();
  }

  /** The block whose channels are shown. */
  get open(): string | null {
    const blocks = this.model?.blocks ?? [];
    const chosen = blocks.find(({ name }) => name === this.place.block);
    // At first one that has been at it for a while, and whose maps are still large.
    return (chosen ?? blocks.find(({ stage, input, output }) => stage === 2 && input[0] === output[0]) ?? blocks[0])?.name ?? null;
  }

  async selectBlock(name: string): Promise<void> {
    if (name === this.place.block) return;
    Object.assign(this.place, { block: name, channel: null });
    this.#write('push');
    await this.#show();
  }

  /** Cuts or scales a block's branches; 1 and 1 makes it intact again. */
  async setScales(block: string, scales: Scales): Promise<void> {
    const { [block]: _, ...others } = this.place.lesion;
    await this.setLesion(intactScales(scales) ? others : { ...others, [block]: scales });
  }

  async setLesion(lesion: Place['lesion']): Promise<void> {
    this.place.lesion = lesion;
    this.#write('replace');
    await this.#show();
  }

  /** A lesion is about to come: lets the engine remember where to resume, so that it comes at once. */
  prepareLesion(): void {
    if (this.model && this.intact) this.client.prepare().catch(() => {}); // a crash shows at the next run
  }

  /** What the views alone care for: nothing runs. */
  adjust(change: Partial<Pick<Place, 'channel' | 'sort' | 'scale' | 'steps' | 'colours' | 'cam' | 'against'>>): void {
    Object.assign(this.place, change);
    this.#write('replace');
  }

  /** Runs a frame of the camera and shows it; false where it was not shown. Nothing queues as long as the caller waits. */
  async showFrame(frame: ImageBitmap, name: string): Promise<boolean> {
    const mine = ++this.#runs;
    if (!this.model || this.loading || !this.live) {
      frame.close();
      return false;
    }
    try {
      const lesion = known(this.place.lesion, this.model.blocks);
      const result = await this.client.run({ picture: { id: FRAME, name, blob: frame }, crop: null, topK: TOP, block: this.open, lesion });
      if (!result || mine !== this.#runs || !this.live) return false;
      this.result = result;
      this.intact = Object.keys(lesion).length ? null : result;
      return true;
    } catch (error) {
      if (mine === this.#runs) this.#problem('picture', messageOf(error), () => this.#retry(error));
      return false;
    }
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
    if (!this.model || this.live) return; // the next frame shows it
    const mine = ++this.#runs;
    this.#problem('picture');
    this.running = true;
    try {
      const sample = this.samples.find(({ id }) => id === this.place.sample);
      if (sample) this.#picture = await fetchSample(sample);
      if (!this.#picture || mine !== this.#runs) return;
      await this.#runOn(this.model, this.#picture, () => mine === this.#runs);
    } catch (error) {
      if (mine === this.#runs) this.#problem('picture', messageOf(error), () => this.#retry(error));
    } finally {
      if (mine === this.#runs) this.running = false;
    }
  }

  async #runOn(model: ModelInfo, picture: Picture, current: () => boolean): Promise<void> {
    const lesion = known(this.place.lesion, model.blocks);
    if (model.id === this.place.model && this.place.block && this.place.block !== this.open) {
      this.place.block = null; // another model, where there is no such block
      this.#write('replace');
    }
    const request = { picture, crop: $state.snapshot(this.place.crop), topK: TOP, block: this.open };
    const same = this.intact?.model.id === model.id && this.intact.picture.id === picture.id && this.#intactCrop === JSON.stringify(request.crop);
    if (Object.keys(lesion).length === 0 || !same) {
      const result = await this.client.run({ ...request, lesion: {} });
      if (!result || !current()) return;
      this.intact = result;
      this.#intactCrop = JSON.stringify(request.crop);
      if (Object.keys(lesion).length === 0) this.result = result;
    }
    if (Object.keys(lesion).length > 0) {
      const intact = this.intact!;
      const first = model.blocks.findIndex(({ name }) => lesion[name]);
      // The open block before the lesion is what it was: it need not run again, and the lesion resumes behind it.
      const unchanged = intact.detail && intact.detail.block < first && model.blocks[intact.detail.block]?.name === request.block;
      const result = await this.client.run({ ...request, block: unchanged ? null : request.block, lesion });
      if (!result || !current()) return;
      if (result.detail && result.detail.block < first) this.intact = { ...intact, detail: result.detail };
      this.result = withIntact(result, this.intact!);
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
    this.#address.write(how, () => ({ place: this.place, picture: this.place.sample ? null : (this.#picture?.id ?? null) }));
  }
}

export const app = new App();
