/** What computes at once never has more busy threads than there are cores: two engines on all cores each take turns. */
import { cancelled } from './errors';

interface Waiting {
  threads: number;
  begin: () => void;
}

export class ThreadBudget {
  readonly cores: number;
  #free: number;
  /** First come, first served: who wants many threads is not overtaken for ever by those who want one. */
  readonly #queue: Waiting[] = [];

  constructor(cores: number) {
    this.cores = Math.max(1, Math.floor(cores) || 1);
    this.#free = this.cores;
  }

  /** Waits for so many threads (for all cores, where more are wanted), and answers with how to give them back. */
  take(threads: number, signal?: AbortSignal): Promise<() => void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(cancelled());
      const wanted = Math.max(1, Math.min(threads, this.cores));
      const abort = () => {
        this.#queue.splice(this.#queue.indexOf(waiting), 1);
        reject(cancelled());
        this.#next();
      };
      const waiting: Waiting = {
        threads: wanted,
        begin: () => {
          signal?.removeEventListener('abort', abort);
          let given = true;
          resolve(() => {
            if (!given) return;
            given = false;
            this.#free += wanted;
            this.#next();
          });
        },
      };
      signal?.addEventListener('abort', abort, { once: true });
      this.#queue.push(waiting);
      this.#next();
    });
  }

  #next(): void {
    while (this.#queue.length > 0 && this.#queue[0]!.threads <= this.#free) {
      const { threads, begin } = this.#queue.shift()!;
      this.#free -= threads;
      begin();
    }
  }
}

/** The machine's: engine, comparison, benchmark and laboratory share it. */
export const budget = new ThreadBudget(globalThis.navigator?.hardwareConcurrency || 1);
