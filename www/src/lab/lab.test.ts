import { afterEach, expect, it } from 'vitest';
import { ThreadBudget } from '../engine';
import { FakeWorker } from '../engine/testing/fake-worker';
import { Lab, type Settings } from '.';

const settings = { depth: 8 } as Settings;
const workers: FakeWorker[] = [];
function start(api: object, budget = new ThreadBudget(2)): { lab: Lab; worker: FakeWorker } {
  const worker = new FakeWorker(api);
  workers.push(worker);
  return { lab: new Lab(worker as unknown as Worker, budget), worker };
}
afterEach(() => {
  for (const worker of workers.splice(0)) worker.terminate();
});

it('waits for a core, and gives it back', async () => {
  const budget = new ThreadBudget(1);
  const asked: unknown[] = [];
  const { lab } = start({ gradientFlow: async (_: number, wanted: Settings) => asked.push(wanted) }, budget);
  const release = await budget.take(1);
  const flow = lab.gradientFlow(settings);
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(asked).toEqual([]);
  release();
  await flow;
  expect(asked).toEqual([settings]);
  (await budget.take(1))(); // it is free again
});

it('a measurement that is given up rejects at once, and the worker hears of it', async () => {
  const { lab, worker } = start({ gradientFlow: () => new Promise(() => {}) });
  const ends = new AbortController();
  const flow = lab.gradientFlow(settings, ends.signal);
  ends.abort();
  await expect(flow).rejects.toMatchObject({ name: 'cancelled' });
  await expect.poll(() => worker.orders).toEqual([{ abort: 1 }]);
});

it('ended, it settles what was asked, and its core and its worker are free', async () => {
  const budget = new ThreadBudget(1);
  const { lab, worker } = start({ gradientFlow: () => new Promise(() => {}) }, budget);
  const flow = lab.gradientFlow(settings);
  await new Promise((resolve) => setTimeout(resolve, 20));
  lab.end();
  await expect(flow).rejects.toMatchObject({ name: 'cancelled' });
  expect(worker.terminated).toBe(true);
  (await budget.take(1))();
});
