import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { ModelStore, type ModelRecord } from './store';
import { FakeCaches } from '../engine/testing/fake-caches';

const BYTES = Uint8Array.from({ length: 1000 }, (_, i) => i % 251);
const record = (id: string, more: Partial<ModelRecord> = {}): ModelRecord => ({
  id,
  title: `Net ${id}`,
  file: `${id}.gguf`,
  bytes: BYTES.length,
  dataset: 'ten shapes',
  licence: 'CC0',
  source: 'made here',
  date: '2026-01-02T03:04:05.000Z',
  origin: 'opened from net.gguf',
  ...more,
});
const bytesOf = async (blob: Blob | null) => blob && new Uint8Array(await blob.arrayBuffer());

let caches: FakeCaches;
let store: ModelStore;
beforeEach(() => {
  vi.stubGlobal('caches', (caches = new FakeCaches()));
  store = new ModelStore();
});
afterEach(() => vi.unstubAllGlobals());

it('what was put is listed and got again, the last one first, until it is deleted', async () => {
  await store.put(record('a/b ü'), new Blob([BYTES]));
  await store.put(record('b', { date: '2026-01-03T00:00:00.000Z' }), new Blob([BYTES]).stream());
  expect((await store.list()).map(({ id }) => id)).toEqual(['b', 'a/b ü']);
  expect((await store.list())[1]).toEqual(record('a/b ü'));
  expect(await bytesOf(await store.get('a/b ü'))).toEqual(BYTES);
  expect(await bytesOf(await store.get('b'))).toEqual(BYTES);
  await store.delete('b');
  expect((await store.list()).map(({ id }) => id)).toEqual(['a/b ü']);
  expect(await store.get('b')).toBeNull();
  await store.delete('a/b ü');
  expect(caches.bytes).toBe(0); // no room is taken by what is gone
});

it('a model that there is no room for is told, leaves nothing behind, and harms no other', async () => {
  await store.put(record('a'), new Blob([BYTES]));
  caches.room = caches.bytes + 500;
  await expect(store.put(record('b'), new Blob([BYTES]))).rejects.toMatchObject({
    name: 'no-room',
    message: 'Net b was not kept: this browser gives the page no more room.',
  });
  expect((await store.list()).map(({ id }) => id)).toEqual(['a']);
  expect([...caches.bodies.keys()].every((key) => key.includes('/a/'))).toBe(true);
  expect(await bytesOf(await store.get('a'))).toEqual(BYTES);
});

it('a later version takes the place of the one before, whole, and leaves nothing of it', async () => {
  await store.put(record('a'), new Blob([BYTES]));
  await store.put(record('ab'), new Blob([BYTES])); // begins alike, and is another
  await store.put(record('a', { version: 1, title: 'Net told otherwise', bytes: 10 }), new Blob([BYTES.slice(0, 10)]));
  expect((await store.list()).map(({ title }) => title).sort()).toEqual(['Net ab', 'Net told otherwise']);
  expect(await bytesOf(await store.get('a', 1))).toEqual(BYTES.slice(0, 10));
  expect(await store.get('a')).toBeNull();
  expect(await bytesOf(await store.get('ab'))).toEqual(BYTES);
  expect(caches.bodies.size).toBe(4);
  await store.delete('a');
  expect((await store.list()).map(({ id }) => id)).toEqual(['ab']);
  expect(caches.bodies.size).toBe(2);
});

it.each([
  ['its file', /\/1\/file$/],
  ['its record', /\/1\/record$/],
])('where %s finds no room the version before stays as it was', async (_, refuses) => {
  await store.put(record('a'), new Blob([BYTES]));
  caches.refuses = refuses;
  await expect(store.put(record('a', { version: 1 }), new Blob([BYTES]))).rejects.toMatchObject({
    name: 'no-room',
    message: 'The changes to Net a were not kept: this browser gives the page no more room.',
  });
  expect(await store.list()).toEqual([record('a')]);
  expect(await bytesOf(await store.get('a'))).toEqual(BYTES);
  expect(caches.bodies.size).toBe(2);
});

