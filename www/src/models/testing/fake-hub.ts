/** For tests: a hub that has one file, and answers as it is told. */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { expect, vi } from 'vitest';
import { download, type DownloadOptions, type Hub, type HubModel } from '../hub';
import { FakeCaches } from '../../engine/testing/fake-caches';

export const BYTES = Uint8Array.from({ length: 200_000 }, (_, i) => (i * 7) % 251);
export const HASH = bytesToHex(sha256(BYTES));
const LIST = 'https://hub.test/api/models/timm/tiny/tree/main';
const FILE = 'https://hub.test/timm/tiny/resolve/main/model.safetensors';
export const model: HubModel = {
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
export const hub: Hub = { origin: 'https://hub.test', redirects: [], models: [model] };

export type Reply = (request: { range: string | null }) => Response | Promise<Response>;
/** The hub: its list of files, and what it answers to one request for the file after the other. */
interface Served {
  list?: Reply;
  file: Reply[];
}
export const stated = (more: object = {}) =>
  Response.json([
    { path: 'README.md', size: 3 },
    { path: 'model.safetensors', size: BYTES.length, lfs: { oid: HASH, size: BYTES.length }, ...more },
  ]);

/** What was asked for: addresses with the range. */
export let asked: string[] = [];
export let lists = 0;
export function serve({ list = () => stated(), file }: Served): void {
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
export function body(bytes: Uint8Array, then: Ending = 'ends', piece = 30_000): ReadableStream<Uint8Array> {
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
export const whole: Reply = () => new Response(body(BYTES), { headers: { 'content-length': `${BYTES.length}` } });
/** As a server that knows ranges: the file from there on, cut after `length` bytes. */
export const ranged =
  (length = Infinity, then: Ending = length === Infinity ? 'ends' : 'breaks'): Reply =>
  ({ range }) => {
    const from = range ? Number(range.match(/^bytes=(\d+)-$/)![1]) : 0;
    const headers = { 'content-length': `${BYTES.length - from}`, ...(range && { 'content-range': `bytes ${from}-${BYTES.length - 1}/${BYTES.length}` }) };
    return new Response(body(BYTES.subarray(from, from + length), then), { status: range ? 206 : 200, headers });
  };
export const status =
  (code: number, headers: Record<string, string> = {}): Reply =>
  () =>
    new Response('no', { status: code, headers });

/** Its hash: to compare that many numbers one by one takes seconds on a busy machine. */
const hashOf = async (blob: Blob) => bytesToHex(sha256(new Uint8Array(await blob.arrayBuffer())));
export const fetched = async (options?: DownloadOptions) => hashOf(await download(hub, model, options));

export let caches: FakeCaches;
/** Of a test: the hub begins anew. */
export function begin(): void {
  hurry();
  vi.stubGlobal('caches', (caches = new FakeCaches()));
  asked = [];
  lists = 0;
}
export function end(): void {
  silences.clear();
  vi.unstubAllGlobals();
}
