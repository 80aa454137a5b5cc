import { expect, it } from 'vitest';
import { EngineError } from '../../../engine';
import type { Lab, Tried } from '../../../lab';
import { countsOf, curvesOf, findings, median, mostOf, plan, table, type Operation } from './measure';
import { squaresOf } from './squares';
import { Theatre, type Patient } from './theatre.svelte';
import { found } from './words';

it('every number of blocks is tried as long as they are few', () => {
  expect(countsOf(3)).toEqual([0, 1, 2, 3]);
  expect(countsOf(24)).toEqual([0, 1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 18, 21, 24]);
  expect([8, 20, 56, 110].map((depth) => mostOf('delete', depth))).toEqual([0, 6, 24, 51]);
  expect([8, 20, 56, 110].map((depth) => mostOf('swap', depth))).toEqual([0, 3, 12, 24]);
  expect(plan(2, 2)).toEqual([
    { count: 0, seed: 0 },
    { count: 1, seed: 0 },
    { count: 2, seed: 0 },
    { count: 1, seed: 1 },
    { count: 2, seed: 1 },
  ]);
});

const operation = (name: string, errors: [count: number, seed: number, error: number][]): Operation => ({
  name,
  colour: 'var(--id)',
  draws: errors.map(([count, seed, error]) => ({ count, seed, error, kendall: 1 })),
});
const residual = operation('ResNet-20', [
  [0, 0, 0],
  [1, 0, 0.1],
  [2, 0, 0.2],
  [1, 1, 0.3],
  [2, 1, 0.6],
]);

it('medians are heavy lines that are read, draws thin ones that begin at the intact net', () => {
  expect([median([3, 1, 2]), median([4, 1])]).toEqual([2, 2.5]);
  const [first, second, heavy] = curvesOf([residual]);
  expect([first!.silent, second!.silent, heavy!.silent]).toEqual([true, true, undefined]);
  expect(second!.points).toEqual([
    { x: 0, y: 0 },
    { x: 1, y: 0.3 },
    { x: 2, y: 0.6 },
  ]);
  expect(heavy!.points.map(({ y }) => y)).toEqual([0, expect.closeTo(0.2), expect.closeTo(0.4)]);
});

it('says what one block costs and what half of them do, where both nets were tried', () => {
  const plain = operation('plain-20', [
    [0, 0, 0],
    [1, 0, 0.8],
  ]);
  const both = findings([residual, plain]);
  expect(both.map(({ count }) => count)).toEqual([0, 1]);
  expect(found(both, { pair: '20', surgery: 'delete' }, 2)).toBe(
    'Answers that are no longer the intact net’s, median of 2 draws. With 1 block deleted: ResNet-20 20.0%, plain-20 80.0%.',
  );
  expect(found(both, { pair: 'race', surgery: 'swap' }, 1)).toContain(
    'Wrong answers, in one draw. Intact: ResNet-20 0.0%, plain-20 0.0%. With 1 pair swapped:',
  );
  expect(found(findings([]), { pair: '20', surgery: 'delete' }, 2)).toBe('');
  expect(table([residual], 'delete', 'error')[1]).toEqual(['ResNet-20', 0, 1, 0, 1]);
});

it('squares lie within their picture, the centre first, and are the same every time', () => {
  const squares = squaresOf(400, 300, 50, 7);
  expect(squares[0]).toEqual({ left: 50, top: 0, side: 300, mirrored: false });
  for (const { left, top, side } of squares) {
    expect(left >= 0 && top >= 0 && left + side <= 400 && top + side <= 300 && side >= 225).toBe(true);
  }
  expect(new Set(squares.map((square) => JSON.stringify(square))).size).toBe(50);
  expect(squares.filter(({ mirrored }) => mirrored).length).toBeGreaterThan(10);
  expect(squaresOf(400, 300, 50, 7)).toEqual(squares);
  expect(squaresOf(400, 300, 50, 8)[1]).not.toEqual(squares[1]);
});

/** A lab whose net is wrong the more often the more blocks it lacks: no wasm. */
function fake(answer: (count: number) => Promise<number> = async (count) => count / 10) {
  const asked: string[] = [];
  let ended = false;
  const lab = {
    lost: new AbortController().signal,
    try: async (from: string, on: Tried) => (asked.push(`try ${from} ${Object.keys(on).join()}`), { blocks: 9, deletable: 2, swappable: 1, pictures: 90 }),
    operate: async (surgery: string, count: number, seed: number, signal: AbortSignal) => {
      asked.push(`${surgery} ${count} ${seed}`);
      const error = await answer(count);
      if (signal.aborted) throw new EngineError('cancelled', 'given up');
      return { order: [], error, kendall: 1 };
    },
    end: () => (ended = true),
  };
  return { lab: lab as unknown as Lab, asked, ended: () => ended };
}
const patients: Patient[] = ['a', 'b'].map((name) => ({ name, colour: '', from: `${name}.gguf` }));
const on = async (): Promise<Tried> => ({ squares: [] });

it('both nets are tried on the same, and get the same draws', async () => {
  const labs = [fake(), fake()];
  const left = [...labs];
  const theatre = new Theatre(() => left.shift()!.lab);
  await theatre.run(patients, on, 'delete', 2);
  expect(labs[0]!.asked).toEqual(['try a.gguf squares', 'delete 0 0', 'delete 1 0', 'delete 2 0', 'delete 1 1', 'delete 2 1']);
  expect(labs[1]!.asked.slice(1)).toEqual(labs[0]!.asked.slice(1));
  expect(theatre.progress).toEqual({ done: 10, of: 10 });
  expect([theatre.running, theatre.problem, theatre.pictures, theatre.operations[1]!.draws.at(-1)!.error]).toEqual([false, null, 90, 0.2]);
  await theatre.run(patients, on, 'swap', 1); // in the same workers
  expect(theatre.operations[0]!.draws).toHaveLength(2); // none, and one pair
  theatre.end();
  expect(labs.map(({ ended }) => ended())).toEqual([true, true]);
});

it('cancelled, it keeps what was found; cleared, nothing, and nothing comes late', async () => {
  let go = () => {};
  const wait = new Promise<void>((resolve) => (go = resolve));
  const theatre = new Theatre(() => fake(async (count) => (count > 1 ? wait.then(() => 1) : 0)).lab);
  const run = theatre.run(patients, on, 'delete', 1);
  await expect.poll(() => theatre.progress?.done).toBe(4);
  theatre.cancel();
  go();
  await run;
  expect([theatre.running, theatre.cancelled, theatre.problem, theatre.progress]).toEqual([false, true, null, { done: 4, of: 6 }]);
  theatre.clear();
  expect([theatre.cancelled, theatre.operations]).toEqual([false, []]);
});

it('what goes wrong with one net is said, and ends the other', async () => {
  const labs = [fake(), fake(() => Promise.reject(new EngineError('engine', 'no two blocks of this net can change places')))];
  const theatre = new Theatre(() => labs.shift()!.lab);
  await theatre.run(patients, on, 'swap', 3);
  expect([theatre.problem, theatre.running]).toEqual(['no two blocks of this net can change places', false]);
});
