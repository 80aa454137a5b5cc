/** The loss around two nets, row by row, each in a worker of its own. */
import type { Grid } from '../../../render/charts/contours';
import type { TrainedNet } from '../../../state/trained.svelte';
import { Runs } from '../runs.svelte';

/** Places on each direction, and how far they reach: to the weights' own length on both sides. */
export const SIDE = 25;
export const REACH = 1;
/** Test pictures whose loss it is. */
export const PICTURES = 64;

export const along: number[] = Array.from({ length: SIDE }, (_, index) => -REACH + (2 * REACH * index) / (SIDE - 1));

export class Surfaces extends Runs {
  grids = $state.raw<{ name: string; grid: Grid }[]>([]);
  /** Rows done, of both. */
  done = $state(0);
  /** Of the whole, once it is there. */
  milliseconds = $state<number | null>(null);

  get rows(): number {
    return SIDE * this.grids.length;
  }

  run(nets: TrainedNet[], seed: number): Promise<void> {
    return this.begin(async (signal) => {
      const began = performance.now();
      const labs = this.labs(nets.length);
      this.grids = nets.map(({ name }) => ({ name, grid: { side: SIDE, values: Array<number>(SIDE * SIDE).fill(NaN) } }));
      await Promise.all(
        nets.map(async ({ numbers, settings }, index) => {
          const lab = labs[index]!;
          await lab.try({ numbers, settings }, { settings, count: PICTURES }, { signal });
          for (const [row, across] of along.entries()) this.#add(index, row, await lab.surface(seed, along, across, signal));
        }),
      );
      this.milliseconds = performance.now() - began;
    });
  }

  #add(index: number, row: number, losses: number[]): void {
    this.grids = this.grids.map((one, at) => {
      if (at !== index) return one;
      const values = [...one.grid.values];
      // What is no number is beyond all numbers: only what is not known yet is NaN here.
      losses.forEach((loss, column) => (values[row * SIDE + column] = Number.isNaN(loss) ? Infinity : loss));
      return { ...one, grid: { side: SIDE, values } };
    });
    this.done++;
  }

  override clear(): void {
    super.clear();
    this.grids = [];
    this.done = 0;
    this.milliseconds = null;
  }
}
