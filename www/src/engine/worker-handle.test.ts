import { afterEach, expect, it } from 'vitest';
import { EngineError } from './errors';
import { FakeWorker } from './testing/fake-worker';
import { ThreadBudget } from './thread-budget';
import { WorkerHandle } from './worker-handle';

const never = new Promise<never>(() => {});
const api = {
  add: async (a: number, b: number) => a + b,
  wait: () => never,
  fail: async (kind: 'truncated' | 'crashed') => {
    throw new EngineError(kind, `it was ${kind}`);
  },
  unknown: async () => {
    throw new TypeError('what');
  },
};
type Api = typeof api;

const workers: FakeWorker[] = [];
function start(): { worker: FakeWorker; handle: WorkerHandle<Api> } {
  const worker = new FakeWorker(api);
  workers.push(worker);
  return { worker, handle: new WorkerHandle<Api>(worker as unknown as Worker, 'The worker') };
}
afterEach(() => {
  for (const worker of workers.splice(0)) worker.terminate();
});

it('answers, and errors arrive as what they are', async () => {
  const { handle } = start();
  expect(await handle.call((remote) => remote.add(1, 2))).toBe(3);
  const truncated = handle.call((remote) => remote.fail('truncated'));
  await expect(truncated).rejects.toBeInstanceOf(EngineError);
  await expect(truncated).rejects.toMatchObject({ name: 'truncated', message: 'it was truncated' });
  await expect(handle.call((remote) => remote.unknown())).rejects.toMatchObject({ name: 'engine', message: 'what' });
  expect(handle.lost.aborted).toBe(false);
});

it.each([
  ['an error', (worker: FakeWorker) => worker.fail('out of memory'), /^The worker failed: out of memory$/],
  ['an error without words', (worker: FakeWorker) => worker.fail(''), /^The worker failed\.$/],
  ['a message nobody can read', (worker: FakeWorker) => worker.dispatchEvent(new Event('messageerror')), /cannot be read/],
])('%s settles every pending call, and ends the worker', async (_, kill, message) => {
  const { worker, handle } = start();
  const calls = [handle.call((remote) => remote.wait()), handle.call((remote) => remote.wait())];
  kill(worker);
  for (const call of calls) await expect(call).rejects.toMatchObject({ name: 'crashed', message: expect.stringMatching(message) });
  expect(worker.terminated).toBe(true);
  expect(handle.lost.aborted).toBe(true);
  expect(handle.lost.reason).toMatchObject({ name: 'crashed' });
  await expect(handle.call((remote) => remote.add(1, 2))).rejects.toBe(handle.lost.reason);
});

it('a worker that says that it crashed takes every other call with it', async () => {
  const { worker, handle } = start();
  const waiting = handle.call((remote) => remote.wait());
  await expect(handle.call((remote) => remote.fail('crashed'))).rejects.toMatchObject({ name: 'crashed' });
  await expect(waiting).rejects.toMatchObject({ name: 'crashed', message: 'it was crashed' });
  expect(worker.terminated).toBe(true);
});

it('ended on purpose it is not lost, and all that waits is cancelled', async () => {
  const { handle } = start();
  const waiting = handle.call((remote) => remote.wait());
  handle.end();
  await expect(waiting).rejects.toMatchObject({ name: 'cancelled' });
  await expect(handle.call((remote) => remote.add(1, 2))).rejects.toMatchObject({ name: 'cancelled' });
  expect(handle.lost.aborted).toBe(false);
});

it('a call that is aborted rejects at once, and the worker is told which', async () => {
  const { worker, handle } = start();
  await handle.call((remote) => remote.add(1, 2));
  const abort = new AbortController();
  let number = 0;
  const waiting = handle.call((remote, call) => ((number = call), remote.wait()), { signal: abort.signal });
  await Promise.resolve();
  await Promise.resolve();
  abort.abort();
  await expect(waiting).rejects.toMatchObject({ name: 'cancelled' });
  await expect.poll(() => worker.orders).toEqual([{ abort: number }]);
  await expect(handle.call((remote) => remote.add(1, 2), { signal: abort.signal })).rejects.toMatchObject({ name: 'cancelled' });
});

it('an answer that comes after the abort goes to who can let go of it', async () => {
  const { handle } = start();
  const abort = new AbortController();
  const late: number[] = [];
  const call = handle.call((remote) => remote.add(20, 22), { signal: abort.signal, unwanted: (answer) => late.push(answer) });
  abort.abort();
  await expect(call).rejects.toMatchObject({ name: 'cancelled' });
  // Not even asked: it was aborted before its turn.
  const again = new AbortController();
  const asked = handle.call((remote) => (queueMicrotask(() => again.abort()), remote.add(20, 22)), {
    signal: again.signal,
    unwanted: (answer) => late.push(answer),
  });
  await expect(asked).rejects.toMatchObject({ name: 'cancelled' });
  await expect.poll(() => late).toEqual([42]);
});

it('reports reach the call they are of, and none comes after the answer', async () => {
  const { worker, handle } = start();
  const heard: unknown[] = [];
  let number = 0;
  let answer!: (value: number) => void;
  const call = handle.call((_, id) => ((number = id), new Promise<number>((resolve) => (answer = resolve))), { onReport: (value) => heard.push(value) });
  await Promise.resolve();
  worker.say({ report: { call: number, value: 'half' } });
  worker.say({ report: { call: number + 1, value: 'of another' } });
  await expect.poll(() => heard).toEqual(['half']);
  answer(1);
  await call;
  worker.say({ report: { call: number, value: 'late' } });
  await handle.call((remote) => remote.add(1, 2));
  expect(heard).toEqual(['half']);
});

it('a turn is waited for, and given back when the call is over, aborted or lost', async () => {
  const budget = new ThreadBudget(2);
  const [a, b] = [start(), start()];
  const turn = (signal: AbortSignal) => budget.take(2, signal);
  const order: string[] = [];
  const first = a.handle.call((remote) => (order.push('a'), remote.wait()), { turn });
  const second = b.handle.call((remote) => (order.push('b'), remote.add(1, 2)), { turn });
  await new Promise((resolve) => setTimeout(resolve, 5));
  expect(order).toEqual(['a']);
  a.worker.fail('gone');
  await expect(first).rejects.toMatchObject({ name: 'crashed' });
  expect(await second).toBe(3);

  const abort = new AbortController();
  const held = await budget.take(2);
  const waiting = b.handle.call((remote) => (order.push('never'), remote.add(1, 2)), { turn, signal: abort.signal });
  abort.abort();
  await expect(waiting).rejects.toMatchObject({ name: 'cancelled' });
  held();
  (await budget.take(2))();
  expect(order).toEqual(['a', 'b']);
});

it('who aborts a call keeps its threads busy until the worker is through with it', async () => {
  const budget = new ThreadBudget(1);
  const { worker, handle } = start();
  const abort = new AbortController();
  const call = handle.call((remote) => remote.wait(), { turn: (signal) => budget.take(1, signal), signal: abort.signal });
  await new Promise((resolve) => setTimeout(resolve, 5));
  abort.abort();
  await expect(call).rejects.toMatchObject({ name: 'cancelled' });
  let free = false;
  const next = budget.take(1).then(() => (free = true));
  await new Promise((resolve) => setTimeout(resolve, 5));
  expect(free).toBe(false);
  worker.fail('gone');
  await next;
});
