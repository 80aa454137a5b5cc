/** What an exhibit asks the lab, a question at a time, in a worker that goes when the exhibit does. */
import { isKind, messageOf } from '../../engine';
import { Lab } from '../../lab';

export class Question<T> {
  /** The last one stays until the next has come. */
  answer = $state.raw<T | null>(null);
  running = $state(false);
  problem = $state<string | null>(null);
  #lab: Lab | null = null;
  #run = new AbortController();

  /** What was asked before is given up. */
  async ask(work: (lab: Lab, signal: AbortSignal) => Promise<T>): Promise<void> {
    this.#run.abort();
    const { signal } = (this.#run = new AbortController());
    this.problem = null;
    this.running = true;
    try {
      if (this.#lab?.lost.aborted) this.#lab = null;
      this.answer = await work((this.#lab ??= new Lab()), signal);
    } catch (error) {
      if (!isKind(error, 'cancelled')) this.problem = messageOf(error);
    } finally {
      if (!signal.aborted) this.running = false;
    }
  }

  end(): void {
    this.#run.abort();
    this.#lab?.end();
    this.#lab = null;
  }
}
