/** The other half of a `WorkerHandle`'s calls, which can be aborted and report: what it sends beside Comlink's messages, and gets. */
import * as Comlink from 'comlink';

/** From the page. */
export interface Order {
  abort: number;
}

/** To the page, in the order of the answers: through a port of its own a report could come after the answer. */
export interface Notice {
  report?: { call: number; value: unknown };
}

export class Calls {
  readonly #running = new Map<number, AbortController>();

  constructor(private readonly say: (notice: Notice) => void) {}

  /** Does the work of a call; `signal` is aborted when whoever asked gives it up. */
  async during<R>(call: number, work: (signal: AbortSignal) => Promise<R>): Promise<R> {
    const controller = new AbortController();
    this.#running.set(call, controller);
    try {
      return await work(controller.signal);
    } finally {
      this.#running.delete(call);
    }
  }

  report(call: number, value: unknown): void {
    this.say({ report: { call, value } });
  }

  abort(call: number): void {
    this.#running.get(call)?.abort();
  }
}

/** Those of this worker. */
export const calls = new Calls((notice) => postMessage(notice));

/** Offers the worker's functions to the page. */
export function serve(functions: object): void {
  Comlink.expose(functions);
  addEventListener('message', ({ data }: MessageEvent<Order | undefined>) => calls.abort(data?.abort ?? 0));
}

export const during = calls.during.bind(calls);
export const report = calls.report.bind(calls);
