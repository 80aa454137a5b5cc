/** The list of models, and fetching one: with progress, verified, kept for the next visit. */
import { cancelled, EngineError, isKind } from './errors';
import type { HandedFile } from './handed';
import { hasher } from './hash';

export interface ModelEntry {
  id: string;
  title: string;
  file: string;
  bytes: number;
  /** Absent where nobody promised one: of a file that the visitor opened. */
  sha256?: string;
  dataset: string;
  licence: string;
  source: string;
  note?: string;
  /** How often what its file says of it was changed; absent: never. */
  version?: number;
  /** In how many parts a site has the file, where its host takes none of that size: `file.part1`, `file.part2`, ... */
  parts?: number;
}

export interface FetchOptions {
  signal?: AbortSignal;
  onProgress?: (received: number, total: number) => void;
}

const CACHE = 'skipscope-models';

/** Bytes handed over at once: the engine's memory grows by a copy of them and never shrinks. A browser may bring megabytes. */
const PIECE = 1 << 18;

/** Files that arrived damaged: the next try must not be answered from the browser's own HTTP cache. */
const distrusted = new Set<string>();

export async function readRegistry(url: string): Promise<ModelEntry[]> {
  return (await readList<{ models: ModelEntry[] }>(url, 'The list of models')).models;
}

/** A file of this site that lists models, and is called `what`. */
export async function readList<L extends { models: unknown[] }>(url: string, what: string): Promise<L> {
  let response: Response;
  try {
    response = await fetch(url);
  } catch {
    throw new EngineError('network', `${what} could not be fetched: the server did not answer.`);
  }
  if (!response.ok) throw new EngineError('not-found', `${what} could not be fetched: the server answered ${response.status}.`);
  try {
    const list = (await response.json()) as L;
    if (!Array.isArray(list.models) || list.models.length === 0) throw new Error();
    return list;
  } catch {
    throw new EngineError('corrupted', `${what} (${url.split('/').at(-1)}) is not readable.`);
  }
}

/** What takes a model's bytes as they arrive. `free` lets go of it unfinished. */
export interface Sink {
  push(bytes: Uint8Array): void;
  free(): void;
}

/**
 * Hands the bytes of a model over as they arrive, and the sink back once they are known to be exactly those that its entry
 * promises (without a hash: as many). A sink whose bytes are not is freed: what is promised is verified before it is used. What the
 * sink itself throws goes to the caller as it is. `from` is the model file's address, or the file, or its bytes.
 */
export async function fetchModel<S extends Sink>(entry: ModelEntry, from: string | HandedFile, open: () => S, options: FetchOptions = {}): Promise<S> {
  if (typeof from !== 'string') return pour(entry, new Response(from).body!, open(), null, options);
  const url = from;
  const key = `${url}?sha256=${entry.sha256}`;
  const kept = entry.sha256 === undefined ? null : await fromCache(key);
  if (kept) {
    try {
      return await pour(entry, kept, open(), null, options);
    } catch (error) {
      if (!(error instanceof EngineError) || error.name === 'cancelled') throw error; // else what was kept is no longer good
    }
  }
  const body = await download(entry, url, options);
  const keep = entry.sha256 === undefined ? null : await toCache(key); // only what can be verified when it is used again
  try {
    const sink = await pour(entry, body, open(), keep, options);
    distrusted.delete(url);
    keep?.close();
    return sink;
  } catch (error) {
    keep?.drop();
    if (isKind(error, 'truncated') || isKind(error, 'corrupted')) distrusted.add(url);
    throw error;
  }
}

/** A model's file as it is on the server, or was kept of it: verified. */
export async function fetchFile(entry: ModelEntry, url: string, options: FetchOptions = {}): Promise<Blob> {
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  await fetchModel(entry, url, () => ({ push: (bytes) => void pieces.push(bytes as Uint8Array<ArrayBuffer>), free: () => {} }), options);
  return new Blob(pieces, { type: 'application/octet-stream' });
}

async function download(entry: ModelEntry, url: string, { signal }: FetchOptions): Promise<ReadableStream<Uint8Array>> {
  const { title, file, parts = 1 } = entry;
  const init: RequestInit = { signal, cache: distrusted.has(url) ? 'reload' : 'default' };
  if (parts === 1) return ask(url, title, file, init);
  const part = (index: number) => ask(`${url}.part${index}`, `${title}, part ${index} of ${parts},`, `${file}.part${index}`, init);
  let at = 1;
  let reader = (await part(at)).getReader();
  return new ReadableStream({
    async pull(controller) {
      for (;;) {
        const { done, value } = await reader.read();
        if (!done) return controller.enqueue(value);
        if (at === parts) return controller.close();
        reader = (await part(++at)).getReader();
      }
    },
    cancel: () => reader.cancel(),
  });
}

