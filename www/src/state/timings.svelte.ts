/** How long single nets take on this machine: the engine on made-up weights, one net after the other, only when asked to. */
import { messageOf } from '../engine';
import { run } from '../bench/run';

export interface Timed {
  milliseconds: number;
  threads: number;
  /** No round was undisturbed: no more than a hint. */
  disturbed: boolean;
}

export interface Wanted {
  name: string;
  side: number;
}

const ROUNDS = 5;

/** One net's time. */
async function measure({ name, side }: Wanted, threads: number, signal: AbortSignal, progress: (what: string) => void): Promise<Timed> {
  const choice = { networks: [name], sides: [side], engines: ['skipscope' as const], flavours: [], threads: [threads], rounds: ROUNDS, layers: false };
  const { rows } = await run(choice, signal, ({ what }) => progress(what));
  const row = rows[0]!;
  return { milliseconds: row.median_ms, threads: row.ran_threads, disturbed: row.disturbed };
}

export class Timings {
  /** By name. */
  of = $state.raw<Record<string, Timed>>({});
  /** Why some have none, by name. */
  failed = $state.raw<Record<string, string>>({});
  /** What is being timed, and how far it is. */
  busy = $state.raw<{ name: string; what: string; left: number } | null>(null);
  #abort: AbortController | null = null;

  constructor(private readonly measuring: typeof measure = measure) {}

  /** One after the other; what fails is left out, and the next one tried. Resolves when all have run or it was given up. */
  async time(wanted: readonly Wanted[], threads: number): Promise<void> {
    this.cancel();
    const mine = (this.#abort = new AbortController());
    for (const [index, net] of wanted.entries()) {
      const left = wanted.length - index - 1;
      this.busy = { name: net.name, what: 'starting', left };
      try {
        const timed = await this.measuring(net, threads, mine.signal, (what) => {
          if (!mine.signal.aborted) this.busy = { name: net.name, what, left };
        });
        if (mine.signal.aborted) return;
        this.of = { ...this.of, [net.name]: timed };
        const { [net.name]: _, ...others } = this.failed;
        this.failed = others;
      } catch (error) {
        if (mine.signal.aborted) return;
        this.failed = { ...this.failed, [net.name]: messageOf(error) };
      }
    }
    this.busy = null;
  }

  cancel(): void {
    this.#abort?.abort();
    this.#abort = null;
    this.busy = null;
  }
}
