import { expect, it } from 'vitest';
import { EngineError } from '../../../engine';
import type { Lab, Numbers, Settings, Tried } from '../../../lab';
import type { TrainedNet } from '../../../state/trained.svelte';
import { along, SIDE, Surfaces } from './surfaces.svelte';
import { described, found } from './words';

const net = (name: string): TrainedNet => ({
  name,
  title: name,
  settings: { depth: 8 } as Settings,
  numbers: new Float32Array(3),
  classes: 10,
  file: { missing: 'not needed here' },
});

/** A lab whose loss is a bowl around 0, 0. */
function fake(bottom: number, wait: (row: number) => Promise<void> = async () => {}) {
  const asked: unknown[] = [];
  let row = 0;
  const lab = {
    lost: new AbortController().signal,
    try: async (from: Numbers, on: Tried) => asked.push(from.numbers.length, on),
    surface: async (seed: number, xs: number[], y: number, signal: AbortSignal) => {
      asked.push(seed);
      await wait(row++);
      if (signal.aborted) throw new EngineError('cancelled', 'given up');
      return xs.map((x) => bottom + 4 * (x * x + y * y));
    },
    end: () => {},
  };
  return { lab: lab as unknown as Lab, asked };
}

it('every place of both nets has a loss, the middle that of the net itself', async () => {
  const labs = [fake(0.5), fake(2)];
  const left = [...labs];
  const surfaces = new Surfaces(() => left.shift()!.lab);
  await surfaces.run([net('residual'), net('plain')], 3);
  expect([along[0], along[(SIDE - 1) / 2], along.at(-1)]).toEqual([-1, 0, 1]);
  expect([surfaces.done, surfaces.rows, surfaces.running, surfaces.problem]).toEqual([2 * SIDE, 2 * SIDE, false, null]);
  expect(labs[0]!.asked).toEqual([3, { settings: { depth: 8 }, count: 64 }, ...Array<number>(SIDE).fill(3)]);
  const said = found(surfaces.grids, 10);
  expect(said).toMatch(
    /^The loss of guessing is 2\.30\. Of the residual net: 0\.50 in the middle, and lower than guessing at \d\d\.\d% of all places\. Of the plain/,
  );
  expect(described(surfaces.grids[0]!)).toContain('from 0.50 to 8.50');
});

it('cancelled, it says nothing of what is not whole', async () => {
  let go = () => {};
  const held = new Promise<void>((resolve) => (go = resolve));
  const surfaces = new Surfaces(() => fake(1, (row) => (row === 2 ? held : Promise.resolve())).lab);
  const run = surfaces.run([net('residual')], 0);
  await expect.poll(() => surfaces.done).toBe(2);
  surfaces.cancel();
  go();
  await run;
  expect([surfaces.running, surfaces.cancelled, surfaces.milliseconds, found(surfaces.grids, 10)]).toEqual([false, true, null, '']);
});

it('what is no number is beyond all numbers', async () => {
  const surfaces = new Surfaces(() => fake(NaN).lab);
  await surfaces.run([net('residual')], 0);
  expect(surfaces.grids[0]!.grid.values.every((value) => value === Infinity)).toBe(true);
});
