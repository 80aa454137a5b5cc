import { describe, expect, it } from 'vitest';
import { Timings, type Timed } from './timings.svelte';

const NETS = ['a', 'b', 'c'].map((name) => ({ name, side: 32 }));
const timed = (milliseconds: number): Timed => ({ milliseconds, threads: 1, disturbed: false });

describe('Timings', () => {
  it('times one net after the other, and goes on where one fails', async () => {
    const asked: string[] = [];
    const timings = new Timings(({ name }) => {
      asked.push(name);
      return name === 'b' ? Promise.reject(new Error('no memory')) : Promise.resolve(timed(asked.length));
    });
    expect([asked, timings.busy]).toEqual([[], null]); // nothing by itself
    await timings.time(NETS, 1);
    expect(asked).toEqual(['a', 'b', 'c']);
    expect(timings.of).toEqual({ a: timed(1), c: timed(3) });
    expect(timings.failed).toEqual({ b: 'no memory' });
    expect(timings.busy).toBeNull();
  });

  it('given up, it forgets what was on its way, keeps what it has, and starts nothing more', async () => {
    const asked: string[] = [];
    const timings: Timings = new Timings(({ name }, _threads, signal) => {
      asked.push(name);
      if (name === 'a') return Promise.resolve(timed(1));
      timings.cancel();
      expect(signal.aborted).toBe(true);
      return Promise.resolve(timed(2));
    });
    await timings.time(NETS, 1);
    expect([asked, Object.keys(timings.of), timings.busy]).toEqual([['a', 'b'], ['a'], null]);
  });

  it('what comes late of a run that was given up changes nothing of the next', async () => {
    let late: (value: Timed) => void = () => {};
    const timings = new Timings(({ name }) => (name === 'a' ? new Promise((resolve) => (late = resolve)) : Promise.resolve(timed(7))));
    const first = timings.time([NETS[0]!], 1);
    await timings.time([NETS[1]!], 1);
    late(timed(1));
    await first;
    expect(timings.of).toEqual({ b: timed(7) });
  });
});
