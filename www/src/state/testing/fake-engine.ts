/** For tests of a side: engines that note what they were asked. */
import { vi } from 'vitest';
import { EngineError, type Engine, type Lesion, type ModelSource, type Net, type RunResult } from '../../engine';
import { Host } from '../host.svelte';
import { Side, type Wanted } from '../side.svelte';

/** What can be settled later. */
export function deferred<T>() {
  let resolve!: (value: T) => void;
  let reject!: (error: unknown) => void;
  const promise = new Promise<T>((yes, no) => ([resolve, reject] = [yes, no]));
  return { promise, resolve, reject };
}

const blocks = ['layer1.0', 'layer1.1'].map((name) => ({ name, shortcut: 'identity' }));

/** An engine that answers at once unless told otherwise, and notes what it was asked. */
export class FakeEngine {
  readonly info = { flavour: 'fake', threads: 1, fell: [] };
  readonly #lost = new AbortController();
  readonly lost = this.#lost.signal;
  readonly log: string[] = [];
  disposed = false;
  /** Instead of a load's answer. */
  onload: ((source: ModelSource, signal: AbortSignal) => Promise<void>) | null = null;
  /** Instead of a run's answer. */
  onrun: (() => Promise<void>) | null = null;

  async load(source: ModelSource, { signal }: { signal: AbortSignal }): Promise<Net> {
    this.log.push(`load ${source.id}`);
    await this.onload?.(source, signal);
    return this.#net(source.id) as unknown as Net;
  }

  dispose() {
    this.disposed = true;
  }

  crash() {
    this.#lost.abort(new EngineError('crashed', 'The engine stopped.'));
  }

  #net(id: string) {
    const info = { id, blocks };
    let looked = 0;
    return {
      info,
      look: async (picture: { id: number }) => {
        this.log.push(`look ${picture.id}`);
        looked = picture.id;
      },
      run: async ({ lesion, keep }: { lesion: Lesion; keep: string }) => {
        this.log.push(`run ${id} ${Object.keys(lesion).join()} ${keep}`);
        const picture = looked;
        await this.onrun?.();
        const of = (what: Lesion) => ({ model: info, picture: { id: picture }, lesion: what }) as unknown as RunResult;
        const intact = of({});
        return { intact, result: Object.keys(lesion).length ? of(lesion) : intact };
      },
      dispose: () => this.log.push(`free ${id}`),
    };
  }
}

export function setUp() {
  const engines: FakeEngine[] = [];
  const begin = vi.fn(async () => {
    engines.push(new FakeEngine());
    return engines.at(-1) as unknown as Engine;
  });
  return { side: new Side(new Host(begin)), engines, begin };
}

export const source = (id: string) => ({ id, title: id.toUpperCase(), bytes: 100, from: `models/${id}` }) as ModelSource;
export const wanted = (id: string, picture = 1, more: Partial<Wanted> = {}): Wanted => ({
  source: source(id),
  picture: async () => ({ id: picture, name: `${picture}.jpg`, blob: new Blob() }),
  crop: null,
  lesion: {},
  block: (all) => all[0]!.name,
  ...more,
});
export const shown = ({ result }: Side) => result && `${result.model.id} ${result.picture.id}`;
