import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { EngineError, type Engine, type Lesion, type ModelSource, type Net, type RunResult } from '../engine';
import { Host } from './host.svelte';
import { Side, type Wanted } from './side.svelte';

beforeEach(() => vi.stubGlobal('location', { search: '' }));
afterEach(() => vi.unstubAllGlobals());

/** What can be settled later. */
function deferred<T>() {
  let resolve!: (value: T) => void;
  let reject!: (error: unknown) => void;
  const promise = new Promise<T>((yes, no) => ([resolve, reject] = [yes, no]));
  return { promise, resolve, reject };
}

const blocks = ['layer1.0', 'layer1.1'].map((name) => ({ name, shortcut: 'identity' }));

/** An engine that answers at once unless told otherwise, and notes what it was asked. */
class FakeEngine {
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

function setUp() {
  const engines: FakeEngine[] = [];
  const begin = vi.fn(async () => {
    engines.push(new FakeEngine());
    return engines.at(-1) as unknown as Engine;
  });
  return { side: new Side(new Host(begin)), engines, begin };
}

const source = (id: string) => ({ id, title: id.toUpperCase(), bytes: 100, from: `models/${id}` }) as ModelSource;
const wanted = (id: string, picture = 1, more: Partial<Wanted> = {}): Wanted => ({
  source: source(id),
  picture: async () => ({ id: picture, name: `${picture}.jpg`, blob: new Blob() }),
  crop: null,
  lesion: {},
  block: (all) => all[0]!.name,
  ...more,
});
const shown = ({ result }: Side) => result && `${result.model.id} ${result.picture.id}`;

it('starts an engine, loads, looks, runs; and then only does what is new', async () => {
  const { side, engines, begin } = setUp();
  await side.show(wanted('a'));
  expect([shown(side), side.running, side.loading, side.problem]).toEqual(['a 1', false, null, null]);
  await side.show(wanted('a', 1, { block: () => 'layer1.1' }));
  await side.show(wanted('a', 2));
  await side.show(wanted('b', 2));
  expect(shown(side)).toBe('b 2');
  expect(begin).toHaveBeenCalledTimes(1);
  expect(engines[0]!.log).toEqual([
    ...['load a', 'look 1', 'run a  layer1.0', 'run a  layer1.1'],
    ...['look 2', 'run a  layer1.0', 'load b', 'free a', 'look 2', 'run b  layer1.0'],
  ]);
});

it('a model whose file was changed is loaded anew, and the one before works until it is there', async () => {
  const { side, engines } = setUp();
  await side.show(wanted('a'));
  const slow = deferred<void>();
  engines[0]!.onload = () => slow.promise;
  const changed = { ...wanted('a'), source: { ...source('a'), version: 1 } };
  const coming = side.show(changed);
  await vi.waitFor(() => expect(side.loading).not.toBeNull());
  expect([side.net === null, shown(side)]).toEqual([false, 'a 1']);
  slow.resolve();
  await coming;
  await side.show(changed);
  expect(engines[0]!.log.filter((line) => /load|free/.test(line))).toEqual(['load a', 'load a', 'free a']);
});

it('a lesion has the intact run beside it, and only blocks that the net has', async () => {
  const { side } = setUp();
  const cut = { identity: 1, residual: 0 };
  await side.show(wanted('a', 1, { lesion: { 'layer1.1': cut, 'layer9.9': cut } }));
  expect(side.result!.lesion).toEqual({ 'layer1.1': cut });
  expect(side.intact!.lesion).toEqual({});
});

it('of two pictures the later one is shown, whichever comes first', async () => {
  const { side } = setUp();
  await side.show(wanted('a'));
  const slow = deferred<Awaited<ReturnType<Wanted['picture']>>>();
  const first = side.show(wanted('a', 2, { picture: () => slow.promise }));
  await side.show(wanted('a', 3));
  slow.resolve({ id: 2, name: '2.jpg', blob: new Blob() });
  await first;
  expect([shown(side), side.running]).toEqual(['a 3', false]);
});

it('a run that is overtaken is not looked at, nor what it failed of', async () => {
  const { side, engines } = setUp();
  await side.show(wanted('a'));
  const slow = deferred<void>();
  engines[0]!.onrun = () => slow.promise;
  const first = side.show(wanted('a', 2));
  await vi.waitFor(() => expect(engines[0]!.log.slice(-2)).toEqual(['look 2', 'run a  layer1.0']));
  engines[0]!.onrun = null;
  await side.show(wanted('a', 3));
  slow.reject(new EngineError('engine', 'too late'));
  await first;
  expect([shown(side), side.problem]).toEqual(['a 3', null]);
});

describe('a load', () => {
  /** A model is loaded, and another one does not come. */
  async function hanging() {
    const { side, engines, begin } = setUp();
    await side.show(wanted('a'));
    engines[0]!.onload = () => new Promise(() => {});
    const show = side.show(wanted('b'));
    await vi.waitFor(() => expect(side.loading?.source.id).toBe('b'));
    return { side, engine: engines[0]!, engines, begin, show };
  }

  it('leaves what is there alive', async () => {
    const { side } = await hanging();
    await side.show(wanted('b', 2));
    expect([shown(side), side.loading?.source.id]).toEqual(['a 2', 'b']);
  });

  it('can be given up although nobody answers', async () => {
    const { side } = await hanging();
    const settled = side.settled();
    side.cancelLoad();
    await settled;
    expect([side.loading, side.model?.id, side.problem?.message]).toEqual([null, 'a', 'Loading B was cancelled.']);
  });

  it('is not tried again before it is asked for', async () => {
    const { side, engine } = await hanging();
    side.cancelLoad();
    engine.onload = null;
    await side.show(wanted('b', 2));
    expect([shown(side), side.problem?.message]).toEqual(['a 2', 'Loading B was cancelled.']);
    side.problem!.retry!();
    await vi.waitFor(() => expect(shown(side)).toBe('b 2'));
    expect(side.problem).toBe(null);
  });

  it('gives way to another, and frees what comes late', async () => {
    const { side, engine } = await hanging();
    const late = deferred<void>();
    engine.onload = ({ id }) => (id === 'c' ? late.promise : Promise.resolve());
    const third = side.show(wanted('c'));
    await vi.waitFor(() => expect(engine.log).toContain('load c'));
    await side.show(wanted('d'));
    late.resolve();
    await third;
    expect([shown(side), side.loading]).toEqual(['d 1', null]);
    expect(engine.log).toContain('free c');
  });

  it('that fails says so; a first one gives way to the spare', async () => {
    const { side, engines } = setUp();
    await side.host.get();
    engines[0]!.onload = async ({ id }) => {
      if (id === 'b') throw new EngineError('not-found', 'B is not there.');
    };
    await side.show(wanted('b'), { spare: wanted('a') });
    expect([shown(side), side.problem?.message]).toEqual(['a 1', 'B is not there.']);
  });
});

describe('an engine', () => {
  it('that dies comes back once by itself, with all that was shown', async () => {
    const { side, engines, begin } = setUp();
    await side.show(wanted('a', 2));
    engines[0]!.crash();
    expect([side.model, shown(side)]).toEqual([null, 'a 2']); // the result stays
    await vi.waitFor(() => expect(side.model?.id).toBe('a'));
    await vi.waitFor(() => expect(side.running).toBe(false));
    expect(engines[1]!.log).toEqual(['load a', 'look 2', 'run a  layer1.0']);
    expect([engines[0]!.disposed, begin.mock.calls.length]).toEqual([true, 2]);
    expect(side.problem).toMatchObject({ message: 'The engine stopped. It was started again.', retry: null });
  });

  it('that dies again waits to be started', async () => {
    const { side, engines, begin } = setUp();
    await side.show(wanted('a'));
    engines[0]!.crash();
    await vi.waitFor(() => expect(side.model).not.toBe(null));
    engines[1]!.crash();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect([begin.mock.calls.length, side.problem?.action]).toEqual([2, 'Start again']);
    side.problem!.retry!();
    await vi.waitFor(() => expect(side.model?.id).toBe('a'));
    expect([begin.mock.calls.length, side.problem]).toEqual([3, null]);
  });

  it('that waits to be started starts for another model, too', async () => {
    const { side, engines } = setUp();
    await side.show(wanted('a'));
    engines[0]!.crash();
    await vi.waitFor(() => expect(side.model).not.toBe(null));
    engines[1]!.crash();
    await side.show(wanted('b'));
    expect([shown(side), side.problem]).toEqual(['b 1', null]);
  });

  it('that dies during a load leaves nothing on its way', async () => {
    const { side, engines } = setUp();
    await side.show(wanted('a'));
    engines[0]!.onload = (_, signal) =>
      new Promise((_, reject) => {
        engines[0]!.lost.addEventListener('abort', () => reject(engines[0]!.lost.reason));
        signal.addEventListener('abort', () => reject(new EngineError('cancelled', '')));
      });
    const show = side.show(wanted('b'));
    await vi.waitFor(() => expect(side.loading).not.toBe(null));
    engines[0]!.crash();
    await show;
    await vi.waitFor(() => expect(shown(side)).toBe('b 1'));
    expect([side.loading, side.problems.model]).toEqual([null, undefined]);
  });

  it('that does not start is tried again when asked to', async () => {
    const { side, begin } = setUp();
    begin.mockRejectedValueOnce(new EngineError('engine', 'It did not start.'));
    await side.show(wanted('a'));
    await side.show(wanted('a', 2));
    expect([begin.mock.calls.length, side.problem?.message]).toEqual([1, 'It did not start.']);
    side.problem!.retry!();
    await vi.waitFor(() => expect(shown(side)).toBe('a 2'));
    expect(side.problem).toBe(null);
  });

  it('is given back with all it held', async () => {
    const { side, engines } = setUp();
    await side.show(wanted('a'));
    side.stop();
    expect([engines[0]!.disposed, side.model, side.result, side.problem, side.host.info]).toEqual([true, null, null, null, null]);
    await side.show(wanted('a'));
    expect([engines.length, shown(side)]).toEqual([2, 'a 1']);
  });

  it('that comes when it is not wanted any more is given back at once', async () => {
    const { side, engines, begin } = setUp();
    const slow = deferred<Engine>();
    begin.mockImplementationOnce(() => slow.promise);
    const show = side.show(wanted('a'));
    side.stop();
    const late = new FakeEngine();
    slow.resolve(late as unknown as Engine);
    await show;
    expect([late.disposed, late.log, engines.length, side.problem]).toEqual([true, [], 0, null]);
  });
});

describe('a model loaded ahead', () => {
  it('is shown at once when it is wanted, and was loaded once', async () => {
    const { side, engines } = setUp();
    await side.show(wanted('a'));
    expect(await side.loadAhead(source('b'))).toBe(true);
    expect([shown(side), side.ahead?.ready]).toEqual(['a 1', true]);
    await side.show(wanted('b'));
    expect([shown(side), side.ahead]).toEqual(['b 1', null]);
    expect(engines[0]!.log.filter((line) => /^(load|free)/.test(line))).toEqual(['load a', 'load b', 'free a']);
  });

  it('that is still on its way is waited for', async () => {
    const { side, engines } = setUp();
    await side.show(wanted('a'));
    const arrival = deferred<void>();
    engines[0]!.onload = () => arrival.promise;
    const ahead = side.loadAhead(source('b'));
    await vi.waitFor(() => expect(side.ahead?.source.id).toBe('b'));
    const show = side.show(wanted('b'));
    await vi.waitFor(() => expect(side.loading?.source.id).toBe('b'));
    arrival.resolve();
    await show;
    expect([shown(side), await ahead]).toEqual(['b 1', false]); // it is no longer ahead
    expect(engines[0]!.log.filter((line) => line.startsWith('load'))).toEqual(['load a', 'load b']);
  });

  it('that does not come is not told of', async () => {
    const { side, engines } = setUp();
    await side.show(wanted('a'));
    engines[0]!.onload = () => Promise.reject(new EngineError('network', 'nothing there'));
    expect(await side.loadAhead(source('b'))).toBe(false);
    expect([shown(side), side.ahead, side.problem]).toEqual(['a 1', null, null]);
  });

  it('is given back when it is dropped', async () => {
    const { side, engines } = setUp();
    await side.show(wanted('a'));
    await side.loadAhead(source('b'));
    side.dropAhead();
    await vi.waitFor(() => expect(engines[0]!.log).toContain('free b'));
  });
});
