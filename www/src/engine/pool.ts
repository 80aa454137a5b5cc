/**
 * The workers that are an engine's other threads. The page's thread starts and watches them: of workers that a worker starts, Firefox
 * never starts some (1-3 % of the loads), and the one that started them hangs with them.
 */
import { asEngineError, EngineError } from './errors';
import type { Helper } from './helper';
import type { Join } from './protocol';
import { startWorker } from './start-worker';
import { WorkerHandle } from './worker-handle';

/** So long without a sign of life, and they will not come any more. */
export const QUIET = 5_000;

export class Silence extends EngineError {
  constructor() {
    super('engine', 'its threads did not start');
  }
}

export class Helpers {
  readonly handles: readonly WorkerHandle<Helper>[];

  /** Their scripts load while the engine's binary does. */
  constructor(count: number, script: string) {
    this.handles = Array.from(
      { length: count },
      (_, i) => new WorkerHandle<Helper>(startWorker(script, `skipscope thread ${i + 2}`), 'A thread of the engine'),
    );
  }

  /** Resolves when all are ready to be built into the pool. */
  join(join: Join, quiet = QUIET): Promise<void> {
    return new Promise((resolve, reject) => {
      let missing = this.handles.length;
      let timer: ReturnType<typeof setTimeout>;
      const heard = () => {
        clearTimeout(timer);
        if (missing === 0) resolve();
        else timer = setTimeout(() => reject(new Silence()), quiet);
      };
      const failed = (error: unknown) => {
        clearTimeout(timer);
        reject(asEngineError(error));
      };
      heard();
      for (const handle of this.handles) {
        handle
          .call((helper) => helper.join(join))
          .then(() => {
            missing--;
            heard();
          }, failed);
      }
    });
  }

  /** Calls back, once, when one of them dies: the others then wait for it for ever. */
  onLost(lost: (error: EngineError) => void): void {
    for (const { lost: signal } of this.handles) {
      if (signal.aborted) lost(signal.reason as EngineError);
      signal.addEventListener('abort', () => lost(signal.reason as EngineError), { once: true });
    }
  }

  end(): void {
    for (const handle of this.handles) handle.end();
  }
}

/** Rejects when the promise is not settled in time. */
export function inTime<T>(promise: Promise<T>, quiet = QUIET): Promise<T> {
  let timer: ReturnType<typeof setTimeout>;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Silence()), quiet);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
