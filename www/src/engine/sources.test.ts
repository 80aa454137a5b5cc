import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { afterEach, expect, it, vi } from 'vitest';
import { fetchModel, readRegistry, type FetchOptions, type ModelEntry } from './sources';

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

async function fetched(url: string | Blob, options?: FetchOptions): Promise<Uint8Array> {
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

/** A body that lets others work between its pieces. */
function slow(bytes: Uint8Array): ReadableStream<Uint8Array> {
  return body(bytes).pipeThrough(
    new TransformStream({
      async transform(chunk, controller) {
        await new Promise((resolve) => setTimeout(resolve, 2));
        controller.enqueue(chunk);
      },
    }),
  );
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

/** A site that has the file in two parts, the second as it is told. */
async function inParts(second: () => Response | Promise<Response>, url: string, options: FetchOptions = {}): Promise<number[]> {
  answer(() => new Response(body(BYTES.slice(0, 600))), second);
  const bytes: number[] = [];
  await fetchModel({ ...entry, parts: 2 }, url, () => ({ push: (piece: Uint8Array) => void bytes.push(...piece), free() {} }), options);
  return bytes;
}

it('a file in parts comes as one: its progress, its hash, and what is kept of it', async () => {
  const store = cache();
  const url = fresh();
  const progress: number[] = [];
  const onProgress = (received: number, total: number) => progress.push(received, total);
  expect(Uint8Array.from(await inParts(() => new Response(body(BYTES.slice(600))), url, { onProgress }))).toEqual(BYTES);
  expect(vi.mocked(fetch).mock.calls.map(([asked]) => asked)).toEqual([`${url}.part1`, `${url}.part2`]);
  expect(progress).toEqual([0, 1000, 300, 1000, 600, 1000, 900, 1000, 1000, 1000]);
  await stored(store, url);
  expect(await fetched(url)).toEqual(BYTES); // as one file, however a site has it
});

it.each([
  ['not-found', () => new Response('', { status: 404 }), /Tiny, part 2 of 2, is not on this server \(404, tiny.gguf.part2\)/],
  ['network', () => new Response('', { status: 503 }), /Tiny, part 2 of 2, could not be fetched: the server answered 503/],
  ['network', () => Promise.reject(new TypeError()), /Tiny, part 2 of 2, could not be fetched: the server did not answer/],
  ['truncated', () => new Response(body(BYTES.slice(600, 800))), /800 of 1000 bytes/],
  ['truncated', () => new Response(body(BYTES.slice(600, 900), 300, true)), /broke after 900 of 1000/],
  ['corrupted', () => new Response(body(BYTES.slice(0, 400))), /SHA-256/],
])('of a part that is %s it is said which', async (name, second, message) => {
  const store = cache();
  await expect(inParts(second, fresh())).rejects.toMatchObject({ name, message: expect.stringMatching(message) });
  expect(store.size).toBe(0);
});

it('of what is not here without a connection it is said so', async () => {
  vi.stubGlobal('navigator', { onLine: false });
  answer(() => Promise.reject(new TypeError()));
  await expect(fetched(fresh())).rejects.toMatchObject({
    name: 'network',
    message: expect.stringMatching(/not kept in this browser yet, and there is no connection/),
  });
});

it('a file that the page has is asked of no server, and checked all the same', async () => {
  const fetch = answer(() => new Response('', { status: 404 }));
  expect(await fetched(new Blob([BYTES]))).toEqual(BYTES);
  await expect(fetched(new Blob([BYTES.slice(1)]))).rejects.toMatchObject({ name: 'truncated' });
  expect(fetch).not.toHaveBeenCalled();
});

it('a file whose hash nobody promised is taken by its length, and hashed by nobody', async () => {
  const { sha256: _, ...unpromised } = entry;
  const digest = vi.spyOn(crypto.subtle, 'digest');
  const pushed: number[] = [];
  const open = () => ({ push: (bytes: Uint8Array) => void pushed.push(...bytes), free() {} });
  await fetchModel(unpromised, new Blob([BYTES]), open);
  expect(Uint8Array.from(pushed)).toEqual(BYTES);
  expect(digest).not.toHaveBeenCalled();
  digest.mockRestore();
  await expect(fetchModel(unpromised, new Blob([BYTES.slice(1)]), open)).rejects.toMatchObject({ name: 'truncated' });
});

it('what nobody promised a hash of is not kept: a server may have another one tomorrow', async () => {
  const { sha256: _, ...unpromised } = entry;
  const store = cache();
  const fetch = answer(() => new Response(body(BYTES)));
  const open = () => ({ push() {}, free() {} });
  await fetchModel(unpromised, 'http://localhost/models/unpromised.gguf', open);
  await fetchModel(unpromised, 'http://localhost/models/unpromised.gguf', open);
  expect(fetch).toHaveBeenCalledTimes(2);
  expect(store.size).toBe(0);
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

/** No load waits for the disk. */
const stored = (store: Map<string, Uint8Array>, url: string) => vi.waitFor(() => expect(store.get(`${url}?sha256=${entry.sha256}`)).toEqual(BYTES));

it('keeps what it verified, by hash, and needs no second download', async () => {
  const store = cache();
  const fetch = answer(() => new Response(body(BYTES)));
  const url = fresh();
  store.set(`${url}?sha256=old`, BYTES);
  await fetched(url);
  await stored(store, url);
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
  store.set(
    key,
    BYTES.map((b) => b ^ 2),
  );
  expect(await fetched(url)).toEqual(BYTES);
  await stored(store, url);
  expect(sinks.map(({ freed }) => freed)).toEqual([true, true, false]);
});

/** A cache without room: it cancels the body after so many bytes, as a browser out of quota does, or when it is asked to store. */
function fullCache(room: number): void {
  vi.stubGlobal('caches', {
    open: async () => ({
      match: async () => undefined,
      put: async (_: string, response: Response) => {
        const reader = response.body!.getReader();
        for (let read = 0; read < room;) {
          const { value, done } = await reader.read();
          if (done) return;
          read += value.length;
        }
        await reader.cancel();
        throw new DOMException('no room', 'QuotaExceededError');
      },
      keys: async () => [],
      delete: async () => true,
    }),
  });
}

it.each([[0], [300], [500], [999]])('a cache with room for %i bytes does not stop a load', async (room) => {
  fullCache(room);
  answer(() => new Response(slow(BYTES)));
  expect(await fetched(fresh())).toEqual(BYTES);
  expect(sinks.map(({ freed }) => freed)).toEqual([false]);
});

it('what was kept and is taken away half-way comes from the network instead', async () => {
  cache();
  const { open } = caches;
  vi.stubGlobal('caches', {
    open: async () => ({ ...(await open('')), match: async () => new Response(body(BYTES.slice(0, 600), 300, true)) }),
  });
  const fetch = answer(() => new Response(body(BYTES)));
  expect(await fetched(fresh())).toEqual(BYTES);
  expect(fetch.mock.calls.map(([, init]) => init?.cache)).toEqual(['default']); // the network has done nothing wrong
  expect(sinks.map(({ freed }) => freed)).toEqual([true, false]);
});

it('a sink that traps is not masked by what it says when it is let go of', async () => {
  const trap = new WebAssembly.RuntimeError('unreachable');
  for (const kept of [false, true]) {
    const store = cache();
    const fetch = answer(() => new Response(body(BYTES)));
    const url = fresh();
    if (kept) store.set(`${url}?sha256=${entry.sha256}`, BYTES);
    let opened = 0;
    const sink = () => {
      opened++;
      return {
        push: () => {
          throw trap;
        },
        free: () => {
          throw new Error('attempted to take ownership of Rust value while it was borrowed');
        },
      };
    };
    await expect(fetchModel(entry, url, sink)).rejects.toBe(trap);
    expect(opened).toBe(1);
    expect(fetch).toHaveBeenCalledTimes(kept ? 0 : 1);
    expect([...store.values()]).toEqual(kept ? [BYTES] : []); // a dead engine says nothing of the file
  }
});

it('a registry that is none is said to be unreadable', async () => {
  answer(() => new Response('<!doctype html>'));
  await expect(readRegistry('http://localhost/registry.json')).rejects.toMatchObject({ name: 'corrupted' });
});
