import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { answersOf, discard, download, pending, readHub, type DownloadOptions, type Hub, type HubModel } from './hub';
import { looksLikeAPage } from './hub-request';
import { FakeCaches } from '../engine/testing/fake-caches';

const BYTES = Uint8Array.from({ length: 200_000 }, (_, i) => (i * 7) % 251);
const HASH = bytesToHex(sha256(BYTES));
const LIST = 'https://hub.test/api/models/timm/tiny/tree/main';
const FILE = 'https://hub.test/timm/tiny/resolve/main/model.safetensors';
const model: HubModel = {
  id: 'tiny',
  title: 'Tiny (timm)',
  repository: 'timm/tiny',
  file: 'model.safetensors',
  architecture: 'resnet18',
  bytes: BYTES.length + 500, // about
  licence: 'Apache 2.0',
  dataset: 'ImageNet',
  source: 'timm tiny',
  mean: [0, 0, 0],
  std: [1, 1, 1],
  inputSide: 224,
  resizeSide: 256,
};
const hub: Hub = { origin: 'https://hub.test', redirects: [], models: [model] };

type Reply = (request: { range: string | null }) => Response | Promise<Response>;
/** The hub: its list of files, and what it answers to one request for the file after the other. */
interface Served {
  list?: Reply;
  file: Reply[];
}
const stated = (more: object = {}) =>
  Response.json([
    { path: 'README.md', size: 3 },
    { path: 'model.safetensors', size: BYTES.length, lfs: { oid: HASH, size: BYTES.length }, ...more },
  ]);

/** What was asked for: addresses with the range. */
let asked: string[] = [];
let lists = 0;
function serve({ list = () => stated(), file }: Served): void {
  const left = [...file];
  vi.stubGlobal('fetch', async (url: string, init: RequestInit) => {
    const range = new Headers(init.headers).get('range');
    expect(init).toMatchObject({ credentials: 'omit', referrerPolicy: 'no-referrer' });
    if (url === LIST) {
      lists++;
      return list({ range });
    }
    asked.push(range ?? 'all');
    expect(url).toBe(FILE);
    const reply = left.length > 1 ? left.shift()! : left[0]!;
    const { body: stream, ...response } = await Promise.resolve(reply({ range })).then((one) => ({ body: one.body, status: one.status, headers: one.headers }));
    return new Response(stream?.pipeThrough(new TransformStream(), { signal: init.signal! }), response);
  });
}

/** Waits pass at once; that a connection is silent for half a minute only a test says. */
const HALF_A_MINUTE = 30_000;
const silences = new Map<number, () => void>();
function hurry(): void {
  const later = setTimeout;
  let count = 0;
  vi.stubGlobal('setTimeout', (act: () => void, wait: number) => {
    if (wait !== HALF_A_MINUTE) return later(act);
    silences.set(--count, act);
    return count;
  });
  vi.stubGlobal('clearTimeout', (timer: number) => silences.delete(timer));
}

type Ending = 'ends' | 'breaks' | 'is silent' | 'hangs';

/** A body in pieces; `then`: what becomes of it. */
function body(bytes: Uint8Array, then: Ending = 'ends', piece = 30_000): ReadableStream<Uint8Array> {
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      if (at < bytes.length) controller.enqueue(bytes.slice(at, (at += piece)));
      else if (then === 'breaks') controller.error(new TypeError('network error'));
      else if (then === 'ends') controller.close();
      else {
        if (then === 'is silent') setTimeout(() => silences.forEach((end) => end()));
        return new Promise(() => {});
      }
    },
  });
}
const whole: Reply = () => new Response(body(BYTES), { headers: { 'content-length': `${BYTES.length}` } });
/** As a server that knows ranges: the file from there on, cut after `length` bytes. */
const ranged =
  (length = Infinity, then: Ending = length === Infinity ? 'ends' : 'breaks'): Reply =>
  ({ range }) => {
    const from = range ? Number(range.match(/^bytes=(\d+)-$/)![1]) : 0;
    const headers = { 'content-length': `${BYTES.length - from}`, ...(range && { 'content-range': `bytes ${from}-${BYTES.length - 1}/${BYTES.length}` }) };
    return new Response(body(BYTES.subarray(from, from + length), then), { status: range ? 206 : 200, headers });
  };
