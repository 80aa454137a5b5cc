import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Address } from './address';

/** Safari's: it throws at the 101st change within 30 s. */
const MOST = 100;
const SPAN = 30_000;

let entries: { query: string; state: unknown }[];
let times: number[];
let refuses: boolean;

beforeEach(() => {
  vi.useFakeTimers();
  entries = [{ query: '?first', state: null }];
  times = [];
  refuses = false;
  const note = () => {
    times.push(performance.now());
    if (refuses || times.filter((time) => time > performance.now() - SPAN).length > MOST) throw new DOMException('Too many', 'SecurityError');
  };
  vi.stubGlobal('location', {
    get search() {
      return entries.at(-1)!.query;
    },
    hash: '',
  });
  vi.stubGlobal('history', {
    pushState: (state: unknown, _: string, query: string) => (note(), entries.push({ query, state })),
    replaceState: (state: unknown, _: string, query: string) => (note(), entries.splice(-1, 1, { query, state })),
  });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});
const queries = () => entries.map(({ query }) => query);

it('a change is told at once, those after it rest, and the last one counts', async () => {
  const address = new Address();
  address.write('replace', '?a');
  expect(queries()).toEqual(['?a']);
  address.write('replace', '?b');
  address.write('replace', '?c');
  expect(queries()).toEqual(['?a']);
  expect(address.search).toBe('?c'); // what is due is where the page is
  await vi.runAllTimersAsync();
  expect(queries()).toEqual(['?c']);
  expect(times).toHaveLength(2);
});

it('a slider that is dragged for a minute stays below the limit', async () => {
  const address = new Address();
  for (let step = 0; step < 3600; step++) {
    address.write('replace', `?${step}`);
    await vi.advanceTimersByTimeAsync(1000 / 60);
  }
  await vi.runAllTimersAsync();
  for (const end of times) expect(times.filter((time) => time > end - SPAN && time <= end).length).toBeLessThan(MOST - 5); // some are left for pushes
  expect(queries()).toEqual(['?3599']);
});

it('the entry that is left behind is as it was last', () => {
  const address = new Address();
  address.write('replace', '?a');
  address.write('replace', '?b');
  address.write('push', '?c');
  expect(queries()).toEqual(['?b', '?c']);
});

it.each(['push', 'replace'] as const)('a %s that the browser refuses disturbs nobody, and is made up for', async (how) => {
  const address = new Address();
  refuses = true;
  expect(() => address.write(how, '?a')).not.toThrow();
  expect(address.search).toBe('?a');
  await vi.advanceTimersByTimeAsync(3000);
  expect(queries()).toEqual(['?first']);
  refuses = false;
  await vi.advanceTimersByTimeAsync(3000);
  expect(queries()).toEqual(['?a']);
});

it('what is due is dropped when the page is somewhere else', async () => {
  const address = new Address();
  address.write('replace', '?a');
  address.write('replace', '?b');
  address.forget();
  await vi.runAllTimersAsync();
  expect(queries()).toEqual(['?a']);
  expect(address.search).toBe('?a');
});

it('an entry keeps what the address cannot say', () => {
  const address = new Address();
  let picture = 1;
  address.keep = () => ({ picture });
  address.write('push', '?a');
  picture = 2;
  address.write('push', '?b');
  expect(entries.slice(1).map(({ state }) => state)).toEqual([{ picture: 1 }, { picture: 2 }]);
});
