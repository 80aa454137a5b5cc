import type { Wish } from '../engine/types';

/** What is shown, as the page's address says it. */
export interface Place {
  /** Null: the explorer, which is where the page opens. */
  view: string | null;
  model: string;
  /** Null: a picture of the visitor's own, which no address can hold. */
  sample: string | null;
  /** The open block's name, e.g. layer2.0. */
  block: string | null;
}

const KEYS = ['view', 'model', 'sample', 'block'] as const;

export function readPlace(search: string): Partial<Place> {
  const query = new URLSearchParams(search);
  const place: Partial<Place> = {};
  for (const key of KEYS) {
    const value = query.get(key);
    if (value) place[key] = value;
  }
  return place;
}

/** The query for a place. Parameters that are not ours (`flavour`, `threads`) stay. */
export function writePlace(place: Place, search: string): string {
  const query = new URLSearchParams(search);
  for (const key of KEYS) {
    const value = place[key];
    if (value) query.set(key, value);
    else query.delete(key);
  }
  return `?${query}`;
}

/** Which engine the address asks for. */
export function readWish(search: string): Wish {
  const query = new URLSearchParams(search);
  const threads = Number(query.get('threads'));
  return { flavour: query.get('flavour'), threads: Number.isInteger(threads) && threads > 0 ? Math.min(threads, 64) : null };
}
