import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { EngineError } from '../engine';
import type { DownloadOptions, HubModel } from '../models';
import type { App } from './app.svelte';
import { HubShelf } from './hub.svelte';

const engine = vi.hoisted(() => ({ download: vi.fn(), discard: vi.fn(), pending: vi.fn(), readHub: vi.fn() }));
vi.mock('../models', async (original) => ({ ...(await original<typeof import('../models')>()), ...engine }));

const model = { id: 'net', title: 'Net', file: 'model.safetensors', bytes: 100 } as HubModel;
const hub = { origin: 'https://hub.test', redirects: [], models: [model] };

beforeEach(() => {
  vi.stubGlobal('document', { baseURI: 'http://localhost/' });
  engine.readHub.mockResolvedValue(hub);
  engine.pending.mockResolvedValue(new Map());
  engine.discard.mockResolvedValue(undefined);
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.resetAllMocks();
});

function shelf({ opens = true, shown = true } = {}) {
  const library = { shown, problem: null as string | null, open: vi.fn() };
  library.open.mockImplementation(async () => {
    library.problem = opens ? null : 'It is of another kind.';
    return opens ? [{ id: 'own-1', title: 'Net' }] : [];
  });
  const upgrade = { offered: null as string | null };
  const app = { library, upgrade, side: { host: {} } } as unknown as App;
  return { shelf: new HubShelf(app), library, upgrade };
}

it('looking asks this site alone, and shows what is here of earlier visits', async () => {
  engine.pending.mockResolvedValue(new Map([['net', 40]]));
  const { shelf: one } = shelf();
  await one.look();
  expect(engine.readHub).toHaveBeenCalledWith('http://localhost/models/hub.json');
  expect(one.downloads.net).toMatchObject({ received: 40, total: 100, stage: 'stopped' });
  expect([one.asks(model), one.underWay, engine.download.mock.calls]).toEqual([true, null, []]);
});

it('a download tells how far it is, is opened with what is known of it, and lets go of its parts', async () => {
  const { shelf: one, library, upgrade } = shelf();
  await one.look();
  const stages: unknown[] = [];
  engine.download.mockImplementation(async (_, __, { onProgress, onWait, onCheck }: DownloadOptions) => {
    const tell = () => stages.push([one.underWay?.stage, one.underWay?.received, one.underWay?.seconds]);
    onProgress!(50, 100);
    tell();
    onWait!({ seconds: 20, why: 'busy' });
    tell();
    onWait!(null);
    tell();
    onCheck!();
    tell();
    return new Blob(['x']);
  });
  await one.fetch(model);
  expect(stages).toEqual([
    ['coming', 50, 0],
    ['busy', 50, 20],
    ['coming', 50, 0],
    ['checking', 50, 0],
  ]);
  const [[file], , given] = library.open.mock.calls[0] as [File[], unknown, unknown];
  expect(file!.name).toBe('net.safetensors');
  expect(given).toMatchObject({ origin: 'downloaded from hub.test', hub: 'net', answers: { labels: 'imagenet', title: 'Net' } });
  expect(engine.discard).toHaveBeenCalledWith('net');
  expect([one.downloads, one.arrived, upgrade.offered]).toEqual([{}, 'Net', null]);
  expect(one.asks(model)).toBe(true); // another download is another question
});

it('whoever has closed the panel is offered what came', async () => {
  const { shelf: one, upgrade } = shelf({ shown: false });
  await one.look();
  engine.download.mockResolvedValue(new Blob(['x']));
  await one.fetch(model);
  expect(upgrade.offered).toBe('own-1');
});

it('what came and cannot be opened stays here, and says why at its own place', async () => {
  const { shelf: one, library } = shelf({ opens: false });
  await one.look();
  engine.download.mockResolvedValue(new Blob(['xyz']));
  await one.fetch(model);
  expect(one.downloads.net).toMatchObject({ stage: 'here', received: 3, problem: 'It is of another kind.' });
  expect(library.problem).toBeNull();
  expect(engine.discard).not.toHaveBeenCalled();
  await one.discard(model);
  expect(one.downloads).toEqual({});
});

it('one that was cancelled keeps what came, without a word; one of which nothing came leaves no trace', async () => {
  const { shelf: one } = shelf();
  await one.look();
  engine.download.mockImplementation(
    (_, __, { signal }: DownloadOptions) => new Promise((_, reject) => signal!.addEventListener('abort', () => reject(new EngineError('cancelled', 'no')))),
  );
  engine.pending.mockResolvedValue(new Map([['net', 40]]));
  const first = one.fetch(model);
  void one.fetch(model); // it is on its way already
  one.cancel(model);
  await first;
  expect(engine.download).toHaveBeenCalledTimes(1);
  expect(one.downloads.net).toMatchObject({ stage: 'stopped', received: 40, problem: null });
  expect(one.asks(model)).toBe(false); // to go on with it
  engine.pending.mockResolvedValue(new Map());
  const second = one.fetch(model);
  one.cancel(model);
  await second;
  expect(one.downloads).toEqual({});
});

it('one that failed says why, and can be tried again', async () => {
  const { shelf: one } = shelf();
  await one.look();
  engine.download.mockRejectedValueOnce(new EngineError('not-found', 'It is gone.'));
  await one.fetch(model);
  expect(one.downloads.net).toMatchObject({ stage: 'stopped', received: 0, problem: 'It is gone.' });
  engine.download.mockResolvedValue(new Blob(['x']));
  await one.fetch(model);
  expect(one.downloads).toEqual({});
});

it('a list that does not come is said, and asked for again', async () => {
  engine.readHub.mockRejectedValueOnce(new EngineError('network', 'It could not be fetched.'));
  const { shelf: one } = shelf();
  await one.look();
  expect([one.hub, one.problem]).toEqual([null, 'It could not be fetched.']);
  await one.look();
  expect([one.hub, one.problem]).toEqual([hub, null]);
});
