/** What the hub does not have, does not give, or gives wrong; and this site's own list of it. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { answersOf, discard, pending, readHub } from './hub';
import { looksLikeAPage } from './hub-request';
import { begin, body, BYTES, end, fetched, HASH, ranged, serve, stated, status, type Reply } from './testing/fake-hub';

beforeEach(begin);
afterEach(end);

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
