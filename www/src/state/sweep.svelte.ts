/** Every block cut in turn: how far it is, and what came out. It holds for one net and one square of one picture. */
import { type Damage, isKind, messageOf, type RunResult } from '../engine';
import type { Side } from './side.svelte';

export interface SweepResult {
  /** The net that was cut, on the picture it was cut on. */
  intact: RunResult;
  /** As far as it came; all blocks unless it was cancelled. */
  damages: Damage[];
  state: 'running' | 'done' | 'cancelled';
}

export class Sweep {
  problem = $state<string | null>(null);
  #result = $state.raw<SweepResult | null>(null);
  #ends = new AbortController();

  constructor(private readonly side: Side) {}

  /** Null where there is none of what the page shows now. */
  get result(): SweepResult | null {
    return this.#result && this.side.intact && subject(this.#result.intact) === subject(this.side.intact) ? this.#result : null;
  }

  /** A frame of a video is gone before it could be swept. */
  get possible(): boolean {
    return this.side.intact !== null && this.side.intact.picture.id >= 0 && this.side.model?.id === this.side.intact.model.id;
  }

  async start(): Promise<void> {
    const { intact, net } = this.side;
    if (!intact || !net || !this.possible) return;
    this.#ends.abort();
    const { signal } = (this.#ends = new AbortController());
    this.problem = null;
    let mine: SweepResult = { intact, damages: [], state: 'running' };
    const show = (next: Partial<SweepResult>) => {
      if (this.#result !== mine) return; // another one took its place, or it was cancelled
      this.#result = mine = { ...mine, ...next };
    };
    this.#result = mine;
    try {
      const damages = await net.sweep({ onDamage: (damage) => show({ damages: [...mine.damages, damage] }), signal });
      show({ damages, state: 'done' });
    } catch (error) {
      if (this.#result !== mine) return;
      this.#result = null;
      if (!isKind(error, 'cancelled')) this.problem = messageOf(error); // else another picture came in between
    }
  }

  /** What was found so far stays. */
  cancel(): void {
    if (this.#result?.state === 'running') this.#result = { ...this.#result, state: 'cancelled' };
    this.#ends.abort();
  }
}

function subject({ model, picture, crop }: RunResult): string {
  return JSON.stringify([model.id, picture.id, crop]);
}
