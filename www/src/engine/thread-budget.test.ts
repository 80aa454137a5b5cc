import { expect, it } from 'vitest';
import { ThreadBudget } from './thread-budget';

/** Lets all that can begin begin. */
const settle = () => new Promise((resolve) => setTimeout(resolve));

it('never more busy threads than cores, whoever comes first and whatever is wanted', async () => {
  const budget = new ThreadBudget(4);
  let busy = 0;
  let most = 0;
  let seed = 1;
  const random = () => (seed = (seed * 48271) % 2147483647) / 2147483647;
  await Promise.all(
    Array.from({ length: 200 }, async () => {
      const threads = 1 + Math.floor(6 * random());
      const release = await budget.take(threads);
      busy += Math.min(threads, 4);
      most = Math.max(most, busy);
      for (let i = Math.floor(5 * random()); i >= 0; i--) await settle();
      busy -= Math.min(threads, 4);
      release();
      release(); // twice is once
    }),
  );
  expect(most).toBe(4);
  (await budget.take(4))(); // all came back
});

it('who wants all cores is not overtaken by those who want one', async () => {
  const budget = new ThreadBudget(2);
  const order: string[] = [];
  const one = await budget.take(1);
  const all = budget.take(9).then((release) => (order.push('all'), release));
  const little = budget.take(1).then((release) => (order.push('little'), release));
  await settle();
  expect(order).toEqual([]);
  one();
  (await all)();
  (await little)();
  expect(order).toEqual(['all', 'little']);
});

it('who gives up waiting holds nobody up', async () => {
  const budget = new ThreadBudget(2);
  const one = await budget.take(1);
  const abort = new AbortController();
  const all = budget.take(2, abort.signal);
  const little = budget.take(1);
  abort.abort();
  await expect(all).rejects.toMatchObject({ name: 'cancelled' });
  (await little)();
  one();
  await expect(budget.take(1, abort.signal)).rejects.toMatchObject({ name: 'cancelled' });
  (await budget.take(2))();
});

it.each([[NaN], [0], [-3], [0.5]])('%s cores are one', (cores) => expect(new ThreadBudget(cores).cores).toBe(1));
