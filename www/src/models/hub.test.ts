/** A file of the hub comes whole, in whatever pieces. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { discard, pending, download } from './hub';
import { asked, begin, BYTES, caches, end, fetched, HASH, lists, ranged, serve, stated, status, whole, hub, model } from './testing/fake-hub';

beforeEach(begin);
afterEach(end);

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
