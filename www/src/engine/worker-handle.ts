/** A worker as the page's thread holds it: every call into it settles, whatever becomes of the worker. */
import * as Comlink from 'comlink';
import { asEngineError, cancelled, EngineError, isKind } from './errors';
import type { Notice, Order } from './calls';

export interface CallOptions<R> {
  /** Aborted: the call rejects at once ('cancelled'), and the worker hears of it. */
  signal?: AbortSignal;
  /** What the worker reports before it answers. */
  onReport?: (report: unknown) => void;
  /** What is to be done with an answer that nobody waits for any more. */
  unwanted?: (answer: R) => void;
  /** Waited for before the worker is asked; what it answers with is called when the worker has answered or is gone. */
  turn?: (signal: AbortSignal) => Promise<() => void>;
}

/** What answers calls: a worker, or something in this thread that takes its place. */
export interface Handle<T> {
  /** Aborted, with the error as its reason, when it died: not when it was ended. */
  readonly lost: AbortSignal;
  /** `ask` gets the number of the call, which the other side needs to report and to be told to stop. */
  call<R>(ask: (remote: Comlink.Remote<T>, call: number) => Promise<R>, options?: CallOptions<R>): Promise<R>;
  fail(error: EngineError): void;
  end(): void;
}

export class WorkerHandle<T> implements Handle<T> {
  /** Aborted, with the error as its reason, when the worker died: not when it was ended. */
  readonly lost: AbortSignal;
  readonly #lost = new AbortController();
  readonly #worker: Worker;
  readonly #remote: Comlink.Remote<T>;
  /** Why nothing can be asked any more. */
  #over: EngineError | null = null;
  #calls = 0;
  readonly #waiting = new Set<(error: EngineError) => void>();
  readonly #turns = new Set<() => void>();
  readonly #listeners = new Map<number, (report: unknown) => void>();

  constructor(worker: Worker, what: string) {
    this.lost = this.#lost.signal;
    this.#worker = worker;
    this.#remote = Comlink.wrap<T>(worker);
    worker.addEventListener('error', (event) => {
      event.preventDefault();
      this.fail(new EngineError('crashed', `${what} failed${event.message ? `: ${event.message}` : '.'}`));
    });
    worker.addEventListener('messageerror', () => this.fail(new EngineError('crashed', `${what} sent something that cannot be read.`)));
    worker.addEventListener('message', ({ data }: MessageEvent<Notice | undefined>) => {
      if (data?.report) this.#listeners.get(data.report.call)?.(data.report.value);
    });
  }

  /** `ask` gets the number of the call, which the worker needs to report and to be told to stop. */
  call<R>(ask: (remote: Comlink.Remote<T>, call: number) => Promise<R>, options: CallOptions<R> = {}): Promise<R> {
    const { signal, onReport, unwanted, turn } = options;
    if (this.#over) return Promise.reject(this.#over);
    if (signal?.aborted) return Promise.reject(cancelled());
    const call = ++this.#calls;
    return new Promise<R>((resolve, reject) => {
      const settled = new AbortController();
      const settle = (how: () => void) => {
        if (settled.signal.aborted) return false;
        settled.abort();
        this.#waiting.delete(fail);
        this.#listeners.delete(call);
        signal?.removeEventListener('abort', abort);
        how();
        return true;
      };
      const fail = (error: EngineError) => settle(() => reject(error));
      const abort = () => {
        this.#worker.postMessage({ abort: call } satisfies Order);
        fail(cancelled());
      };
      signal?.addEventListener('abort', abort, { once: true });
      this.#waiting.add(fail);
      if (onReport) this.#listeners.set(call, onReport);

      this.#answer(call, ask, settled.signal, turn).then(
        (answer) => settle(() => resolve(answer)) || unwanted?.(answer),
        (error: unknown) => {
          const known = asEngineError(error);
          if (isKind(known, 'crashed')) this.fail(known); // it says so itself: nothing in it can be used any more
          fail(known);
        },
      );
    });
  }

  async #answer<R>(
    call: number,
    ask: (remote: Comlink.Remote<T>, call: number) => Promise<R>,
    settled: AbortSignal,
    turn?: (signal: AbortSignal) => Promise<() => void>,
  ): Promise<R> {
    const release = await turn?.(settled);
    if (release) this.#turns.add(release);
    try {
      if (this.#over) throw this.#over;
      if (settled.aborted) throw cancelled();
      return await ask(this.#remote, call);
    } finally {
      release?.();
      if (release) this.#turns.delete(release);
    }
  }

  /** The worker is of no use any more, and this is why. */
  fail(error: EngineError): void {
    if (this.#over) return;
    this.#end(error);
    this.#lost.abort(error);
  }

  /** Gives the worker back, and all it holds. */
  end(): void {
    if (!this.#over) this.#end(cancelled('The engine was given back.'));
  }

  #end(error: EngineError): void {
    this.#over = error;
    this.#worker.terminate();
    for (const fail of [...this.#waiting]) fail(error);
    for (const release of this.#turns) release(); // what was asked of the worker is never answered
    this.#turns.clear();
  }
}
