import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { afterEach, expect, it, vi } from 'vitest';
import { fetchModel, readRegistry, type FetchOptions, type ModelEntry } from './registry';

const BYTES = Uint8Array.from({ length: 1000 }, (_, i) => i % 251);
const entry: ModelEntry = {
  id: 'tiny',
  title: 'Tiny',
  file: 'tiny.gguf',
  bytes: BYTES.length,
  sha256: bytesToHex(sha256(BYTES)),
  dataset: '',
  licence: '',
  source: '',
};
let count = 0;
const fresh = () => `http://localhost/models/tiny-${count++}.gguf`;

/** What became of every sink that was opened. */
let sinks: { bytes: number[]; freed: boolean }[] = [];

async function fetched(url: string, options?: FetchOptions): Promise<Uint8Array> {
  const open = () => {
    const state = { bytes: [] as number[], freed: false };
    sinks.push(state);
    return { state, push: (bytes: Uint8Array) => void state.bytes.push(...bytes), free: () => void (state.freed = true) };
  };
  const { state } = await fetchModel(entry, url, open, options);
  expect(state.freed).toBe(false);
  return Uint8Array.from(state.bytes);
}

/** A body that arrives in pieces. */
function body(bytes: Uint8Array, piece = 300, breaks = false): ReadableStream<Uint8Array> {
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      if (at < bytes.length) controller.enqueue(bytes.slice(at, (at += piece)));
      else if (breaks) controller.error(new TypeError('network error'));
      else controller.close();
    },
  });
}

const answer = (...responses: (() => Response | Promise<Response>)[]) => {
  const left = [...responses];
  const fetch = vi.fn<typeof globalThis.fetch>(async () => (left.length > 1 ? left.shift()! : left[0]!)());
  vi.stubGlobal('fetch', fetch);
  return fetch;
};
afterEach(() => {
  vi.unstubAllGlobals();
  sinks = [];
});

it('hands out the verified bytes and reports true progress', async () => {
  answer(() => new Response(body(BYTES)));
  const progress: number[] = [];
  expect(await fetched(fresh(), { onProgress: (received) => progress.push(received) })).toEqual(BYTES);
  expect(progress).toEqual([0, 300, 600, 900, 1000]);
});

it.each([
  ['not-found', () => new Response('', { status: 404 }), /not on this server/],
  ['network', () => new Response('', { status: 503 }), /503/],
  ['network', () => Promise.reject(new TypeError()), /did not answer/],
  ['truncated', () => new Response(body(BYTES.slice(0, 700))), /700 of 1000 bytes/],
  ['truncated', () => new Response(body(BYTES.slice(0, 600), 300, true)), /broke after 600 of 1000/],
  ['corrupted', () => new Response(body(BYTES.map((b) => b ^ 1))), /SHA-256/],
  ['corrupted', () => new Response(body(new Uint8Array(2000))), /longer than the 1000 bytes/],
])('tells %s apart', async (name, response, message) => {
  answer(response);
  await expect(fetched(fresh())).rejects.toMatchObject({ name, message: expect.stringMatching(message) });
  expect(sinks.every(({ freed }) => freed)).toBe(true);
});

it('a second try after a damaged file passes the HTTP cache by', async () => {
  const fetch = answer(
    () => new Response(body(BYTES.slice(1))),
    () => new Response(body(BYTES)),
  );
  const url = fresh();
  await expect(fetched(url)).rejects.toMatchObject({ name: 'truncated' });
  expect(await fetched(url)).toEqual(BYTES);
  expect(fetch.mock.calls.map(([, init]) => init?.cache)).toEqual(['default', 'reload']);
});

it('can be cancelled', async () => {
  const abort = new AbortController();
  answer(() => new Response(body(BYTES, 100, true)));
  const load = fetched(fresh(), { signal: abort.signal, onProgress: (received) => received >= 200 && abort.abort() });
  await expect(load).rejects.toMatchObject({ name: 'cancelled' });
});

/** A cache that, like the browser's, stores a response only once its body has ended well. */
function cache(): Map<string, Uint8Array> {
  const store = new Map<string, Uint8Array>();
  vi.stubGlobal('caches', {
    open: async () => ({
      match: async (key: string) => (store.has(key) ? new Response(body(store.get(key)!)) : undefined),
      put: async (key: string, response: Response) => void store.set(key, new Uint8Array(await response.arrayBuffer())),
      keys: async () => [...store.keys()].map((url) => ({ url })),
      delete: async (key: { url: string }) => store.delete(key.url),
    }),
  });
  return store;
}

it('keeps what it verified, by hash, and needs no second download', async () => {
  const store = cache();
  const fetch = answer(() => new Response(body(BYTES)));
  const url = fresh();
  store.set(`${url}?sha256=old`, BYTES);
  await fetched(url);
  expect(await fetched(url)).toEqual(BYTES);
  expect(fetch).toHaveBeenCalledTimes(1);
  expect([...store.keys()]).toEqual([`${url}?sha256=${entry.sha256}`]);
});

it('keeps nothing that is damaged, and uses nothing that was kept and went bad', async () => {
  const store = cache();
  answer(
    () => new Response(body(BYTES.map((b) => b ^ 1))),
    () => new Response(body(BYTES)),
  );
  const url = fresh();
  await expect(fetched(url)).rejects.toMatchObject({ name: 'corrupted' });
  expect(store.size).toBe(0);
  const key = `${url}?sha256=${entry.sha256}`;
  store.set(key, BYTES.map((b) => b ^ 2));
  expect(await fetched(url)).toEqual(BYTES);
  expect(store.get(key)).toEqual(BYTES);
  expect(sinks.map(({ freed }) => freed)).toEqual([true, true, false]);
});

it('a registry that is none is said to be unreadable', async () => {
  answer(() => new Response('<!doctype html>'));
  await expect(readRegistry('http://localhost/registry.json')).rejects.toMatchObject({ name: 'corrupted' });
});
