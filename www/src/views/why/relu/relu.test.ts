import { expect, it } from 'vitest';
import type { BlockDetail, BlockInfo, Net, Picture } from '../../../engine';
import { Losses } from './losses.svelte';
import { curvesOf, lossOf, rangeOf } from './measure';
import { found } from './words';

/** Two channels of two places. */
const tensor = (...values: number[]) => ({ channels: 2, height: 1, width: 2, data: Float32Array.from(values) });
const info = (name: string, shortcut: BlockInfo['shortcut'] = 'identity') => ({ name, shortcut });
const intact = { identity: 1, residual: 1 };
// x + F: 1, -1, 0, 2
const detail = { identity: tensor(3, 1, 0, 2), residual: tensor(-2, -2, 0, 0), scales: intact };

it('counts what is negative, with x and without it', () => {
  const { sum, alone, identity, limit } = lossOf(info('layer1.0'), detail);
  expect(sum).toMatchObject({ values: 1 / 4, squares: 1 / 6 });
  expect([...sum!.map]).toEqual([0, -0.5]); // the mean over the channels
  expect(alone).toMatchObject({ values: 1 / 2, squares: 1 });
  expect([...alone.map]).toEqual([-1, -1]);
  expect(limit).toBe(1);
  // Of the three values of x that are not zero the 1 is gone: 1 of 9 + 1 + 4.
  expect(identity).toEqual({ values: 1 / 3, squares: 1 / 14 });
  // What a projection makes of x is not x.
  expect(lossOf(info('layer2.0', 'projection'), detail)).toMatchObject({ sum: { values: 1 / 4 }, identity: null });
});

it('of a plain net there is F alone, and of nothing no share is made', () => {
  const block = lossOf(info('layer1.0'), { ...detail, identity: null });
  expect([block.sum, block.identity]).toEqual([null, null]);
  expect(curvesOf([block], 'values').map(({ name }) => name)).toEqual(['F(x)']);
  expect(found([block], 'values')).toContain(
    'no identity branch: F(x) alone stands before ReLU, which throws away from 50.0% (layer1.0) to 50.0% (layer1.0) of the values',
  );
  expect(lossOf(info('a'), { identity: null, residual: tensor(0, 0, 0, 0), scales: intact }).alone).toMatchObject({ values: 0, squares: 0 });
});

it('says where the least and the most is lost', () => {
  const blocks = [lossOf(info('layer1.0'), detail), lossOf(info('layer1.1'), { ...detail, residual: tensor(-4, -2, 0, -3) })];
  expect(rangeOf(blocks, ({ sum }) => sum?.values)).toEqual({ low: { name: 'layer1.0', share: 0.25 }, high: { name: 'layer1.1', share: 0.75 } });
  const said = found(blocks, 'values');
  expect(said).toContain('Of x + F(x), ReLU throws away from 25.0% (layer1.0) to 75.0% (layer1.1) of the values');
  expect(said).toContain('With x it is less in 1 of 2 blocks.');
  expect(curvesOf(blocks, 'squares')[2]!.points).toEqual([
    { x: 1, y: expect.closeTo(1 / 14) },
    { x: 2, y: 1 },
  ]);
});

it('runs for every block, and keeps what there is when it is cancelled', async () => {
  const names = ['layer1.0', 'layer1.1', 'layer1.2'];
  let go = () => {};
  let wait: Promise<void> = Promise.resolve();
  const asked: string[] = [];
  const net = {
    info: { blocks: names.map((name) => info(name)) },
    classify: async (_: Picture, { keep, signal }: { keep: string; signal: AbortSignal }) => {
      asked.push(keep);
      if (keep === 'layer1.2') await wait;
      signal.throwIfAborted();
      return { detail: detail as BlockDetail };
    },
  } as unknown as Pick<Net, 'info' | 'classify'>;
  const picture = async () => ({ id: 1, name: 'cat', blob: new Blob() });
  const losses = new Losses();
  await losses.measure(net, picture, null);
  expect([asked, losses.running, losses.problem, losses.blocks.map(({ name }) => name)]).toEqual([names, false, null, names]);
  wait = new Promise((resolve) => (go = resolve));
  const run = losses.measure(net, picture, null);
  await expect.poll(() => losses.blocks.length).toBe(2);
  losses.cancel();
  go();
  await run;
  expect([losses.running, losses.problem, losses.blocks.length, losses.of]).toEqual([false, null, 2, 3]);
  await losses.measure(net, async () => null, null);
  expect(losses.problem).toContain('That picture is gone');
});
