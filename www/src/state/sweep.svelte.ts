/** Every block cut in turn: how far it is, and what came out. It holds for one net and one square of one picture. */
import { messageOf } from '../engine/errors';
import type { Damage, RunResult } from '../engine/types';
import { app } from './app.svelte';

export interface SweepResult {
  /** The net that was cut, on the picture it was cut on. */
  intact: RunResult;
  /** As far as it came; all blocks unless it was cancelled. */
  damages: Damage[];
  state: 'running' | 'done' | 'cancelled';
}

class Sweep {
  problem = $state<string | null>(null);
  #result = $state.raw<SweepResult | null>(null);

  /** Null where there is none of what the page shows now. */
  get result(): SweepResult | null {
    return this.#result && app.intact && subject(this.#result.intact) === subject(app.intact) ? this.#result : null;
  }

  /** A frame of a video is gone before it could be swept. */
  get possible(): boolean {
    return app.intact !== null && app.intact.picture.id >= 0 && app.model?.id === app.intact.model.id;
  }

  async start(): Promise<void> {
    const { intact } = app;
    if (!intact || !this.possible) return;
    this.problem = null;
    let mine: SweepResult = { intact, damages: [], state: 'running' };
    const show = (next: Partial<SweepResult>) => {
      if (this.#result !== mine) return; // another one took its place, or it was cancelled
      this.#result = mine = { ...mine, ...next };
    };
    this.#result = mine;
    try {
      const damages = await app.client.sweep((damage) => {
        if (mine.state === 'running') show({ damages: [...mine.damages, damage] });
      });
      if (damages) show({ damages, state: 'done' });
      else if (this.#result === mine) this.#result = null; // another picture came in between
    } catch (error) {
      if (this.#result !== mine) return;
      this.#result = null;
      this.problem = messageOf(error);
    }
  }

  /** What was found so far stays. */
  cancel(): void {
    app.client.cancelSweep();
    if (this.#result?.state === 'running') this.#result = { ...this.#result, state: 'cancelled' };
  }
}

function subject({ model, picture, crop }: RunResult): string {
  return JSON.stringify([model.id, picture.id, crop]);
}

export const sweep = new Sweep();
