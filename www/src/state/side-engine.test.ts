/** A side whose engine dies, and one that loads ahead. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { EngineError, type Engine } from '../engine';
import { setUp, shown, wanted, deferred, source, FakeEngine } from './testing/fake-engine';

beforeEach(() => vi.stubGlobal('location', { search: '' }));
afterEach(() => vi.unstubAllGlobals());

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
