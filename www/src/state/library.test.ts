import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { EngineError, type Engine, type ModelEntry } from '../engine';
import { ModelStore, type ModelRecord } from '../models';
import { FakeCaches } from '../engine/testing/fake-caches';
import type { Answered, Facts, Reader } from '../foreign';
import { Host } from './host.svelte';
import { Library } from './library.svelte';
import { isModelFile, OWN, type Given } from './opening';

let caches: FakeCaches;
beforeEach(() => {
  vi.stubGlobal('caches', (caches = new FakeCaches()));
  vi.stubGlobal('location', { search: '' });
});
afterEach(() => vi.unstubAllGlobals());

const card = { title: 'Net (mine)', dataset: 'ten shapes', licence: 'CC0', source: 'made here', accuracy: '90%', note: '' };
/** An engine that takes every file for the same net, but those that say otherwise. */
const disposed: string[] = [];
const host = () =>
  new Host(
    async () =>
      ({
        lost: new AbortController().signal,
        load: async ({ file, from }: ModelEntry & { from: Blob }) => {
          if ((await from.text()) === 'GGUF bad') throw new EngineError('not-a-model', `“${file}” is not a model this engine reads.`);
          return { info: { card }, dispose: () => disposed.push(file) };
        },
      }) as unknown as Engine,
  );
const file = (name: string, text = 'net') => new File([`GGUF ${text}`], name);
/** Of other formats it reads none. */
const reader = { lookInto: () => Promise.reject(new EngineError('not-a-model', 'the file is a picture')), end: () => {} } as unknown as Reader;
const started = async () => {
  const library = new Library(new ModelStore(), reader);
  await library.start();
  return library;
};
const textOf = async (library: Library, id: string) => (await (library.source(id)!.from as () => Promise<Blob>)()).text();

it('a file is opened, told of by its own card, kept, and there in the next visit', async () => {
  const library = await started();
  const changes = vi.fn();
  library.onchange = changes;
  const [opened] = await library.open([file('mine.gguf')], host(), null);
  expect(opened).toMatchObject({ title: 'Net (mine)', accuracy: '90%', bytes: 8, origin: 'opened from mine.gguf', file: 'mine.gguf' });
  expect(opened!.id.startsWith(OWN)).toBe(true);
  expect([changes.mock.calls.length, library.problem, library.reading, library.note]).toEqual([1, null, null, null]);
  await library.settled();
  expect(disposed.at(-1)).toBe('mine.gguf'); // it is loaded again where it is shown
  const later = await started();
  expect(later.models).toEqual([opened]);
  expect(await textOf(later, opened!.id)).toBe('GGUF net');
});

it('of several files those that can be are opened, and each of the others is named', async () => {
  const library = await started();
  const opened = await library.open([file('a.gguf', 'bad'), new File(['x'], 'b.onnx'), file('c.gguf')], host(), null);
  expect(opened.map(({ file: name }) => name)).toEqual(['c.gguf']);
  expect(library.problem).toMatch(/“a.gguf” is not a model.*“b.onnx”: the file is a picture/);
  await library.open([file('d.gguf')], host(), null);
  expect(library.problem).toBeNull();
  expect(library.models.map(({ file: name }) => name)).toEqual(['d.gguf', 'c.gguf']);
});

it('files that come while others are read wait for them', async () => {
  const library = await started();
  const both = [library.open([file('a.gguf')], host(), null), library.open([file('b.gguf')], host(), null)];
  await Promise.all(both);
  expect(library.models.map(({ file: name }) => name)).toEqual(['b.gguf', 'a.gguf']);
});

it('what comes from a hub says so', async () => {
  const library = await started();
  await library.open([file('net.gguf')], host(), { origin: 'downloaded from example.org', hub: 'net' } as Given);
  expect(library.models[0]).toMatchObject({ origin: 'downloaded from example.org', hub: 'net' });
});

it('a model that cannot be kept is a model all the same, and that it goes with the page is said', async () => {
  const library = await started();
  caches.room = 0;
  const [opened] = await library.open([file('a.gguf')], host(), null);
  await library.settled();
  expect(library.note).toBe('Net (mine) was not kept: this browser gives the page no more room. It stays for as long as this page is open.');
  expect(library.unkept[opened!.id]).toContain('no more room');
  expect(await textOf(library, opened!.id)).toBe('GGUF net');
  await library.refresh('');
  expect(library.models).toEqual([opened]);
  await library.delete(opened!.id);
  expect([library.models, (await started()).models]).toEqual([[], []]);
});

/** Rewrites any file to what it is told; answers as the test says. */
const facts = { card: {}, asks_stride: true, asks_plain: true, stated: { precision: 'f32', plain: false } } as unknown as Facts;
const writer = () => {
  const asked: Facts[] = [];
  const written: (Answered | null)[] = [];
  const reader = {
    lookInto: async () => facts,
    write: async (_: unknown, answered: Answered | null) => (written.push(answered), new Blob([`GGUF ${answered?.title}`])),
    end: () => {},
  } as unknown as Reader;
  const library = new Library(new ModelStore(), reader, () => reader);
  const says = async (answered: Partial<Answered> | null) => {
    await vi.waitFor(() => expect(library.asking.question).not.toBeNull());
    asked.push(library.asking.question!.facts);
    library.asking.question!.answer(answered as Answered | null);
  };
  return { library, says, asked, written };
};

