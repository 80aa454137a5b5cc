/** The worker's half of a call that can be aborted and that reports: what a `WorkerHandle` sends beside Comlink's messages, and gets. */
import * as Comlink from 'comlink';

/** From the page. */
export interface Order {
  abort: number;
}

/** To the page, in the order of the answers: through a port of its own a report could come after the answer. */
export interface Notice {
  report?: { call: number; value: unknown };
}

const running = new Map<number, AbortController>();

/** Offers the worker's functions to the page. */
export function serve(functions: object): void {
  Comlink.expose(functions);
  addEventListener('message', ({ data }: MessageEvent<Order | undefined>) => running.get(data?.abort ?? 0)?.abort());
}

/** Does the work of a call; `signal` is aborted when the page gives it up. */
export async function during<R>(call: number, work: (signal: AbortSignal) => Promise<R>): Promise<R> {
  const controller = new AbortController();
  running.set(call, controller);
  try {
    return await work(controller.signal);
  } finally {
    running.delete(call);
  }
}

export function report(call: number, value: unknown): void {
  postMessage({ report: { call, value } } satisfies Notice);
}
