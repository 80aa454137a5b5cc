import { expect, it, vi } from 'vitest';
import { EngineError } from './errors';
import { Net, type Link } from './net';
import type { RunOrder } from './protocol';
import type { BlockColours, BlockStatistics, Maps, ModelInfo } from './types';

const info = { id: 'tiny', blocks: [{ name: 'a' }, { name: 'b' }, { name: 'c' }] } as ModelInfo;
const blob = new Blob(['picture']);
const picture = { id: 1, name: 'one', blob };
const cut = { b: { identity: 1, residual: 0 } };

/** What a worker would answer: from the first block on, or from `from`. */
function bare(from: number, detail: number | null = null) {
  const blocks = info.blocks.slice(from).map((_, i) => from + i);
  return {
    picture: { id: 1, name: 'one', width: 1, height: 1 },
    lesion: from ? cut : {},
    from,
    statistics: blocks.map((block) => ({ clipped: block }) as BlockStatistics),
    means: blocks.map(() => ({}) as Maps),
    colours: blocks.map(() => ({}) as BlockColours),
    blockMilliseconds: blocks,
    detail: detail === null ? null : { block: detail },
  };
}

/** An engine whose answers the test gives. */
function start() {
  const asked: { what: string; args: unknown[]; signal?: AbortSignal; answer: (value: unknown) => void }[] = [];
  const freed = vi.fn();
  const link: Link = {
    ask: (ask, options) =>
      new Promise((resolve, reject) => {
        options?.signal?.addEventListener('abort', () => reject(new EngineError('cancelled', 'cancelled')));
        const remote = new Proxy(
          {},
          {
            get:
              (_, what: string) =>
              (...args: unknown[]) => (asked.push({ what, args, signal: options?.signal, answer: resolve as never }), new Promise(() => {})),
          },
        );
        void ask(remote as never, 1);
      }),
    turn: async () => () => {},
    free: freed,
  };
  return { net: new Net(7, info, link), asked, freed };
}
const orderOf = ({ args }: { args: unknown[] }) => args[2] as RunOrder;

it('a newer look ends an older one and what runs; a newer run an older run alone', async () => {
  const { net, asked } = start();
  const [look, run] = [net.look(picture, null), net.run()];
  const newer = net.run();
  await expect(run).rejects.toMatchObject({ name: 'cancelled' });
  expect(asked.map(({ what, signal }) => [what, signal!.aborted])).toEqual([
    ['look', false],
    ['run', true],
    ['run', false],
  ]);
  const newest = net.look({ ...picture, id: 2 }, null);
  await expect(look).rejects.toMatchObject({ name: 'cancelled' });
  await expect(newer).rejects.toMatchObject({ name: 'cancelled' });
  asked.at(-1)!.answer({ look: 2, picture: {}, crop: {}, input: {} });
  expect(await newest).toEqual({ picture: {}, crop: {}, input: {} });
});

it('the intact run is asked for once, and what lies before a lesion is taken from it', async () => {
  const { net, asked } = start();
  const first = net.run({ keep: 'c', topK: 3 });
  expect(orderOf(asked[0]!)).toEqual({ lesion: {}, keep: 2, topK: 3, known: null });
  asked[0]!.answer({ look: 1, intact: bare(0, 2), lesioned: null });
  const { intact, result } = await first;
  expect(result).toBe(intact);
  expect(intact).toMatchObject({ model: info, from: 0 });

  const second = net.run({ lesion: cut, keep: 'c', topK: 3 });
  expect(orderOf(asked[1]!).known).toEqual({ look: 1, detail: 2 });
  asked[1]!.answer({ look: 1, intact: null, lesioned: bare(1, 2) });
  const lesioned = await second;
  expect(lesioned.intact).toBe(intact);
  expect(lesioned.result).toMatchObject({ from: 1, lesion: cut, detail: { block: 2 } });
  expect(lesioned.result.statistics.map(({ clipped }) => clipped)).toEqual([0, 1, 2]);
  expect(lesioned.result.statistics[0]).toBe(intact.statistics[0]);

  void net.run({ lesion: cut, topK: 4 }).catch(() => {});
  expect(orderOf(asked[2]!).known).toBeNull(); // another ranking
});

it('a block before the lesion is the intact run’s, whichever looked into it', async () => {
  const { net, asked } = start();
  const first = net.run();
  asked[0]!.answer({ look: 1, intact: bare(0), lesioned: null });
  await first;
  const second = net.run({ lesion: cut, keep: 'a' });
  asked[1]!.answer({ look: 1, intact: null, lesioned: bare(1, 0) });
  const run = await second;
  expect(run.intact.detail).toMatchObject({ block: 0 });
  expect(run.result.detail).toBe(run.intact.detail);
  void net.run({ lesion: cut, keep: 'a' }).catch(() => {});
  expect(orderOf(asked[2]!).known).toEqual({ look: 1, detail: 0 });
});

it.each([
  [-1, 0],
  [NaN, 0],
  [2.9, 2],
  [Infinity, 0xffff],
])('asked for the best %s classes it ranks %i', (topK, ranked) => {
  const { net, asked } = start();
  void net.run({ topK, keep: 'nowhere' });
  expect(orderOf(asked[0]!)).toMatchObject({ topK: ranked, keep: -1 });
});

it('a frame is let go of, also where it was never taken', async () => {
  class Frame {
    close = vi.fn();
  }
  const frame = new Frame();
  const { net } = start();
  const abort = new AbortController();
  const look = net.look({ id: -1, name: 'Camera', blob: frame as unknown as ImageBitmap }, null, { signal: abort.signal });
  abort.abort();
  await expect(look).rejects.toMatchObject({ name: 'cancelled' });
  expect(frame.close).toHaveBeenCalledTimes(1);
});

it('a sweep asks block by block, on one look', async () => {
  const { net, asked } = start();
  const heard: number[] = [];
  const sweep = net.sweep({ onDamage: ({ block }, blocks) => heard.push(block, blocks) });
  for (let block = 0; block < 3; block++) {
    await expect.poll(() => asked.length).toBe(block + 1);
    expect(asked[block]!.args.slice(2)).toEqual([block, block ? 5 : null]);
    asked[block]!.answer({ look: 5, damage: { block } });
  }
  expect(await sweep).toEqual([{ block: 0 }, { block: 1 }, { block: 2 }]);
  expect(heard).toEqual([0, 3, 1, 3, 2, 3]);
});

it('given back it waits for nothing', async () => {
  const { net, freed } = start();
  const run = net.run();
  net.dispose();
  await expect(run).rejects.toMatchObject({ name: 'cancelled' });
  expect(freed).toHaveBeenCalledTimes(1);
});
