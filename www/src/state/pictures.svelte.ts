/** The pictures of this visit: samples, fetched once, and the visitor's own, which never leave the machine. */
import { EngineError, type Picture } from '../engine';
import { keep, recall, tidy } from './keep';
import { readSamples, sampleUrl, type Sample } from './samples';
import { rasterised } from './svg';

/** The visitor's own pictures are kept for going back to: the last ones, as far as they fit. */
const MOST_OWN = 24;
const MOST_BYTES = 256e6;

/** What the history keeps of a picture of the visitor's own. */
export interface Kept {
  id: number;
  name: string;
}

export function isKept(value: unknown): value is Kept {
  const { id, name } = (value ?? {}) as Partial<Kept>;
  return typeof id === 'number' && typeof name === 'string';
}

export class Pictures {
  samples = $state.raw<Sample[]>([]);
  /** It is known which samples there are. */
  ready = $state(false);
  /** A picture of the visitor's own to compare with. */
  other = $state.raw<Picture | null>(null);

  readonly #fetched = new Map<string, Picture>();
  /** The one that was looked at longest ago comes first. */
  readonly #own = new Map<number, Picture & { blob: Blob }>();
  /** The history outlives the page and names pictures by their ids: those of another visit must not be taken for ours. */
  #last = Math.floor(Math.random() * 2 ** 48);

  /** The page works without samples. */
  async start(): Promise<void> {
    this.samples = await readSamples().catch(() => []);
    this.ready = true;
    void tidy();
  }

  sample(id: string | null): Sample | undefined {
    return this.samples.find((sample) => sample.id === id);
  }

  async fetch(sample: Sample): Promise<Picture> {
    const kept = this.#fetched.get(sample.id);
    if (kept) return kept;
    const response = await fetch(sampleUrl(sample)).catch(() => null);
    if (!response?.ok) throw new EngineError('network', `The sample “${sample.title}” could not be fetched.`);
    const picture = { id: ++this.#last, name: sample.title, blob: await response.blob() };
    this.#fetched.set(sample.id, picture);
    return picture;
  }

  add(blob: Blob, name: string): Picture & { blob: Blob } {
    const picture = { id: ++this.#last, name, blob };
    this.#own.set(picture.id, picture);
    this.#evict();
    void keep(picture.id, name, blob);
    return picture;
  }

  /** A file as a picture: what is a drawing is drawn first. */
  async open(file: Blob, name: string): Promise<Picture & { blob: Blob }> {
    return this.add(await rasterised(file, name), name);
  }

  /** As `own`; one from before a reload, too, where this browser has kept it. */
  async ownAgain({ id }: Kept): Promise<Picture | undefined> {
    const there = this.own(id);
    if (there) return there;
    const kept = await recall(id);
    if (!kept) return undefined;
    this.#own.set(id, { id, ...kept });
    this.#evict();
    return this.own(id);
  }

  /** Undefined: of another visit, or so long ago that it was let go. */
  own(id: number): Picture | undefined {
    const picture = this.#own.get(id);
    if (!picture) return undefined;
    this.#own.delete(id);
    this.#own.set(id, picture);
    return picture;
  }

  /** The picture as it was given: what a view needs to show all of it. Frames of a camera are not kept. */
  blob(id: number): Blob | null {
    const picture = this.#own.get(id) ?? [...this.#fetched.values()].find((sample) => sample.id === id);
    return picture?.blob instanceof Blob ? picture.blob : null;
  }

  #evict(): void {
    let bytes = 0;
    for (const { blob } of this.#own.values()) bytes += blob.size;
    for (const [id, { blob }] of this.#own) {
      if (this.#own.size === 1 || (this.#own.size <= MOST_OWN && bytes <= MOST_BYTES)) return;
      this.#own.delete(id);
      bytes -= blob.size;
    }
  }
}
