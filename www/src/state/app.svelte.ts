/** The explorer: what is wanted (the address), brought together with what is there (one side). */
import { type BlockInfo, type Crop, messageOf, type ModelEntry, type ModelSource, type Picture, readRegistry, type Scales } from '../engine';
import { intactScales } from '../render/lesion';
import { siteFile } from '../site';
import type { Address } from './address';
import { Library } from './library.svelte';
import type { Given } from './opening';
import { MODELS, Nets } from './nets.svelte';
import { isKept, type Pictures } from './pictures.svelte';
import { to, type Move, type Places } from './places.svelte';
import { SHOWN, type Shown } from './shown';
import type { Problem, Side, Wanted } from './side.svelte';
import { FIRST_MODEL, Upgrade } from './upgrade.svelte';

/** The id of all frames of a camera: none is kept. */
export const FRAME = -1;

export class App {
  /** The block under the pointer or the focus, wherever it is pointed at: all views mark it. */
  hovered = $state<string | null>(null);
  /** The page itself did not start. */
  problem = $state.raw<Problem | null>(null);
  /** A picture of the visitor's own that the history names and that is there no more. */
  gone = $state<string | null>(null);
  /** The address as it was opened or gone back to, until a view has looked at what of it there is. */
  arrived = $state<string | null>(null);

  readonly side: Side;
  readonly upgrade: Upgrade;
  /** Models of the visitor's own. */
  readonly library: Library;
  /** Which net it is where the address names none. */
  #usual = $state(FIRST_MODEL);
  readonly place: Readonly<Shown>;
  readonly #nets: Nets;
  readonly #places: Places;
  readonly #pictures: Pictures;
  /** The picture of the visitor's own that is wanted. */
  #own: number | null = null;
  /** Counts what was asked for: what takes a while to open is shown unless something newer was. */
  #asks = 0;

  constructor(side: Side, places: Places, pictures: Pictures, address: Address, library = new Library()) {
    this.side = side;
    this.library = library;
    this.#nets = new Nets(library);
    this.upgrade = new Upgrade(this, side);
    this.#places = places;
    this.#pictures = pictures;
    this.place = places.use(SHOWN);
    places.onmove = () => this.pin();
    address.keep = () => {
      const named = (picture: Picture | null | undefined) => picture && { id: picture.id, name: picture.name };
      const own = this.place.sample === null && this.#own !== null ? pictures.own(this.#own) : undefined;
      return own || pictures.other ? { picture: named(own), other: named(pictures.other) } : null;
    };
  }

  /** The net that is wanted. */
  get model(): string {
    return this.place.model || this.#usual;
  }

  /**
   * As long as the visitor has only looked on, the page chooses the net, and the address names none: a reload starts as the visit did.
   * From the first act on the address says which one it was done to.
   */
  pin(): void {
    if (!this.place.model && this.models.length) this.#places.amend(SHOWN, { model: this.#usual });
  }

  get models(): ModelEntry[] {
    return this.#nets.all;
  }

  entry(id: string): ModelEntry | undefined {
    return this.#nets.entry(id);
  }

  /** A model of this site, and where its file is. */
  served(id: string): (ModelEntry & { from: string | Blob }) | undefined {
    return this.#nets.served(id);
  }

  /** A model and where its file is, or what brings it. */
  source(id: string): ModelSource | undefined {
    return this.#nets.source(id);
  }

  /** In the menu's groups. */
  get groups(): { title: string; models: ModelEntry[] }[] {
    return this.#nets.groups;
  }

  /** Takes in a net that was trained in this page: it is a model as any other, for as long as the page is open. */
  adopt(entry: ModelEntry, file: Blob): void {
    this.#nets.adopt(entry, file, this.model);
  }

  /** Opens model files, keeps them, and shows the first: false where there was none. What became of the others the library says. */
  async openFiles(files: readonly File[], given: Given | null = null): Promise<boolean> {
    const [first] = await this.library.open(files, this.side.host, given);
    if (first) await this.upgrade.choose(first.id);
    return first !== undefined;
  }

