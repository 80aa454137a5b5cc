/** What has come of a download: kept in parts, so that a connection that breaks, or a reload, loses only what came since the last one. */
import { EngineError } from '../engine';
import { isQuota } from './store';

/** What the server has promised of the file. */
export interface Promised {
  bytes: number | null;
  sha256: string | null;
}

const CACHE = 'skipscope-downloads';
const BASE = 'https://downloads.invalid/';
const folder = (id: string) => `${BASE}${encodeURIComponent(id)}/`;

/** Without a secure context there is no Cache API: parts then last as long as the page. */
const inMemory = new Map<string, { from: number; blob: Blob }[]>();

async function opened(): Promise<Cache | null> {
  try {
    return await caches.open(CACHE);
  } catch {
    return null;
  }
}

export class Parts {
  /** Bytes from the file's start on. */
  received = 0;
  promised: Promised | null = null;
  readonly #id: string;
  readonly #cache: Cache | null;

  private constructor(id: string, cache: Cache | null) {
    this.#id = id;
    this.#cache = cache;
  }

  static async open(id: string): Promise<Parts> {
    const cache = await opened();
    const parts = new Parts(id, cache);
    parts.received = ends(await parts.#ranges());
    if (cache) {
      const promised = await cache.match(`${folder(id)}promised`);
      parts.promised = ((await promised?.json().catch(() => null)) as Promised | null | undefined) ?? null;
    }
    return parts;
  }

  /** Bytes of every download that was begun, by its id. */
  static async begun(): Promise<Map<string, number>> {
    const cache = await opened();
    const urls = cache ? (await cache.keys()).map(({ url }) => url) : [];
    const ids = new Set([...inMemory.keys(), ...urls.map((url) => decodeURIComponent(url.slice(BASE.length).split('/')[0]!))]);
    const all = await Promise.all([...ids].map(async (id) => [id, (await Parts.open(id)).received] as const));
    return new Map(all.filter(([, received]) => received > 0));
  }

  async promise(promised: Promised): Promise<void> {
    this.promised = promised;
    await this.#keep('promised', new Blob([JSON.stringify(promised)]));
  }

  async add(pieces: Uint8Array[]): Promise<void> {
    const blob = new Blob(pieces as Uint8Array<ArrayBuffer>[]);
    if (blob.size === 0) return;
    const from = this.received;
    if (this.#cache) await this.#keep(`${from}-${from + blob.size}`, blob);
    else inMemory.set(this.#id, [...(inMemory.get(this.#id) ?? []), { from, blob }]);
    this.received += blob.size;
  }

  /** All of it, as one file. */
  async whole(): Promise<Blob> {
    const blobs: Blob[] = [];
    for (const { url } of await this.#ranges()) {
      const blob = this.#cache ? await (await this.#cache.match(url))?.blob() : inMemory.get(this.#id)?.find(({ from }) => String(from) === url)?.blob;
      if (!blob) throw new EngineError('truncated', 'A part of the download is no longer kept in this browser.');
      blobs.push(blob);
    }
    return new Blob(blobs);
  }

  async drop(): Promise<void> {
    inMemory.delete(this.#id);
    this.received = 0;
    this.promised = null;
    for (const { url } of (await this.#cache?.keys()) ?? []) if (url.startsWith(folder(this.#id))) await this.#cache!.delete(url);
  }

  async #keep(name: string, blob: Blob): Promise<void> {
    try {
      await this.#cache?.put(folder(this.#id) + name, new Response(blob));
    } catch (error) {
      if (isQuota(error)) throw new EngineError('no-room', 'This browser gives the page no more room.');
      throw new EngineError('no-store', 'This browser did not keep what came.');
    }
  }

  /** Those that follow on each other from the start. Two tabs may have left some that overlap. */
  async #ranges(): Promise<Range[]> {
    const all = this.#cache
      ? (await this.#cache.keys()).map(({ url }) => url).flatMap((url) => (url.startsWith(folder(this.#id)) ? rangeOf(url) : []))
      : (inMemory.get(this.#id) ?? []).map(({ from, blob }) => ({ url: String(from), from, to: from + blob.size }));
    const chain: Range[] = [];
    for (;;) {
      const next = all.find(({ from }) => from === ends(chain));
      if (!next) return chain;
      chain.push(next);
    }
  }
}

interface Range {
  url: string;
  from: number;
  to: number;
}

function rangeOf(url: string): Range[] {
  const found = url.match(/\/(\d+)-(\d+)$/);
  const [from, to] = [Number(found?.[1]), Number(found?.[2])];
  return found && to > from ? [{ url, from, to }] : [];
}

function ends(chain: Range[]): number {
  return chain.at(-1)?.to ?? 0;
}