/** One file of a site; `what` it is called, and its name. */
async function ask(url: string, what: string, file: string, init: RequestInit): Promise<ReadableStream<Uint8Array>> {
  let response: Response;
  try {
    response = await fetch(url, init);
  } catch {
    if (init.signal?.aborted) throw cancelled(`Loading ${what} was cancelled.`);
    if ((globalThis.navigator as { onLine?: boolean } | undefined)?.onLine === false) {
      throw new EngineError('network', `${what} is not kept in this browser yet, and there is no connection. Opened once with one, it stays.`);
    }
    throw new EngineError('network', `${what} could not be fetched: the server did not answer.`);
  }
  if (response.status === 404) {
    throw new EngineError('not-found', `${what} is not on this server (404, ${file}). It may not have been fetched when the site was set up.`);
  }
  if (!response.ok || !response.body) {
    throw new EngineError('network', `${what} could not be fetched: the server answered ${response.status}.`);
  }
  return response.body;
}

/** Reads a body to its end into the sink, and into the cache where there is one. */
async function pour<S extends Sink>(
  entry: ModelEntry,
  body: ReadableStream<Uint8Array>,
  sink: S,
  keep: Pick<Sink, 'push'> | null,
  { signal, onProgress }: FetchOptions,
): Promise<S> {
  const hash = entry.sha256 === undefined ? null : hasher(entry.bytes);
  const reader = body.getReader();
  let received = 0;
  try {
    onProgress?.(0, entry.bytes);
    for (;;) {
      let chunk: ReadableStreamReadResult<Uint8Array>;
      try {
        chunk = await reader.read();
      } catch (error) {
        if (signal?.aborted) throw givenUp(entry);
        if (error instanceof EngineError) throw error; // a later part
        throw new EngineError('truncated', `The connection broke after ${received} of ${entry.bytes} bytes of ${entry.title}.`);
      }
      if (signal?.aborted) throw givenUp(entry);
      if (chunk.done) break;
      received += chunk.value.length;
      if (received > entry.bytes) {
        throw new EngineError('corrupted', `${entry.title} is corrupted: the file is longer than the ${entry.bytes} bytes it should have.`);
      }
      hash?.update(chunk.value);
      keep?.push(chunk.value);
      for (let at = 0; at < chunk.value.length; at += PIECE) sink.push(chunk.value.subarray(at, at + PIECE));
      onProgress?.(received, entry.bytes);
    }
    if (received < entry.bytes) {
      throw new EngineError('truncated', `${entry.title} arrived truncated: ${received} of ${entry.bytes} bytes.`);
    }
    if (hash && (await hash.digest()) !== entry.sha256) {
      throw new EngineError('corrupted', `${entry.title} is corrupted: its SHA-256 is not the one in the registry.`);
    }
  } catch (error) {
    void reader.cancel().catch(() => {});
    try {
      sink.free();
    } catch {
      // One that trapped is still lent out, and says so: what it trapped with is what matters.
    }
    throw error;
  }
  return sink;
}

function givenUp(entry: ModelEntry): EngineError {
  return cancelled(`Loading ${entry.title} was cancelled.`);
}

// The Cache API is absent without a secure context and may refuse for lack of room, at once or in the middle: then every visit
// downloads, that is all.

async function fromCache(key: string): Promise<ReadableStream<Uint8Array> | null> {
  try {
    return (await (await caches.open(CACHE)).match(key))?.body ?? null;
  } catch {
    return null;
  }
}

interface Keep extends Pick<Sink, 'push'> {
  /** All of it has come and is what it should be. The disk is not waited for. */
  close(): void;
  /** Nothing of it is kept. */
  drop(): void;
}

/** Keeps a body while it arrives: the cache stores a response only once its body has ended well. None of this ever throws. */
async function toCache(key: string): Promise<Keep | null> {
  try {
    const cache = await caches.open(CACHE);
    const file = key.split('?')[0]!;
    for (const old of await cache.keys()) {
      if (old.url.split('?')[0] === file) await cache.delete(old); // an earlier version of this model, or one gone bad
    }
    let body: ReadableStreamDefaultController<Uint8Array> | null = null;
    const cancel = () => void (body = null); // it has no room: what comes goes to the sink alone
    void cache.put(key, new Response(new ReadableStream<Uint8Array>({ start: (controller) => void (body = controller), cancel }))).catch(cancel);
    return {
      push: (bytes) => body?.enqueue(bytes),
      close: () => body?.close(),
      drop: () => body?.error(new Error('not kept')),
    };
  } catch {
    return null;
  }
}