  /** Lets go of a model of the visitor's own. Where it is the open one, the page goes back to the usual one. */
  async forget(id: string): Promise<void> {
    if (this.#usual === id) this.#usual = this.entry(FIRST_MODEL)?.id ?? this.#nets.first;
    if (this.model === id) await this.selectModel(this.#usual);
    await this.library.delete(id);
  }

  /** Asks anew what was answered of a model of the visitor's own. The open one is then shown as it is from now on. */
  async change(id: string): Promise<boolean> {
    const changed = await this.library.change(id);
    if (changed && id === this.model) await this.#show(true);
    return changed;
  }

  async start(): Promise<void> {
    this.problem = null;
    try {
      const registry = readRegistry(siteFile(`${MODELS}registry.json`));
      const [models] = await Promise.all([registry, this.#pictures.start(), this.side.host.get(), this.library.start()]);
      this.#nets.offer(models);
      const { first, next } = this.upgrade.plan();
      this.#usual = this.entry(first) ? first : models[0]!.id;
      await this.restore();
      if (next && this.side.result) void this.upgrade.begin(next);
    } catch (error) {
      const retry = () => {
        this.side.host.again();
        void this.start();
      };
      this.problem = { message: messageOf(error), retry };
    }
  }

  /** Shows what the address says: at the start, and on back and forward. */
  async restore(): Promise<void> {
    if (!this.models.length) return; // it will be read once they are there
    this.#places.follow();
    this.arrived = this.#places.search;
    this.side.live = false;
    const { model, sample } = this.place;
    const { picture: kept, other } = (history.state ?? {}) as { picture?: unknown; other?: unknown };
    const arrival = ++this.#asks;
    const own = isKept(kept) ? await this.#pictures.ownAgain(kept) : undefined;
    if (isKept(other)) this.#pictures.other ??= (await this.#pictures.ownAgain(other)) ?? null;
    if (arrival !== this.#asks) return; // gone on meanwhile
    this.gone = isKept(kept) && !own ? kept.name : null;
    this.#own = own?.id ?? null;
    const shown = own ? null : ((this.#pictures.sample(sample) ?? this.#pictures.samples[0])?.id ?? null);
    // An address that says more than the sample is of a place that somebody has been to.
    const named = this.entry(model) ? model : this.#places.says(['sample']) ? (this.entry(FIRST_MODEL)?.id ?? this.#usual) : '';
    const there = { model: named, sample: shown };
    if (this.gone === null) this.#places.amend(SHOWN, there);
    else this.#places.set(to(SHOWN, there)); // a crop of it, too, is of no use
    await this.#show();
  }

  /** Goes to another place in one step. */
  async visit(...moves: Move[]): Promise<void> {
    this.#asks++;
    this.side.live = false;
    this.#places.go(...moves);
    await this.#show(true);
  }

  async selectModel(id: string): Promise<void> {
    if (id === this.model && id === this.side.model?.id) return;
    this.#places.go(to(SHOWN, { model: id }));
    await this.#show(true);
  }

  /** Another net in place of the one that the page had chosen. */
  async become(id: string): Promise<void> {
    this.#usual = id;
    await this.#show();
  }

  async selectSample(id: string): Promise<void> {
    this.#asks++;
    this.side.live = false;
    this.#places.go(to(SHOWN, { sample: id }));
    await this.#show();
  }

  /** `moves`: where it is looked at, if not here. */
  async usePicture(blob: Blob, name: string, ...moves: Move[]): Promise<void> {
    const mine = ++this.#asks;
    const { id } = await this.#pictures.open(blob, name);
    if (mine !== this.#asks) return; // another one was asked for meanwhile
    this.side.live = false;
    this.#own = id;
    this.#places.go(to(SHOWN, { sample: null }), ...moves);
    await this.#show(moves.length > 0);
  }

  /** The picture that is wanted; null where it is none that was kept, as a frame of a camera. */
  async shownPicture(): Promise<Picture | null> {
    return this.side.live ? null : this.#picture();
  }

  /** What of the picture the network sees; null: its centre, as torchvision cuts it. */
  async setCrop(crop: Crop | null): Promise<void> {
    this.#places.set(to(SHOWN, { crop }));
    await this.#show();
  }

  /** The block whose channels are shown. */
  get open(): string | null {
    return this.#opened(this.side.model?.blocks ?? []);
  }

  async selectBlock(name: string): Promise<void> {
    if (name === this.place.block) return;
    this.#places.go(to(SHOWN, { block: name }));
    await this.#show();
  }

  /** Cuts or scales a block's branches; 1 and 1 makes it intact again. */
  async setScales(block: string, scales: Scales): Promise<void> {
    const { [block]: _, ...others } = this.place.lesion;
    await this.setLesion(intactScales(scales) ? others : { ...others, [block]: scales });
  }

  async setLesion(lesion: Shown['lesion']): Promise<void> {
    this.#places.set(to(SHOWN, { lesion }));
    await this.#show();
  }

  /** Back from the camera to the picture that was there before. */
  async endLive(): Promise<void> {
    this.side.live = false;
    await this.#show();
  }

  /** Gives up a load; the model that was there before is then the wanted one again. */
  cancelLoad(): void {
    this.side.cancelLoad();
    if (this.side.model) this.dismiss('model');
  }

  dismiss(subject: 'engine' | 'model' | 'picture'): void {
    this.side.dismiss(subject);
    if (subject === 'model' && this.side.model) this.#places.set(to(SHOWN, { model: this.side.model.id }));
  }

  /** At first a block on whose maps the picture is still recognised, and whose x passes unchanged. */
  #opened(blocks: BlockInfo[]): string | null {
    const chosen = blocks.find(({ name }) => name === this.place.block);
    return (chosen ?? blocks.find(({ shortcut }, index) => index > 0 && shortcut === 'identity') ?? blocks[Math.min(1, blocks.length - 1)])?.name ?? null;
  }

  async #show(again = false): Promise<void> {
    const source = this.source(this.model);
    if (!source) return; // the page has not started
    const spare = this.source(FIRST_MODEL);
    await this.side.show(this.#wanted(source), { again, spare: spare && this.#wanted(spare) });
    const { model } = this.side;
    const { block } = this.place;
    // Another model, where there is no such block.
    if (block && model?.id === this.model && !model.blocks.some(({ name }) => name === block)) this.#places.set(to(SHOWN, { block: null }));
  }

  #wanted(source: ModelSource): Wanted {
    const { lesion, crop } = this.place;
    return { source, picture: () => this.#picture(), crop, lesion, block: (blocks) => this.#opened(blocks) };
  }

  async #picture(): Promise<Picture | null> {
    const sample = this.#pictures.sample(this.place.sample);
    if (sample) return this.#pictures.fetch(sample);
    return this.#own === null ? null : (this.#pictures.own(this.#own) ?? null);
  }
}