const status =
  (code: number, headers: Record<string, string> = {}): Reply =>
  () =>
    new Response('no', { status: code, headers });

/** Its hash: to compare that many numbers one by one takes seconds on a busy machine. */
const hashOf = async (blob: Blob) => bytesToHex(sha256(new Uint8Array(await blob.arrayBuffer())));
const fetched = async (options?: DownloadOptions) => hashOf(await download(hub, model, options));

let caches: FakeCaches;
beforeEach(() => {
  hurry();
  vi.stubGlobal('caches', (caches = new FakeCaches()));
  asked = [];
  lists = 0;
});
afterEach(() => {
  silences.clear();
  vi.unstubAllGlobals();
});

it('brings the verified file, keeps it until it is discarded, and asks for nothing twice', async () => {
  serve({ file: [whole] });
  const progress: number[] = [];
  expect(await fetched({ onProgress: (received, total) => progress.push(received, total) })).toBe(HASH);
  expect(progress.slice(-2)).toEqual([BYTES.length, BYTES.length]);
  expect(await pending()).toEqual(new Map([['tiny', BYTES.length]]));
  expect(await fetched()).toBe(HASH);
  expect([asked, lists]).toEqual([['all'], 1]);
  await discard('tiny');
  expect([await pending(), caches.bytes]).toEqual([new Map(), 0]);
});

it('goes on by itself where the connection broke', async () => {
  const waits: unknown[] = [];
  serve({ file: [ranged(90_000), ranged(70_000), ranged()] });
  expect(await fetched({ onWait: (wait) => waits.push(wait) })).toBe(HASH);
  expect(asked).toEqual(['all', 'bytes=90000-', 'bytes=160000-']);
  expect(waits).toEqual([{ seconds: 1, why: 'cut' }, null, { seconds: 1, why: 'cut' }, null]);
});

it('goes on after a reload, from what was kept', async () => {
  const stop = new AbortController();
  serve({ file: [ranged(90_000, 'hangs')] });
  const first = download(hub, model, { signal: stop.signal, onProgress: (received) => received >= 90_000 && stop.abort() });
  await expect(first).rejects.toMatchObject({ name: 'cancelled' });
  expect(await pending()).toEqual(new Map([['tiny', 90_000]]));
  serve({ file: [ranged()] });
  expect(await fetched()).toBe(HASH);
  expect(asked).toEqual(['all', 'bytes=90000-']);
});

it('a silence of half a minute is a cut', async () => {
  serve({ file: [ranged(60_000, 'is silent'), ranged()] });
  expect(await fetched()).toBe(HASH);
  expect(asked).toEqual(['all', 'bytes=60000-']);
});

it('gives up where a connection breaks again and again without getting on, and keeps what came', async () => {
  serve({ file: [ranged(90_000), ranged(10)] });
  await expect(fetched()).rejects.toMatchObject({ name: 'truncated', message: expect.stringContaining('The connection to hub.test broke') });
  expect(asked.length).toBe(4);
  expect([...(await pending()).values()][0]).toBeGreaterThan(90_000);
});

it('a body that ends too soon is a cut, too', async () => {
  serve({ file: [ranged(90_000, 'ends'), ranged()] });
  expect(await fetched()).toBe(HASH);
});

it('a server that knows no ranges is begun with anew', async () => {
  serve({ file: [ranged(90_000), whole] });
  expect(await fetched()).toBe(HASH);
  expect(asked).toEqual(['all', 'bytes=90000-', 'all']);
});

it('a range that the server has not is begun with anew', async () => {
  serve({ file: [ranged(90_000), status(416, { 'content-range': 'bytes */5' }), whole] });
  expect(await fetched()).toBe(HASH);
});

