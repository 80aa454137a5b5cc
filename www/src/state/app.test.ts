import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Engine, ModelEntry } from '../engine';
import { Address } from './address';
import { App } from './app.svelte';
import { Host } from './host.svelte';
import { Library } from './library.svelte';
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

function start(library?: Library) {
  const side = new Side(new Host(async () => ({}) as Engine));
  const address = new Address();
  return new App(side, new Places(address), new Pictures(), address, library);
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

/** A library that keeps what it is given in memory. */
function own(...ids: string[]) {
  const library = new Library();
  library.models = ids.map((id) => ({ ...entry(id), date: '', origin: '' }));
  vi.spyOn(library, 'delete').mockImplementation(async (id) => {
    library.models = library.models.filter((model) => model.id !== id);
    library.onchange();
  });
  return library;
}

it('models of one’s own are in the menu behind the others, and brought when they are wanted', () => {
  const library = own('own-1');
  const app = start(library);
  library.onchange();
  app.adopt(entry('race-1'), new Blob());
  expect(app.groups.map(({ title, models }) => [title, models.map(({ id }) => id)])).toEqual([
    ['Trained here', ['race-1']],
    ['Yours', ['own-1']],
  ]);
  expect(app.source('own-1')).toMatchObject({ id: 'own-1', from: expect.any(Function) });
  expect(app.served('own-1')).toBeUndefined();
});

it('whoever deletes the open one is back at the usual one; another one goes without a word', async () => {
  const library = own('own-1', 'own-2');
  const app = start(library);
  app.adopt(entry('resnet20'), new Blob());
  await app.selectModel('own-1');
  await app.forget('own-2');
  expect(app.model).toBe('own-1');
  await app.forget('own-1');
  expect(app.model).toBe('resnet20');
  expect(app.models.map(({ id }) => id)).toEqual(['resnet20']);
});
