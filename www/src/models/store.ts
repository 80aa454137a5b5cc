/**
 * Models that the visitor opened or downloaded, kept by this browser (Cache API): the file, and a record of it. Knows nothing of the
 * page. Two tabs write one after the other: what one is about to finish must not look left over to the other. All of it settles; what fails is told by an `EngineError`: 'no-room', or 'no-store' where this browser keeps nothing at all.
 */
import { EngineError, messageOf, type ModelEntry } from '../engine';
import { alone } from './locks';

export interface ModelRecord extends ModelEntry {
  /** As it was measured; absent: not stated. */
  accuracy?: string;
  /** When it came: ISO 8601. */
  date: string;
  /** Where it came from: "opened from net.gguf". */
  origin: string;
  /** The model of the hub that it is. */
  hub?: string;
}

/** Bytes that this site takes in this browser, and those that it may. */
export interface Room {
  usage: number;
  quota: number;
}

const CACHE = 'skipscope-own-models';
/** A cache's keys are addresses: nothing is ever asked of this one. */
const BASE = 'https://own-models.invalid/';
/** Every version has keys of its own: a new one takes the place of the last once all of it is there. */
const key = (id: string, version: number, part: 'record' | 'file') => `${BASE}${encodeURIComponent(id)}/${version ? `${version}/` : ''}${part}`;
const versionOf = (url: string) => Number(/\/(\d+)\/\w+$/.exec(url)?.[1] ?? 0);
const isOf = (id: string, url: string) => url.startsWith(`${BASE}${encodeURIComponent(id)}/`);
const fileBeside = (url: string) => url.replace(/record$/, 'file');

export class ModelStore {
  /** The Cache API is there in a secure context alone. */
  get available(): boolean {
    return 'caches' in globalThis;
  }

  /** Those whose file is there, each in its last version, the last one first. Where nothing is kept there are none. */
  async list(): Promise<ModelRecord[]> {
    if (!this.available) return [];
    const cache = await opened();
    const keys = new Set((await cache.keys()).map(({ url }) => url));
    const whole = [...keys].filter((url) => url.endsWith('/record') && keys.has(fileBeside(url)));
    const records = await Promise.all(whole.sort((a, b) => versionOf(a) - versionOf(b)).map(async (url) => readRecord(await cache.match(url))));
    const last = new Map(records.filter((record) => record !== null).map((record) => [record.id, record]));
    return [...last.values()].sort((a, b) => b.date.localeCompare(a.date));
  }

  /**
   * All of it, or nothing: a model is there once its record is, which is written last. `file` has `record.bytes` bytes. A later version
   * takes the place of those before it; where it cannot be kept they stay.
   */
  async put(record: ModelRecord, file: Blob | ReadableStream<Uint8Array>): Promise<void> {
    if (!this.available) throw new EngineError('no-store', 'This browser keeps nothing for pages that do not come over HTTPS.');
    const { id, version = 0 } = record;
    const cache = await opened();
    await alone(CACHE, async () => {
      await sweep(cache);
      try {
        const stream = file instanceof Blob ? file.stream() : file;
        await cache.put(key(id, version, 'file'), new Response(exactly(record, stream)));
        await cache.put(key(id, version, 'record'), new Response(JSON.stringify(record)));
      } catch (error) {
        await sweep(cache).catch(() => {}); // the next one does it, too
        throw told(error, record);
      }
      await dropRecords(cache, id, (other) => other < version).catch(() => {}); // the last version counts, whatever else is there
    });
  }

  /** Of that version: null where it is deleted, or another has taken its place. */
  async get(id: string, version = 0): Promise<Blob | null> {
    if (!this.available) return null;
    const cache = await opened();
    const whole = await cache.match(key(id, version, 'record'));
    return whole ? ((await (await cache.match(key(id, version, 'file')))?.blob()) ?? null) : null;
  }

  async delete(id: string): Promise<void> {
    if (!this.available) return;
    const cache = await opened();
    await alone(CACHE, async () => {
      await dropRecords(cache, id, () => true); // from here on it is no model
    });
  }

  /** Null: this browser does not tell. */
  async room(): Promise<Room | null> {
    try {
      const { usage, quota } = await navigator.storage.estimate();
      return usage === undefined || quota === undefined ? null : { usage, quota };
    } catch {
      return null;
    }
  }

  /** Whether the browser has promised not to let go of it; null: it does not tell. */
  async persisted(): Promise<boolean | null> {
    try {
      return await navigator.storage.persisted();
    } catch {
      return null;
    }
  }

  /** Asks the browser not to let go of it when it needs room; whether it said yes. */
  async persist(): Promise<boolean> {
    try {
      return await navigator.storage.persist();
    } catch {
      return false;
    }
  }
}

async function opened(): Promise<Cache> {
  try {
    return await caches.open(CACHE);
  } catch (error) {
    throw new EngineError('no-store', `This browser keeps nothing for this page: ${messageOf(error)}`);
  }
}

async function readRecord(response: Response | undefined): Promise<ModelRecord | null> {
  try {
    const record = (await response?.json()) as Partial<ModelRecord> | undefined;
    const whole = typeof record?.id === 'string' && typeof record.title === 'string' && typeof record.bytes === 'number' && typeof record.date === 'string';
    return whole ? (record as ModelRecord) : null;
  } catch {
    return null; // one that nobody can read is none
  }
}

/** Lets go of some versions of a model, and of their files. */
async function dropRecords(cache: Cache, id: string, which: (version: number) => boolean): Promise<void> {
  const records = (await cache.keys()).map(({ url }) => url).filter((url) => url.endsWith('/record') && isOf(id, url) && which(versionOf(url)));
  for (const url of records.sort((a, b) => versionOf(a) - versionOf(b))) await cache.delete(url);
  await sweep(cache);
}

/** Lets go of files without a record: of a put that did not end, or a model that was deleted. */
async function sweep(cache: Cache): Promise<void> {
  const keys = (await cache.keys()).map(({ url }) => url);
  const records = new Set(keys.filter((url) => url.endsWith('/record')));
  for (const url of keys) if (url.endsWith('/file') && !records.has(url.replace(/file$/, 'record'))) await cache.delete(url);
}

/** As many bytes as the record says: a cache keeps nothing of a body that ends in an error. */
function exactly({ title, bytes }: ModelRecord, stream: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
  let came = 0;
  const wrong = () => new EngineError('truncated', `${title} was not kept: ${came} bytes came of ${bytes}.`);
  return stream.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        came += chunk.length;
        if (came > bytes) controller.error(wrong());
        else controller.enqueue(chunk);
      },
      flush(controller) {
        if (came < bytes) controller.error(wrong());
      },
    }),
  );
}

function told(error: unknown, { title, version }: ModelRecord): EngineError {
  if (error instanceof EngineError) return error;
  const what = version ? `The changes to ${title} were not kept` : `${title} was not kept`;
  if (isQuota(error)) return new EngineError('no-room', `${what}: this browser gives the page no more room.`);
  return new EngineError('no-store', `${what}: ${messageOf(error)}`);
}

export function isQuota(error: unknown): boolean {
  return error instanceof Error && error.name === 'QuotaExceededError';
}
