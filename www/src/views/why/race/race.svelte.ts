/** Two nets that learn side by side, each in a worker of its own, step for step. On one core they take turns. */
import { isKind, messageOf } from '../../../engine';
import { Lab, type LayerNorm, type Sample, type Settings } from '../../../lab';
import type { TrainedNet } from '../../../state/trained.svelte';
import type { RacePlace, Wired } from './place';
import { netTitle, tested, WIRING_TITLES } from './words';

/** Steps between two reports, and reports between two tests. */
const STRETCH = 5;
const LOOK = 5;

export interface Runner {
  wiring: Wired;
  /** Means over each stretch of steps. */
  losses: { x: number; y: number }[];
  /** On the test pictures. */
  accuracies: { x: number; y: number }[];
  norms: LayerNorm[];
  samples: Sample[];
}

export function settingsOf(usual: Settings, { layers, rate, wide, tenths, bare, seed }: RacePlace, wired: Wired): Settings {
  const wiring = wired === 'scaled' ? { scaled: tenths / 10 } : wired;
  return { ...usual, depth: layers, width: Number(wide), wiring, learningRate: Number(rate), batchNorm: !bare, seed };
}

const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

export class Race {
  runners = $state.raw<Runner[]>([]);
  labels = $state.raw<string[]>([]);
  steps = $state(0);
  /** Of a whole race. */
  length = $state(0);
  /** How many the nets are tested on, once they were. */
  pictures = $state<number | null>(null);
  playing = $state(false);
  /** A stretch is under way. */
  busy = $state(false);
  problem = $state<string | null>(null);
  /** The nets as they are, for others to work with; none while they learn. */
  nets = $state.raw<TrainedNet[]>([]);
  #labs: Lab[] = [];
  #ends = new AbortController();
  #stretches = 0;
  #begun: Promise<void> | null = null;
  readonly #start: () => Lab;

  constructor(start: () => Lab = () => new Lab()) {
    this.#start = start;
  }

  get over(): boolean {
    return this.length > 0 && this.steps >= this.length;
  }

  /** Two new nets. */
  reset(place: RacePlace): void {
    this.#ends.abort();
    this.#ends = new AbortController();
    this.playing = this.busy = false;
    this.steps = this.length = this.#stretches = 0;
    this.problem = null;
    this.nets = [];
    this.#begun = null;
    this.runners = [place.left, place.right].map((wiring) => ({ wiring, losses: [], accuracies: [], norms: [], samples: [] }));
    this.#place = place;
  }
  #place: RacePlace | null = null;

  async play(): Promise<void> {
    if (this.playing) return;
    this.playing = true;
    const { signal } = this.#ends;
    while (this.playing && !signal.aborted && !this.over) await this.step();
    if (!signal.aborted) this.playing = false;
  }

  /** It stops when what is under way is done. */
  pause(): void {
    this.playing = false;
  }

  async step(): Promise<void> {
    if (this.busy || this.over) return;
    const { signal } = this.#ends;
    this.busy = true;
    this.nets = [];
    try {
      await (this.#begun ??= this.#begin(signal).catch((error: unknown) => {
        this.#begun = null;
        throw error;
      }));
      const look = this.#stretches % LOOK === LOOK - 1 || this.#stretches === 0;
      const stretches = await Promise.all(this.#labs.map((lab) => lab.train(STRETCH, look, signal)));
      this.#stretches++;
      this.steps = stretches[0]!.progress.at(-1)!.step;
      this.pictures = stretches[0]!.looked?.evaluation.pictures ?? this.pictures;
      this.runners = this.runners.map((runner, index) => {
        const { progress, norms, looked } = stretches[index]!;
        return {
          ...runner,
          norms,
          losses: [...runner.losses, { x: this.steps, y: mean(progress.map(({ loss }) => loss)) }],
          accuracies: looked ? [...runner.accuracies, { x: this.steps, y: looked.evaluation.accuracy }] : runner.accuracies,
          samples: looked?.samples ?? runner.samples,
        };
      });
      if (this.over) this.playing = false;
      if (!this.playing) this.nets = await this.#written(signal);
    } catch (error) {
      if (!isKind(error, 'cancelled')) this.problem = messageOf(error);
      if (!signal.aborted) this.playing = false;
    } finally {
      if (!signal.aborted) this.busy = false;
    }
  }

  async #begin(signal: AbortSignal): Promise<void> {
    if (this.#labs.some((lab) => lab.lost.aborted)) this.#free();
    if (this.#labs.length === 0) this.#labs = this.runners.map(() => this.#start());
    const usual = await this.#labs[0]!.defaults(signal);
    this.length = usual.steps;
    this.#settings = this.runners.map(({ wiring }) => settingsOf(usual, this.#place!, wiring));
    const begun = await Promise.all(this.#labs.map((lab, index) => lab.begin(this.#settings[index]!, signal)));
    this.labels = begun[0]!;
  }
  #settings: Settings[] = [];

  #written(signal: AbortSignal): Promise<TrainedNet[]> {
    return Promise.all(
      this.runners.map(async ({ wiring, accuracies }, index) => {
        const settings = this.#settings[index]!;
        const lab = this.#labs[index]!;
        const [name, title, classes] = [WIRING_TITLES[wiring], netTitle(wiring, settings, this.steps), this.labels.length];
        const net = { name, title, settings, classes, numbers: await lab.numbers(signal) };
        try {
          const { bytes, sha256 } = await lab.model('race', title, tested(accuracies.at(-1), this.pictures), signal);
          return { ...net, file: { blob: new Blob([bytes]), sha256, checkpoint: await lab.checkpoint(signal) } };
        } catch (error) {
          if (isKind(error, 'cancelled')) throw error;
          return { ...net, file: { missing: messageOf(error) } };
        }
      }),
    );
  }

  end(): void {
    this.#ends.abort();
    this.playing = false;
    this.#free();
  }

  #free(): void {
    for (const lab of this.#labs) lab.end();
    this.#labs = [];
  }
}
