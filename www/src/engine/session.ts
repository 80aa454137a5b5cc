/** One network, the picture that it looks at, and what it remembers of its intact run. Lives in the worker. */
import { cutOut } from './cut';
import type { Decoded } from './decode';
import { cancelled, EngineError } from './errors';
import { distinct } from './labels';
import type { Network } from './pkg/simd128/skipscope';
import type { Bare, Looked, Pictured, Ran, RunOrder, Traced, TraceOrder } from './protocol';
import { distance, scalesArray, takeBranches, takeDetail } from './trace';
import type { BlockDetail, Crop, Damage, Lesion, ModelInfo, Prediction, Scales } from './types';

interface Subject {
  picture: Pictured;
  decoded: Decoded;
  /** As it was asked for. */
  crop: Crop | null;
}

export class Session {
  readonly info: ModelInfo;
  readonly #network: Network;
  #freed = false;
  /** What runs run on, and how often that changed. */
  #subject: (Subject & { look: number; key: string | null }) | null = null;
  #looks = 0;
  /** Whether the network has the subject before it (classifying another picture takes it away), and remembers its intact run on it. */
  #has: 'nothing' | 'subject' | 'memory' = 'nothing';
  /** The square that the network has before it, in pixels of the upright picture. */
  #crop: Crop | null = null;
  /** Probabilities of the intact net on that look, which cuts are compared with. */
  #intact: { look: number; probabilities: Float32Array } | null = null;
  /** Whether what the network has before it is a frame. */
  #film = false;
  #last: Promise<unknown> = Promise.resolve();

  constructor(id: string, network: Network) {
    const { card, blocks, parameters, macs } = network;
    this.info = { id, card: { ...card, labels: distinct(card.labels ?? []) }, blocks, parameters, macs };
    this.#network = network;
  }

