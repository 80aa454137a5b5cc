/** What the elements of one page share: one engine, and each model once, however many show it. */
import { Engine, type Net, type Picture, type Run, type RunOptions } from '../engine';
import { bring, type ElementModel } from './models';

export type Progress = (received: number, total: number) => void;

/** A net that several look through in turns: what one looks at, another one would look away from. */
export class SharedNet {
  #last: Promise<unknown> = Promise.resolve();

  constructor(
    readonly net: Net,
    readonly file: Blob,
    /** Aborted when its engine died. */
    readonly lost: AbortSignal,
  ) {}

  run(picture: Picture, options: RunOptions): Promise<Run> {
    const mine = this.#last.then(async () => {
      options.signal?.throwIfAborted();
      await this.net.look(picture, null, { signal: options.signal });
      return this.net.run(options);
    });
    this.#last = mine.catch(() => {});
    return mine;
  }
}

interface Kept {
  net: Promise<SharedNet>;
  ends: AbortController;
  users: Set<Progress>;
}

/** A framework that mounts an element twice in a row, or moves it, gets the model that is there. */
const LINGER_MS = 2000;

let engine: Promise<Engine> | null = null;
const kept = new Map<ElementModel, Kept>();

function start(): Promise<Engine> {
  if (engine) return engine;
  const mine = (engine = Engine.start());
  const forget = () => {
    if (engine === mine) engine = null;
  };
  mine.then(({ lost }) => lost.addEventListener('abort', forget), forget);
  return mine;
}

async function load(model: ElementModel, signal: AbortSignal, onProgress: Progress): Promise<SharedNet> {
  const [running, source] = await Promise.all([start(), bring(model, signal, onProgress)]);
  return new SharedNet(await running.load(source, { signal }), source.from, running.lost);
}

export interface Lease {
  shared: SharedNet;
  release(): void;
}

/** Until it is released. Aborted, the load goes on for others who wait for it. */
export async function lease(model: ElementModel, onProgress: Progress, signal: AbortSignal): Promise<Lease> {
  let entry = kept.get(model);
  if (!entry) {
    const [users, ends] = [new Set<Progress>(), new AbortController()];
    const made: Kept = { net: load(model, ends.signal, (...now) => users.forEach((tell) => tell(...now))), ends, users };
    kept.set(model, (entry = made));
    const drop = () => {
      if (kept.get(model) === made) kept.delete(model);
    };
    made.net.then(({ lost }) => lost.addEventListener('abort', drop), drop);
  }
  const { net, ends, users } = entry;
  users.add(onProgress);
  const release = () => {
    users.delete(onProgress);
    setTimeout(() => {
      if (users.size || kept.get(model)?.users !== users) return;
      kept.delete(model);
      ends.abort();
      net.then(({ net }) => net.dispose()).catch(() => {});
    }, LINGER_MS);
  };
  signal.addEventListener('abort', release, { once: true });
  const shared = await net;
  signal.throwIfAborted();
  signal.removeEventListener('abort', release);
  return { shared, release };
}