it('what was answered is answered anew: the file says it from then on, in the next visit too', async () => {
  const { library, says, written } = writer();
  const [before] = await library.open([file('mine.gguf')], host(), null);
  const changes = vi.fn();
  library.onchange = changes;
  const [changed] = await Promise.all([library.change(before!.id), says({ title: 'Other', licence: 'MIT' })]);
  expect([changed, library.problem, library.reading, changes.mock.calls.length]).toEqual([true, null, null, 1]);
  const { accuracy: _, ...rest } = before!; // which is not stated any more
  const after = { ...rest, title: 'Other', dataset: '', source: '', licence: 'MIT', bytes: 10, version: 1 };
  expect(library.models).toEqual([after]);
  expect(written).toEqual([{ title: 'Other', licence: 'MIT', id: before!.id }]);
  const later = await started();
  expect(later.models).toEqual([after]);
  expect(await textOf(later, before!.id)).toBe('GGUF Other');
});

it('what a graph has told is not asked', async () => {
  const { library, says, asked } = writer();
  library.keep({ id: 'own-1', title: 'Net', file: 'net.onnx', bytes: 1, date: '' } as ModelRecord, new Blob(['x']));
  library.keep({ id: 'own-2', title: 'Net', file: 'net.pth', bytes: 1, date: '' } as ModelRecord, new Blob(['x']));
  await Promise.all([library.change('own-1'), says(null)]);
  await Promise.all([library.change('own-2'), says(null)]);
  expect(asked.map(({ asks_stride, asks_plain }) => [asks_stride, asks_plain])).toEqual([
    [false, false],
    [true, true],
  ]);
});

it('whoever thinks better of it, and whoever has no room, has lost nothing', async () => {
  const { library, says } = writer();
  const [before] = await library.open([file('mine.gguf')], host(), null);
  const unchanged = async () => {
    expect(library.models).toEqual([before]);
    expect(await textOf(library, before!.id)).toBe('GGUF net');
    const later = await started();
    expect(later.models).toEqual([before]);
    expect(await textOf(later, before!.id)).toBe('GGUF net');
  };
  expect((await Promise.all([library.change(before!.id), says(null)]))[0]).toBe(false);
  expect(library.problem).toBeNull();
  await unchanged();
  caches.room = caches.bytes;
  expect((await Promise.all([library.change(before!.id), says({ title: 'Other' })]))[0]).toBe(false);
  expect(library.problem).toBe('The changes to Other were not kept: this browser gives the page no more room. It is as it was.');
  await unchanged();
});

it('a model that lasts as long as the page is changed there', async () => {
  const { library, says } = writer();
  caches.room = 0;
  const [before] = await library.open([file('mine.gguf')], host(), null);
  expect((await Promise.all([library.change(before!.id), says({ title: 'Other' })]))[0]).toBe(true);
  expect([library.models[0]!.title, await textOf(library, before!.id)]).toEqual(['Other', 'GGUF Other']);
  expect(library.unkept[before!.id]).toContain('no more room');
});

it('another tab hears of a change', async () => {
  const { library, says } = writer();
  const [before] = await library.open([file('mine.gguf')], host(), null);
  await library.settled();
  const other = await started();
  await Promise.all([library.change(before!.id), says({ title: 'Other' })]);
  await expect(textOf(other, before!.id)).rejects.toThrow('changed or deleted in another tab');
  await other.refresh(before!.id);
  expect([other.models[0]!.title, await textOf(other, before!.id)]).toEqual(['Other', 'GGUF Other']);
});

it('a model’s file is handed out as it is, or written otherwise', async () => {
  const { library, written } = writer();
  const [own] = await library.open([file('mine.gguf')], host(), null);
  const source = library.source(own!.id)!;
  expect(await (await library.file(source, null)).text()).toBe('GGUF net');
  expect(written).toEqual([]);
  expect(await library.precision(source)).toBe('f32');
  await library.file(source, 'f16');
  expect(written).toEqual([null]); // and says what it said
  expect(await library.precision({ ...source, from: '/models/net.gguf' })).toBeNull();
});

it('another tab’s models come, and those it deleted go, but for the one that is looked at', async () => {
  const [mine, other] = [await started(), await started()];
  const [a] = await mine.open([file('a.gguf')], host(), null);
  const [b] = await mine.open([file('b.gguf')], host(), null);
  await mine.settled();
  await other.refresh('resnet20');
  expect(other.models.map(({ id }) => id).sort()).toEqual([a!.id, b!.id].sort());
  await other.delete(a!.id);
  await other.delete(b!.id);
  await mine.refresh(a!.id);
  expect(mine.models.map(({ id }) => id)).toEqual([a!.id]);
  expect(mine.unkept[a!.id]).toBe('It was deleted in another tab.');
  await expect(textOf(mine, a!.id)).rejects.toMatchObject({ name: 'not-found' });
  await mine.refresh(a!.id);
  expect(mine.models.map(({ id }) => id)).toEqual([a!.id]);
});

it('one that cannot be deleted is still there, and that is said', async () => {
  const store = new ModelStore();
  const library = new Library(store);
  library.keep({ id: 'own-1', title: 'Net', bytes: 1, date: '' } as ModelRecord, new Blob(['x']));
  await library.settled();
  vi.spyOn(store, 'delete').mockRejectedValue(new Error('the disk is gone'));
  await library.delete('own-1');
  expect(library.models.map(({ id }) => id)).toEqual(['own-1']);
  expect(library.problem).toContain('the disk is gone');
});

it.each([
  ['a.gguf', true],
  ['A.SafeTensors', true],
  ['x.pt', true],
  ['photo.jpg', false],
  ['gguf', false],
])('%s is a model file: %s', (name, is) => expect(isModelFile(name)).toBe(is));