it('another file under the same name is not joined to what came of the old one', async () => {
  const stop = new AbortController();
  serve({ list: () => stated({ lfs: { oid: '0'.repeat(64), size: BYTES.length } }), file: [ranged(90_000, 'hangs')] });
  await download(hub, model, { signal: stop.signal, onProgress: (received) => received >= 90_000 && stop.abort() }).catch(() => {});
  serve({ file: [ranged()] });
  expect(await fetched()).toBe(HASH);
  expect(asked).toEqual(['all', 'all']);
});

it('waits as long as a busy hub asks, and says so', async () => {
  const waits: unknown[] = [];
  serve({ file: [status(429, { 'retry-after': '20' }), whole] });
  expect(await fetched({ onWait: (wait) => waits.push(wait) })).toBe(HASH);
  expect(waits).toEqual([{ seconds: 20, why: 'busy' }, null]);
});

it('a date to come back at is a time to wait, too', async () => {
  const waits: { seconds: number }[] = [];
  serve({ file: [() => new Response('', { status: 503, headers: { 'retry-after': new Date(Date.now() + 40_000).toUTCString() } }), whole] });
  await fetched({ onWait: (wait) => wait && waits.push(wait) });
  expect(waits[0]!.seconds).toBeGreaterThan(30);
  expect(waits[0]!.seconds).toBeLessThanOrEqual(40);
});

it('a wait can be cancelled', async () => {
  const stop = new AbortController();
  serve({ file: [status(429, { 'retry-after': '50' })] });
  await expect(fetched({ signal: stop.signal, onWait: (wait) => wait && stop.abort() })).rejects.toMatchObject({ name: 'cancelled' });
  expect(asked).toEqual(['all']);
});

it.each<[string, string, Reply, RegExp]>([
  ['404', 'not-found', status(404), /is no longer on hub.test \(404\)/],
  ['401', 'network', status(401), /does not give Tiny \(timm\) to everyone \(401\)/],
  ['500', 'network', status(500), /hub.test answered 500/],
  ['429 for ever', 'network', status(429), /hub.test is busy. Try again later/],
  ['429 for an hour', 'network', status(429, { 'retry-after': '3600' }), /come back in 60 minutes/],
  ['no answer, or none that a page may read', 'network', () => Promise.reject(new TypeError('Failed to fetch')), /could not be reached: .*\(CORS\)/],
  [
    'a login page by its type',
    'not-a-model',
    () => new Response('Log in', { headers: { 'content-type': 'text/html; charset=utf-8' } }),
    /a web page in place of Tiny/,
  ],
  [
    'a login page by its bytes',
    'not-a-model',
    () => new Response(body(new TextEncoder().encode('\n <!DOCTYPE html><p>Log in'), 'ends', 3)),
    /a web page in place of Tiny/,
  ],
  ['other bytes of the same length', 'corrupted', () => new Response(body(BYTES.map((byte) => byte ^ 1))), /its SHA-256 is not the one that hub.test states/],
  ['more than it should be', 'corrupted', () => new Response(body(new Uint8Array(BYTES.length + 10))), /more came than the 200000 bytes/],
  ['the middle of a file', 'network', () => new Response('', { status: 206, headers: { 'content-range': 'bytes 5-9/10' } }), /from the middle on/],
])('tells %s apart, and keeps none of it', async (_, name, reply, message) => {
  serve({ file: [reply] });
  await expect(fetched()).rejects.toMatchObject({ name, message: expect.stringMatching(message) });
  expect(await pending()).toEqual(new Map());
});

it('a login page that comes in the middle costs nothing of what is here', async () => {
  serve({ file: [ranged(90_000), () => new Response('<html>', { headers: { 'content-type': 'text/html' } })] });
  await expect(fetched()).rejects.toMatchObject({ name: 'not-a-model' });
  expect(await pending()).toEqual(new Map([['tiny', 90_000]]));
});

