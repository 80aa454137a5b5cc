/**
 * Pictures of the visitor's own, kept in this browser for a reload to find them: the last few, for a day. They leave it for nowhere. None
 * of this ever throws: where a browser stores nothing (a private window, no room), a reload is without them, and the page says so.
 */
import { createStore, del, entries, get, set, type UseStore } from 'idb-keyval';

export const DAY_MS = 24 * 60 * 60 * 1000;
export const MOST_KEPT = 8;
export const MOST_KEPT_BYTES = 64e6;

interface Stored {
  name: string;
  blob: Blob;
  at: number;
}

let store: UseStore | null = null;
const opened = () => (store ??= createStore('skipscope', 'pictures'));

export async function keep(id: number, name: string, blob: Blob): Promise<void> {
  try {
    if (blob.size > MOST_KEPT_BYTES) return;
    await set(id, { name, blob, at: Date.now() } satisfies Stored, opened());
    await tidy();
  } catch {
    // Not kept.
  }
}

export async function recall(id: number): Promise<{ name: string; blob: Blob } | null> {
  try {
    const found = await get<Stored>(id, opened());
    return found && found.at > Date.now() - DAY_MS ? found : null;
  } catch {
    return null;
  }
}

/** Lets go of what is old or too much, the oldest first. */
export async function tidy(): Promise<void> {
  try {
    const all = (await entries<number, Stored>(opened())).sort(([, a], [, b]) => b.at - a.at);
    let bytes = 0;
    for (const [index, [id, { at, blob }]] of all.entries()) {
      bytes += blob.size;
      if (index >= MOST_KEPT || bytes > MOST_KEPT_BYTES || at <= Date.now() - DAY_MS) await del(id, opened());
    }
  } catch {
    // There is nothing to let go of.
  }
}
