/** Two nets operated on side by side, each in a worker of its own, draw by draw. */
import type { Numbers, Surgery, Tried } from '../../../lab';
import { Runs } from '../runs.svelte';
import { plan, type Operation } from './measure';
import { TOO_FEW } from './words';

export interface Patient {
  name: string;
  colour: string;
  /** Its model file, or all that it has learnt. */
  from: string | Blob | Numbers;
}

export class Theatre extends Runs {
  operations = $state.raw<Operation[]>([]);
  /** Draws done, and to be done; null: it is not known yet. */
  progress = $state.raw<{ done: number; of: number } | null>(null);
  /** What the nets are tried on. */
  pictures = $state(0);

  /** `on`: what they are tried on, once it is there. */
  run(patients: Patient[], on: (signal: AbortSignal) => Promise<Tried>, surgery: Surgery, draws: number): Promise<void> {
    return this.begin(async (signal) => {
      const tried = await on(signal);
      signal.throwIfAborted();
      const labs = this.labs(patients.length);
      this.operations = patients.map(({ name, colour }) => ({ name, colour, draws: [] }));
      const subjects = await Promise.all(patients.map(({ from }, index) => labs[index]!.try(from, tried, { signal })));
      this.pictures = subjects[0]!.pictures;
      const most = Math.min(...subjects.map((subject) => (surgery === 'delete' ? subject.deletable : subject.swappable)));
      if (most === 0) throw new Error(TOO_FEW);
      const all = plan(most, draws);
      this.progress = { done: 0, of: all.length * patients.length };
      await Promise.all(
        labs.map(async (lab, index) => {
          for (const { count, seed } of all) {
            const { error, kendall } = await lab.operate(surgery, count, seed, signal);
            this.#add(index, { count, seed, error, kendall });
          }
        }),
      );
    });
  }

  #add(index: number, draw: Operation['draws'][number]): void {
    this.operations = this.operations.map((one, at) => (at === index ? { ...one, draws: [...one.draws, draw] } : one));
    this.progress = this.progress && { ...this.progress, done: this.progress.done + 1 };
  }

  override clear(): void {
    super.clear();
    this.operations = [];
    this.progress = null;
    this.pictures = 0;
  }
}
