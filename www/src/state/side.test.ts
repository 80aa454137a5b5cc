import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { EngineError } from '../engine';
import type { Wanted } from './side.svelte';
import { setUp, shown, wanted, deferred, source } from './testing/fake-engine';

beforeEach(() => vi.stubGlobal('location', { search: '' }));
afterEach(() => vi.unstubAllGlobals());

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
