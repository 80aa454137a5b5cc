/**
 * What can wait comes one after the other, whenever the thread has nothing to do: all parts of the page at once were a task of
 * 190 ms at the first result.
 */
let waiting: (() => void)[] = [];
const idle: (callback: () => void) => void =
  typeof requestIdleCallback === 'function' ? (callback) => requestIdleCallback(callback, { timeout: 500 }) : (callback) => setTimeout(callback, 50); // Safari

function next(): void {
  waiting.shift()?.();
  if (waiting.length) idle(next);
}

/** Calls back when its turn has come; what is returned takes the wish back. */
export function whenIdle(callback: () => void): () => void {
  waiting.push(callback);
  if (waiting.length === 1) idle(next);
  return () => (waiting = waiting.filter((other) => other !== callback));
}
