import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { DAY_MS, keep, MOST_KEPT, MOST_KEPT_BYTES, recall, tidy } from './keep';

const stored = vi.hoisted(() => ({ all: new Map<number, { name: string; blob: Blob; at: number }>(), refuses: false }));
vi.mock('idb-keyval', () => {
  const all = <T>(answer: () => T) => (stored.refuses ? Promise.reject(new DOMException('no', 'InvalidStateError')) : Promise.resolve(answer()));
  return {
    createStore: () => ({}),
    get: (id: number) => all(() => stored.all.get(id)),
    set: (id: number, value: never) => all(() => void stored.all.set(id, value)),
    del: (id: number) => all(() => void stored.all.delete(id)),
    entries: () => all(() => [...stored.all]),
  };
});
beforeEach(() => {
  stored.all.clear();
  stored.refuses = false;
  vi.useFakeTimers({ now: 1e12 });
});
afterEach(() => vi.useRealTimers());

/** A file that takes no memory. */
const file = (size: number) => Object.defineProperty(new Blob([]), 'size', { value: size });
async function keepAt(minute: number, size = 1): Promise<void> {
  vi.setSystemTime(1e12 + 60_000 * minute);
  await keep(minute, `${minute}.jpg`, file(size));
}
const kept = () => [...stored.all.keys()].sort((a, b) => a - b);

it('a picture is found again for a day, and then let go of', async () => {
  await keepAt(1);
  expect(await recall(1)).toMatchObject({ name: '1.jpg' });
  expect(await recall(2)).toBeNull();
  vi.setSystemTime(1e12 + 60_000 + DAY_MS);
  expect(await recall(1)).toBeNull();
  await tidy();
  expect(kept()).toEqual([]);
});

it('the last few are kept, as far as there is room', async () => {
  for (let minute = 1; minute <= MOST_KEPT + 2; minute++) await keepAt(minute);
  expect(kept()).toEqual(Array.from({ length: MOST_KEPT }, (_, i) => i + 3));
  await keepAt(50, MOST_KEPT_BYTES);
  expect(kept()).toEqual([50]);
  await keepAt(51, MOST_KEPT_BYTES + 1); // too large by itself
  expect(kept()).toEqual([50]);
});

it('where a browser stores nothing, nothing fails', async () => {
  stored.refuses = true;
  await keepAt(1);
  expect(await recall(1)).toBeNull();
  await tidy();
});
