/** An engine that can be lost and started again. */
import { Engine, type EngineInfo } from '../engine';
import { readWish } from './wish';

export class Host {
  info = $state.raw<EngineInfo | null>(null);
  /** The engine has died: by itself it comes back once, then when asked to. */
  onlost: (reason: unknown, comesBack: boolean) => void = () => {};

  #engine: Promise<Engine> | null = null;
  #ends = new AbortController();
  #lives = 1;
  readonly #begin: typeof Engine.start;

  constructor(begin: typeof Engine.start = (options) => Engine.start(options)) {
    this.#begin = begin;
  }

  /** Starts it if there is none. What failed to start is not tried again before `again`. */
  get(): Promise<Engine> {
    return (this.#engine ??= this.#start(this.#ends.signal));
  }

  /** Makes room for a new one. */
  again(): void {
    this.stop();
    this.#lives = 1;
  }

  /** Ends it, and all that it held. */
  stop(): void {
    this.#ends.abort();
    this.#ends = new AbortController();
    this.#engine = null;
    this.info = null;
  }

  async #start(signal: AbortSignal): Promise<Engine> {
    const engine = await this.#begin({ ...readWish(location.search), signal });
    if (signal.aborted) {
      engine.dispose();
      throw signal.reason;
    }
    signal.addEventListener('abort', () => engine.dispose());
    engine.lost.addEventListener('abort', () => {
      if (signal.aborted) return; // it was let go
      const comesBack = this.#lives-- > 0;
      this.stop();
      this.onlost(engine.lost.reason, comesBack);
    });
    this.info = engine.info;
    return engine;
  }
}
