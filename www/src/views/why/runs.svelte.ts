/** What an exhibit has several nets do at once, a run at a time, each net in a worker of its own. */
import { isKind, messageOf } from '../../engine';
import { Lab } from '../../lab';

export class Runs {
  running = $state(false);
  /** It was ended before it was through. */
  cancelled = $state(false);
  problem = $state<string | null>(null);
  #labs: Lab[] = [];
  #ends = new AbortController();
  readonly #start: () => Lab;

  constructor(start: () => Lab = () => new Lab()) {
    this.#start = start;
  }

  /** A run in place of the one before. */
  protected async begin(work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    this.clear();
    const { signal } = this.#ends;
    this.running = true;
    try {
      await work(signal);
    } catch (error) {
      if (!signal.aborted) {
        this.problem = isKind(error, 'cancelled') ? null : messageOf(error);
        this.#ends.abort(); // what the other nets were asked
      }
    } finally {
      if (this.#ends.signal === signal) this.running = false;
    }
  }

  /** As many as there are nets; those of the run before, as long as all of them live. */
  protected labs(count: number): Lab[] {
    if (this.#labs.some(({ lost }) => lost.aborted)) this.#free();
    while (this.#labs.length < count) this.#labs.push(this.#start());
    return this.#labs.slice(0, count);
  }

  /** What was found so far stays. */
  cancel(): void {
    this.#ends.abort();
    this.cancelled = this.running;
    this.running = false;
  }

  /** Nothing is shown any more: it would be of other settings. */
  clear(): void {
    this.#ends.abort();
    this.#ends = new AbortController();
    this.problem = null;
    this.running = this.cancelled = false;
  }

  end(): void {
    this.#ends.abort();
    this.#free();
  }

  #free(): void {
    for (const lab of this.#labs) lab.end();
    this.#labs = [];
  }
}
