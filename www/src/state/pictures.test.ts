import { expect, it } from 'vitest';
import { isKept, Pictures } from './pictures.svelte';

/** A file that takes no memory. */
const file = (size: number) => Object.defineProperty(new Blob([]), 'size', { value: size });

it('a picture of another visit is not one of ours', () => {
  const before = new Pictures();
  const ids = [before.add(file(1), 'a.jpg'), before.add(file(1), 'b.jpg')].map(({ id }) => id);
  const after = new Pictures(); // the page was reloaded
  for (let i = 0; i < 10; i++) after.add(file(1), 'other.jpg');
  for (const id of ids) expect(after.own(id)).toBeUndefined();
  for (const id of ids) expect(before.own(id)?.id).toBe(id);
});

it('the last 24 are kept, counted from when they were looked at', () => {
  const pictures = new Pictures();
  const ids = Array.from({ length: 24 }, (_, i) => pictures.add(file(1), `${i}.jpg`).id);
  pictures.own(ids[0]!); // back to the first
  pictures.add(file(1), 'one more.jpg');
  expect(ids.filter((id) => !pictures.blob(id))).toEqual([ids[1]]);
});

it('no more than 256 MB are kept, but the newest is', () => {
  const pictures = new Pictures();
  const [first, second, third] = [100e6, 100e6, 100e6].map((size, i) => pictures.add(file(size), `${i}.jpg`).id);
  expect([first, second, third].map((id) => pictures.own(id!) !== undefined)).toEqual([false, true, true]);
  const huge = pictures.add(file(999e6), 'huge.tif').id;
  expect([second, third, huge].map((id) => pictures.own(id!) !== undefined)).toEqual([false, false, true]);
});

it('what the history keeps may be anything', () => {
  for (const state of [null, undefined, 7, 'a', {}, { id: '1', name: 'a' }]) expect(isKept(state)).toBe(false);
  expect(isKept({ id: 1, name: 'a.jpg' })).toBe(true);
});
