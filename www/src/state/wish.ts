/** Which engine the address asks for; null where it leaves the choice to detection. */
import type { Wish } from '../engine';

/** The parameters that ask for it. */
export const WISHES = ['flavour', 'threads'];

const MOST_THREADS = 64;

export function readWish(search: string): Wish {
  const query = new URLSearchParams(search);
  const threads = Number(query.get('threads'));
  return { flavour: query.get('flavour'), threads: Number.isInteger(threads) && threads > 0 ? Math.min(threads, MOST_THREADS) : null };
}