it('much more than was named is not downloaded', async () => {
  serve({ list: () => stated({ size: 1e9, lfs: { oid: HASH, size: 1e9 } }), file: [() => new Response(body(BYTES))] });
  await expect(fetched()).rejects.toMatchObject({ name: 'corrupted', message: expect.stringContaining('1000000000 bytes') });
  serve({ list: status(404), file: [() => new Response(body(new Uint8Array(3 * BYTES.length)))] });
  await expect(fetched()).rejects.toMatchObject({ name: 'corrupted' });
});

it.each<[string, Reply]>([
  ['is not there', status(404)],
  ['does not come', () => Promise.reject(new TypeError())],
  ['is no list', () => new Response('<html>')],
  ['names no such file', () => Response.json([])],
])('where the list of files %s, the length that the file’s own answer states holds', async (_, list) => {
  serve({ list, file: [ranged(90_000), ranged()] });
  expect(await fetched()).toBe(HASH);
  await discard('tiny');
  serve({ list, file: [() => new Response(body(BYTES), { headers: { 'x-linked-etag': `"${'0'.repeat(64)}"` } })] });
  await expect(fetched()).rejects.toMatchObject({ name: 'corrupted' });
});

it('a browser without room keeps the parts that it has room for, and says so', async () => {
  caches.room = 100;
  serve({ file: [whole] });
  await expect(fetched()).rejects.toMatchObject({ name: 'no-room' });
});

it('a part that the browser let go of is asked for again', async () => {
  serve({ file: [ranged(70_000), ranged(70_000), ranged(10), ranged(10), ranged(10)] });
  await fetched().catch(() => {});
  caches.bodies.delete([...caches.bodies.keys()].find((key) => key.includes('/70000-'))!);
  expect(await pending()).toEqual(new Map([['tiny', 70_000]]));
  serve({ file: [ranged()] });
  expect(await fetched()).toBe(HASH);
});

it('without a secure context parts last as long as the page', async () => {
  Reflect.deleteProperty(globalThis, 'caches');
  serve({ file: [ranged(90_000), ranged()] });
  expect(await fetched()).toBe(HASH);
  expect(await pending()).toEqual(new Map([['tiny', BYTES.length]]));
  await discard('tiny');
  expect(await pending()).toEqual(new Map());
});

it('one tab downloads a model at a time', async () => {
  vi.stubGlobal('navigator', { onLine: true, locks: { request: async (_: string, __: object, work: (lock: null) => unknown) => work(null) } });
  serve({ file: [whole] });
  await expect(fetched()).rejects.toThrow('in another tab');
  expect(asked).toEqual([]);
});

it('the length of a safetensors header is no tag', () => {
  expect(looksLikeAPage(Uint8Array.of(0x3c, 0x21, 0, 0, 0, 0, 0, 0, 0x7b))).toBe(false);
  expect(looksLikeAPage(new TextEncoder().encode('<html lang="en">'))).toBe(true);
});

it('the list in this repository can be read, and states where each fact is from', async () => {
  const { readFileSync } = await import('node:fs');
  vi.stubGlobal('fetch', async () => new Response(readFileSync(new URL('../../public/models/hub.json', import.meta.url))));
  const { origin, models } = await readHub('hub.json');
  expect(new URL(origin).protocol).toBe('https:');
  expect(new Set(models.map(({ id }) => id)).size).toBe(models.length);
  for (const one of models) {
    expect(one.bytes).toBeGreaterThan(40e6);
    expect(one.resizeSide).toBeGreaterThanOrEqual(one.inputSide);
    for (const text of [one.title, one.licence, one.source, one.dataset, one.architecture]) expect(text).toBeTruthy();
    expect(answersOf(one)).toMatchObject({ labels: 'imagenet', accuracy: one.accuracy ?? '' });
    if (one.accuracy) expect(one.accuracy).toMatch(/top-1 \d\d\.\d\d%.*as torchvision states it/);
  }
});
