import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Engine, ModelEntry } from '../engine';
import { Address } from './address';
import { App } from './app.svelte';
import { Host } from './host.svelte';
import { Pictures } from './pictures.svelte';
import { Places, to } from './places.svelte';
import { SHOWN, type Shown } from './shown';
import { Side } from './side.svelte';

beforeEach(() => {
  const here = { search: '', hash: '' };
  vi.stubGlobal('location', here);
  vi.stubGlobal('history', {
    pushState: (_: unknown, __: string, url: string) => (here.search = url),
    replaceState: (_: unknown, __: string, url: string) => (here.search = url),
  });
  vi.stubGlobal('document', { baseURI: 'http://localhost/page/' });
});
afterEach(() => vi.unstubAllGlobals());

const entry = (id: string): ModelEntry => ({ id, title: id, file: `${id}.gguf`, bytes: 1, sha256: '', dataset: '', licence: '', source: '' });

function start() {
  const side = new Side(new Host(async () => ({}) as Engine));
  const address = new Address();
  return new App(side, new Places(address), new Pictures(), address);
}

it('a net of this page is a model as any other, and comes from memory', () => {
  const app = start();
  const file = new Blob(['net']);
  app.adopt(entry('race-1'), file);
  expect(app.source('race-1')).toMatchObject({ id: 'race-1', from: file });
  expect(app.models.map(({ id }) => id)).toEqual(['race-1']);
  expect(app.source('race-2')).toBeUndefined();
});

it('of many the last ones are kept, and the one that is shown', async () => {
  const app = start();
  app.adopt(entry('race-1'), new Blob());
  await app.visit(to<Shown>(SHOWN, { model: 'race-1' }));
  for (let n = 2; n < 20; n++) app.adopt(entry(`race-${n}`), new Blob());
  const ids = app.models.map(({ id }) => id);
  expect(ids).toHaveLength(8);
  expect([ids[0], ids.at(-1)]).toEqual(['race-1', 'race-19']);
});