  /** One thing after the other, as they were asked for: a run waits for the look before it. */
  inOrder<R>(signal: AbortSignal | null, work: () => R | Promise<R>): Promise<R> {
    const mine = this.#last.then(() => {
      if (signal?.aborted || this.#freed) throw cancelled();
      return work();
    });
    this.#last = mine.catch(() => {});
    return mine;
  }

  /** `key`: what is looked at, in a word; the same again is not taken in anew. Null: like nothing else. */
  look(subject: Subject, key: string | null): Looked {
    if (key === null || this.#subject?.key !== key) {
      this.#subject = { ...subject, key, look: ++this.#looks };
      this.#has = 'nothing';
    }
    try {
      const { look } = this.#see();
      return { look, picture: subject.picture, crop: this.#crop!, input: this.#network.input };
    } catch (error) {
      this.#subject = null;
      throw error;
    }
  }

  /** The intact run, where it is not known, and then the lesioned one, resumed where it differs. */
  run({ lesion, keep, topK, known }: RunOrder): Ran {
    const subject = this.#see();
    const { look } = subject;
    const { scales, first } = scalesArray(this.info, lesion);
    if (!scales) return { look, intact: this.#trace(subject, {}, keep, topK), lesioned: null };
    let intact: Bare | null = null;
    let detail = known?.detail;
    if (known?.look !== look) {
      intact = this.#trace(subject, {}, keep, topK, true);
      detail = intact.detail?.block;
    }
    this.remember();
    const unchanged = keep >= 0 && keep < first && detail === keep; // it need not run again, and the lesion resumes behind it
    return { look, intact, lesioned: this.#trace(subject, lesion, unchanged ? -1 : keep, topK) };
  }

  /** Another picture, from its pixels on; what was looked at is looked at again by what comes next. Of a film, colours mean the same from frame to frame. */
  classify(subject: Subject, { lesion, keep, topK }: RunOrder, film = false): Bare {
    this.#has = 'nothing';
    this.#take(subject, film);
    return this.#trace(subject, lesion, keep, topK);
  }

  /** Another picture as well, and every block that is asked for whole: a run keeps one. `pause` comes between the runs, and may end them. */
  async blocks(subject: Subject, { lesion, keep, topK }: TraceOrder, pause: () => Promise<void>): Promise<Traced> {
    this.#has = 'nothing';
    this.#take(subject);
    const { scales } = scalesArray(this.info, lesion);
    const details: BlockDetail[] = [];
    let traced: Omit<Traced, 'details' | 'milliseconds'> | null = null;
    let milliseconds = 0;
    for (const block of keep.length ? keep : [null]) {
      if (details.length) await pause();
      const began = performance.now();
      const trace = this.#network.trace(scales, topK, block ?? undefined, false);
      milliseconds += performance.now() - began;
      try {
        const top = this.#named(trace.top);
        traced ??= { picture: subject.picture, crop: this.#crop!, top, probabilities: trace.probabilities, statistics: trace.statistics };
        if (block !== null) details.push(takeDetail(trace, this.#network, this.info, block, scalesOf(this.info, lesion, block), top)!);
      } finally {
        trace.free();
      }
    }
    return { ...traced!, milliseconds, details };
  }

  /** Runs the intact net on the subject, for lesions to resume from. */
  remember(): void {
    this.#see();
    if (this.#has === 'memory') return;
    this.#network.trace(undefined, 0, undefined, true).free();
    this.#has = 'memory';
  }

  /** What cutting F(x) of one block does. `look`: which one it must be; null: whichever it is. */
  cut(block: number, look: number | null): { look: number; damage: Damage } {
    const subject = this.#see();
    if (look !== null && look !== subject.look) throw cancelled('Another picture came in between.');
    this.remember();
    const { blocks, card } = this.info;
    const scales = new Float32Array(2 * blocks.length).fill(1);
    if (this.#intact?.look !== subject.look) this.#intact = { look: subject.look, probabilities: this.#network.probabilities(scales) };
    const intact = this.#intact.probabilities;
    scales[2 * block + 1] = 0;
    const probabilities = this.#network.probabilities(scales);
    const index = best(probabilities);
    return {
      look: subject.look,
      damage: {
        block,
        distance: distance(intact, probabilities),
        probability: probabilities[best(intact)]!,
        top: { index, label: card.labels[index]!, probability: probabilities[index]! },
      },
    };
  }

  /** Milliseconds of each block in a run of the intact net on the subject, without what recording takes. */
  time(): number[] {
    this.#see();
    const trace = this.#network.trace(undefined, 0, undefined, false);
    try {
      return Array.from(trace.milliseconds);
    } finally {
      trace.free();
    }
  }

  free(): void {
    if (!this.#freed) this.#network.free();
    this.#freed = true;
  }

  /** Makes sure that the network has the subject before it. */
  #see(): Subject & { look: number } {
    if (!this.#subject) throw new EngineError('engine', 'No picture has been looked at.');
    if (this.#has === 'nothing') {
      this.#take(this.#subject);
      this.#has = 'subject';
    }
    return this.#subject;
  }

  #take({ decoded, crop }: Subject, film = false): void {
    const network = this.#network;
    network.hold_colours(film && this.#film); // not those of what came before the film
    const reduced = decoded.image.width / decoded.width; // a huge picture was, and crops are in its own pixels
    if (crop) {
      const { image, crop: cut, left, top } = cutOut(decoded.image, scaled(crop, reduced), this.info.card.input_side);
      network.look(image, cut);
      const taken = network.crop;
      this.#crop = scaled({ left: left + taken.left, top: top + taken.top, side: taken.side }, 1 / reduced);
    } else {
      network.look(decoded.image);
      this.#crop = scaled(network.crop, 1 / reduced);
    }
    network.hold_colours(film);
    this.#film = film;
  }

  #named(top: Prediction[]): Prediction[] {
    const { labels } = this.info.card;
    return top.map((one) => ({ ...one, label: labels[one.index] ?? one.label }));
  }

  #trace(subject: Subject, lesion: Lesion, keep: number, topK: number, remember = false): Bare {
    const network = this.#network;
    const { scales, first } = scalesArray(this.info, lesion);
    const began = performance.now();
    // A block before the lesion is looked into where it is the open one.
    const trace = network.trace(scales, topK, keep < 0 ? undefined : keep, remember);
    const milliseconds = performance.now() - began;
    if (remember) this.#has = 'memory';
    try {
      const { from, statistics } = trace;
      const top = this.#named(trace.top);
      const own = keep < 0 ? null : scalesOf(this.info, lesion, keep);
      return {
        picture: subject.picture,
        crop: this.#crop!,
        lesion,
        from: scales ? first : 0,
        top,
        probabilities: trace.probabilities,
        cams: top.map(({ index }) => ({ index, map: network.cam(index) })),
        milliseconds,
        blockMilliseconds: Array.from(trace.milliseconds),
        statistics,
        means: statistics.map((_, i) => takeBranches((branch) => trace.mean_map(from + i, branch))),
        colours: statistics.map((_, i) => takeBranches((branch) => trace.colours(from + i, branch))),
        input: network.input,
        detail: own && takeDetail(trace, network, this.info, keep, own, top),
      };
    } finally {
      trace.free();
    }
  }
}

function scalesOf({ blocks }: ModelInfo, lesion: Lesion, block: number): Scales {
  return lesion[blocks[block]!.name] ?? { identity: 1, residual: 1 };
}

function scaled(crop: Crop, by: number): Crop {
  return by === 1 ? crop : { left: by * crop.left, top: by * crop.top, side: by * crop.side };
}

function best(probabilities: Float32Array): number {
  return probabilities.indexOf(probabilities.reduce((most, value) => Math.max(most, value), -Infinity));
}
