/** The benchmark: what was chosen, how far it is, what came out. */
import { messageOf } from '../engine';
import { markdown } from '../bench/markdown';
import { DEFAULT, NETWORKS, SIDES, threadCounts, type Choice } from '../bench/plan';
import { run, type Progress } from '../bench/run';
import { ENGINES, type EngineName, type Report } from '../bench/types';
import { listOf, type Codec } from './codecs';
import { to, type Parameters, type Places } from './places.svelte';

export interface BenchmarkScript {
  /** Runs it in the page, as the button does. */
  run(choice: Partial<Choice>): Promise<{ report: Report; markdown: string }>;
  readonly progress: Progress | null;
}

declare global {
  interface Window {
    skipscopeBenchmark?: BenchmarkScript;
  }
}

/** What the address asks of a benchmark; null where it says nothing of it. */
type Asked = { [K in keyof Choice]: Choice[K] | null };

const among = <T extends string | number>(values: readonly T[]) => listOf((text) => values.find((value) => String(value) === text) ?? null);
const count = (most: number) => (text: string) => {
  const number = Math.round(Number(text));
  return number > 0 ? Math.min(number, most) : null;
};
const rounds: Codec<number | null> = { read: count(100), write: (value) => value?.toString() ?? null };

const ASKED: Parameters<Asked> = {
  networks: among<string>(NETWORKS),
  sides: among<number>(SIDES),
  engines: among<EngineName>(ENGINES),
  threads: listOf(count(64)),
  rounds: { ...rounds, usual: null },
  flavours: listOf((text) => text || null),
};

export class Benchmark {
  choice = $state<Choice>({ ...DEFAULT });
  progress = $state.raw<Progress | null>(null);
  report = $state.raw<Report | null>(null);
  problem = $state<string | null>(null);
  readonly threadCounts = threadCounts(navigator.hardwareConcurrency ?? 1, globalThis.crossOriginIsolated === true);
  readonly #places: Places;
  #abort: AbortController | null = null;

  constructor(places: Places) {
    this.#places = places;
    const asked = Object.entries(places.use(ASKED)).filter(([, value]) => value !== null);
    Object.assign(this.choice, Object.fromEntries(asked));
  }

  get ready(): boolean {
    const { networks, sides, engines, threads } = this.choice;
    return [networks, sides, engines, threads].every((list) => list.length > 0);
  }

  /** Resolves when it has run, failed or been given up. */
  async start(): Promise<void> {
    this.cancel();
    const mine = (this.#abort = new AbortController());
    this.problem = null;
    this.report = null;
    this.progress = { done: 0, what: 'starting' };
    try {
      this.report = await run($state.snapshot(this.choice), mine.signal, (progress, report) => {
        if (mine.signal.aborted) return;
        this.progress = progress;
        if (report) this.report = report;
      });
    } catch (error) {
      if (!mine.signal.aborted) this.problem = messageOf(error);
    } finally {
      if (mine === this.#abort) this.progress = null;
    }
  }

  cancel(): void {
    this.#abort?.abort();
    this.#abort = null;
    this.progress = null;
  }

  /** Puts the choice into the address, so that a benchmark can be asked of someone else. */
  remember(): void {
    this.#places.set(to(ASKED, $state.snapshot(this.choice)));
  }

  /** `window.skipscopeBenchmark`, for pkg-scripts/bench and for tests. */
  expose(): void {
    const progress = () => this.progress;
    window.skipscopeBenchmark = {
      run: async (choice) => {
        Object.assign(this.choice, choice);
        await this.start();
        if (this.problem || !this.report) throw new Error(this.problem ?? 'The benchmark was given up.');
        return { report: this.report, markdown: markdown(this.report) };
      },
      get progress() {
        return progress();
      },
    };
  }
}
