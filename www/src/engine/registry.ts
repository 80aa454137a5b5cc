/** The list of models, and fetching one: with progress, verified, kept for the next visit. */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { EngineError } from './errors';

export interface ModelEntry {
  id: string;
  title: string;
  file: string;
  bytes: number;
  sha256: string;
  dataset: string;
  licence: string;
  source: string;
  note?: string;
}

export interface FetchOptions {
  signal?: AbortSignal;
  onProgress?: (received: number, total: number) => void;
}

const CACHE = 'skipscope-models';

/** Files that arrived damaged: the next try must not be answered from the browser's own HTTP cache. */
const distrusted = new Set<string>();

export async function readRegistry(url: string): Promise<ModelEntry[]> {
  let response: Response;
  try {
    response = await fetch(url);
  } catch {
    throw new EngineError('network', 'The list of models could not be fetched: the server did not answer.');
  }
  if (!response.ok) {
    throw new EngineError('not-found', `The list of models could not be fetched: the server answered ${response.status}.`);
  }
  try {
    const { models } = (await response.json()) as { models: ModelEntry[] };
    if (!Array.isArray(models) || models.length === 0) throw new Error();
    return models;
  } catch {
    throw new EngineError('corrupted', 'The list of models (registry.json) is not readable.');
  }
}

/** The bytes of a model, exactly those the registry promises. `url` is the model file's address. */
export async function fetchModel(entry: ModelEntry, url: string, options: FetchOptions = {}): Promise<Uint8Array> {
  const key = `${url}?sha256=${entry.sha256}`;
  const kept = await fromCache(key);
  if (kept && kept.length === entry.bytes && digest(kept) === entry.sha256) {
    options.onProgress?.(entry.bytes, entry.bytes);
    return kept;
  }
  const bytes = await download(entry, url, options);
  await toCache(key, bytes);
  return bytes;
}

async function download(entry: ModelEntry, url: string, { signal, onProgress }: FetchOptions): Promise<Uint8Array> {
  let response: Response;
  try {
    response = await fetch(url, { signal, cache: distrusted.has(url) ? 'reload' : 'default' });
  } catch {
    if (signal?.aborted) throw cancelled(entry);
    throw new EngineError('network', `${entry.title} could not be fetched: the server did not answer.`);
  }
  if (response.status === 404) {
    throw new EngineError('not-found', `${entry.title} is not on this server (404, ${entry.file}). It may not have been fetched when the site was set up.`);
  }
  if (!response.ok || !response.body) {
    throw new EngineError('network', `${entry.title} could not be fetched: the server answered ${response.status}.`);
  }

  const bytes = new Uint8Array(entry.bytes);
  const hash = sha256.create();
  const reader = response.body.getReader();
  let received = 0;
  onProgress?.(0, entry.bytes);
  for (;;) {
    let chunk: ReadableStreamReadResult<Uint8Array>;
    try {
      chunk = await reader.read();
    } catch {
      if (signal?.aborted) throw cancelled(entry);
      throw damaged(url, 'truncated', `The connection broke after ${received} of ${entry.bytes} bytes of ${entry.title}.`);
    }
    if (chunk.done) break;
    if (received + chunk.value.length > entry.bytes) {
      await reader.cancel().catch(() => {});
      throw damaged(url, 'corrupted', `${entry.title} is corrupted: the file is longer than the ${entry.bytes} bytes it should have.`);
    }
    bytes.set(chunk.value, received);
    hash.update(chunk.value);
    received += chunk.value.length;
    onProgress?.(received, entry.bytes);
  }
  if (signal?.aborted) throw cancelled(entry);
  if (received < entry.bytes) {
    throw damaged(url, 'truncated', `${entry.title} arrived truncated: ${received} of ${entry.bytes} bytes.`);
  }
  if (bytesToHex(hash.digest()) !== entry.sha256) {
    throw damaged(url, 'corrupted', `${entry.title} is corrupted: its SHA-256 is not the one in the registry.`);
  }
  distrusted.delete(url);
  return bytes;
}

function digest(bytes: Uint8Array): string {
  return bytesToHex(sha256(bytes));
}

function cancelled(entry: ModelEntry): EngineError {
  return new EngineError('cancelled', `Loading ${entry.title} was cancelled.`);
}

function damaged(url: string, kind: 'truncated' | 'corrupted', message: string): EngineError {
  distrusted.add(url);
  return new EngineError(kind, message);
}

// The Cache API is absent without a secure context and may refuse for lack of room: then every visit downloads, that is all.

async function fromCache(key: string): Promise<Uint8Array | null> {
  try {
    const hit = await (await caches.open(CACHE)).match(key);
    return hit ? new Uint8Array(await hit.arrayBuffer()) : null;
  } catch {
    return null;
  }
}

async function toCache(key: string, bytes: Uint8Array): Promise<void> {
  try {
    const cache = await caches.open(CACHE);
    const file = key.split('?')[0]!;
    for (const old of await cache.keys()) {
      if (old.url.split('?')[0] === file && old.url !== key) await cache.delete(old); // an earlier version of this model
    }
    await cache.put(key, new Response(bytes as BodyInit));
  } catch {
    // go on without
  }
}
