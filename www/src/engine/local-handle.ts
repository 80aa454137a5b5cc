/** What would be a worker, in this thread: for Node, which needs none, and for pages that may start none. */
import * as Comlink from 'comlink';
import { Calls } from './calls';
import { asEngineError, cancelled, EngineError, isKind } from './errors';
import type { CallOptions, Handle } from './worker-handle';

export class LocalHandle<T extends object> implements Handle<T> {
  readonly lost: AbortSignal;
  readonly #lost = new AbortController();
  readonly #calls = new Calls(({ report }) => report && this.#listeners.get(report.call)?.(report.value));
  readonly #listeners = new Map<number, (report: unknown) => void>();
  readonly #api: T;
  #over: EngineError | null = null;
  #count = 0;
  readonly #waiting = new Set<(error: EngineError) => void>();

  constructor(create: (calls: Calls) => T) {
    this.lost = this.#lost.signal;
    this.#api = create(this.#calls);
  }

  call<R>(ask: (api: Comlink.Remote<T>, call: number) => Promise<R>, { signal, onReport, unwanted, turn }: CallOptions<R> = {}): Promise<R> {
    if (this.#over) return Promise.reject(this.#over);
    if (signal?.aborted) return Promise.reject(cancelled());
    const call = ++this.#count;
    const settled = new AbortController();
    if (onReport) this.#listeners.set(call, onReport);
    return new Promise<R>((resolve, reject) => {
      const fail = (error: EngineError) => {
        settled.abort();
        reject(error);
      };
      const abort = () => {
        this.#calls.abort(call);
        fail(cancelled());
      };
      this.#waiting.add(fail);
      signal?.addEventListener('abort', abort, { once: true });
      const work = async () => {
        const release = await turn?.(settled.signal);
        try {
          if (this.#over) throw this.#over;
          if (settled.signal.aborted) throw cancelled();
          return await ask(this.#api as Comlink.Remote<T>, call); // here a call is a call: its answers are promises, too
        } finally {
          release?.();
        }
      };
      void work()
        .then(
          (answer) => (settled.signal.aborted ? unwanted?.(answer) : resolve(answer)),
          (error: unknown) => {
            const known = asEngineError(error);
            if (isKind(known, 'crashed')) this.fail(known);
            reject(known);
          },
        )
        .finally(() => {
          this.#waiting.delete(fail);
          this.#listeners.delete(call);
          signal?.removeEventListener('abort', abort);
        });
    });
  }

  fail(error: EngineError): void {
    if (this.#over) return;
    this.#end(error);
    this.#lost.abort(error);
  }

  end(): void {
    if (!this.#over) this.#end(cancelled('The engine was given back.'));
  }

  #end(error: EngineError): void {
    this.#over = error;
    for (const fail of [...this.#waiting]) fail(error);
  }
}