it('of two versions that a closed tab left beside one another the last one counts, and both go with it', async () => {
  await store.put(record('a', { version: 10 }), new Blob([BYTES]));
  const [ten] = await store.list();
  await store.put(record('a', { version: 9 }), new Blob([BYTES]));
  expect(await store.list()).toEqual([ten]);
  await store.delete('a');
  expect(caches.bodies.size).toBe(0);
});

it('a file whose record finds no room any more is let go of', async () => {
  caches.refuses = /record$/;
  await expect(store.put(record('a'), new Blob([BYTES]))).rejects.toMatchObject({ name: 'no-room' });
  expect(caches.bodies.size).toBe(0);
  expect(await store.get('a')).toBeNull();
});

it.each([
  ['too short', [BYTES.slice(1)], '999 bytes came of 1000'],
  ['too long', [BYTES, BYTES], 'bytes came of 1000'],
])('a stream that is %s is not kept', async (_, pieces, message) => {
  await expect(store.put(record('a'), new Blob(pieces).stream())).rejects.toThrow(message);
  expect(caches.bodies.size).toBe(0);
});

it('a stream that breaks leaves no half model', async () => {
  const broken = new ReadableStream<Uint8Array>({
    pull(controller) {
      controller.enqueue(BYTES.slice(0, 400));
      controller.error(new TypeError('network error'));
    },
  });
  await expect(store.put(record('a'), broken)).rejects.toMatchObject({ name: 'no-store', message: expect.stringContaining('Net a was not kept') });
  expect(await store.list()).toEqual([]);
});

it('a tab that was closed in the middle left a file, which the next put sweeps away; it was never a model', async () => {
  await store.put(record('a'), new Blob([BYTES]));
  const half = [...caches.bodies].find(([key]) => key.endsWith('/a/record'))!;
  caches.bodies.delete(half[0]);
  expect(await store.list()).toEqual([]);
  expect(await store.get('a')).toBeNull();
  await store.put(record('b'), new Blob([BYTES]));
  expect([...caches.bodies.keys()].some((key) => key.includes('/a/'))).toBe(false);
});

it('a record that nobody can read hides none of the others', async () => {
  await store.put(record('a'), new Blob([BYTES]));
  await store.put(record('b'), new Blob([BYTES]));
  const [key] = [...caches.bodies].find(([url]) => url.endsWith('/b/record'))!;
  for (const text of ['{', 'null', '{"id":"b"}']) {
    caches.bodies.set(key, new Blob([text]));
    expect((await store.list()).map(({ id }) => id)).toEqual(['a']);
  }
});

it('without a secure context there is no store: it says so where something is to be kept', async () => {
  vi.stubGlobal('caches', undefined);
  Reflect.deleteProperty(globalThis, 'caches');
  expect(store.available).toBe(false);
  expect(await store.list()).toEqual([]);
  expect(await store.get('a')).toBeNull();
  await store.delete('a');
  await expect(store.put(record('a'), new Blob([BYTES]))).rejects.toMatchObject({ name: 'no-store', message: expect.stringContaining('HTTPS') });
});

it('a browser that refuses its store is told apart from one without room', async () => {
  vi.stubGlobal('caches', {
    open: async () => {
      throw new DOMException('The operation is insecure.', 'SecurityError');
    },
  });
  await expect(store.put(record('a'), new Blob([BYTES]))).rejects.toMatchObject({ name: 'no-store', message: expect.stringContaining('insecure') });
});

it('room and persistence are answered whatever the browser has', async () => {
  vi.stubGlobal('navigator', { storage: { estimate: async () => ({ usage: 3, quota: 10 }), persist: async () => true, persisted: async () => false } });
  expect([await store.room(), await store.persist(), await store.persisted()]).toEqual([{ usage: 3, quota: 10 }, true, false]);
  vi.stubGlobal('navigator', {});
  expect([await store.room(), await store.persist(), await store.persisted()]).toEqual([null, false, null]);
});
