/** The benchmark: what was chosen, how far it is, what came out. */
import { messageOf } from '../engine/errors';
import { markdown } from '../bench/markdown';
import { DEFAULT, NETWORKS, SIDES, threadCounts, type Choice } from '../bench/plan';
import { run, type Progress } from '../bench/run';
import { ENGINES, type EngineName, type Report } from '../bench/types';

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

class Benchmark {
  choice = $state<Choice>(read(location.search));
  progress = $state.raw<Progress | null>(null);
  report = $state.raw<Report | null>(null);
  problem = $state<string | null>(null);
  readonly threadCounts = threadCounts(navigator.hardwareConcurrency ?? 1, globalThis.crossOriginIsolated === true);
  #abort: AbortController | null = null;

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
      this.report = await run($state.snapshot(this.choice) as Choice, mine.signal, (progress, report) => {
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
    const query = new URLSearchParams(location.search);
    const { networks, sides, engines, threads, rounds } = this.choice;
    for (const [key, value] of Object.entries({ networks, sides, engines, threads, rounds })) query.set(key, String(value));
    if (this.choice.flavours.length) query.set('flavours', String(this.choice.flavours));
    history.replaceState(history.state, '', `?${query}`.replaceAll('%2C', ','));
  }

  /** `window.skipscopeBenchmark`, for pkg-scripts/bench and for tests. */
  expose(): void {
    const self = this;
    window.skipscopeBenchmark = {
      async run(choice) {
        Object.assign(self.choice, choice);
        await self.start();
        if (self.problem || !self.report) throw new Error(self.problem ?? 'The benchmark was given up.');
        return { report: self.report, markdown: markdown(self.report) };
      },
      get progress() {
        return self.progress;
      },
    };
  }
}

function read(search: string): Choice {
  const query = new URLSearchParams(search);
  const list = (key: string) => query.get(key)?.split(',') ?? [];
  const or = <T>(asked: T[], usual: T[]): T[] => (asked.length ? asked : [...usual]);
  const rounds = Math.round(Number(query.get('rounds')));
  return {
    networks: or(list('networks').filter((name) => (NETWORKS as readonly string[]).includes(name)), DEFAULT.networks),
    sides: or(list('sides').map(Number).filter((side) => (SIDES as readonly number[]).includes(side)), DEFAULT.sides),
    engines: or(list('engines').filter((name): name is EngineName => (ENGINES as readonly string[]).includes(name)), DEFAULT.engines),
    flavours: list('flavours'),
    threads: or(list('threads').map(Number).filter((count) => count > 0 && count <= 64), DEFAULT.threads),
    rounds: rounds > 0 ? Math.min(rounds, 100) : DEFAULT.rounds,
  };
}

export const benchmark = new Benchmark();
