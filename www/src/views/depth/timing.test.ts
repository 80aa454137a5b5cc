import { expect, it } from 'vitest';
import { RUNS, timeBlocks } from './timing';

/** Two blocks; one run is disturbed. */
function fake() {
  const calls: string[] = [];
  const answers = [
    [1, 40],
    [90, 80],
    [2, 41],
    [3, 42],
    [2, 41],
  ];
  const net = { time: async () => (calls.push('run'), answers[calls.filter((call) => call === 'run').length - 1]!) };
  const pause = async () => void calls.push('pause');
  return { calls, net, pause };
}

it('takes the median of a few runs, each in a pause of its own', async () => {
  const { calls, net, pause } = fake();
  expect(await timeBlocks(net, new AbortController().signal, pause)).toEqual([2, 41]);
  expect(calls).toEqual(Array.from({ length: RUNS }, () => ['pause', 'run']).flat());
});

it('stops where nobody waits for it any more', async () => {
  const { calls, net } = fake();
  const ends = new AbortController();
  const pause = async () => void (calls.length === 2 && ends.abort());
  await expect(timeBlocks(net, ends.signal, pause)).rejects.toThrow();
  expect(calls).toEqual(['run', 'run']);
});
