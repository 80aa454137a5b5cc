import { expect, it } from 'vitest';
import { isFrugal, startWith } from './upgrade.svelte';

const there = (id: string) => ['resnet20', 'resnet50', 'resnet56'].includes(id);

it.each([
  // chosen, there, frugal: which one first, which one behind
  [null, there, false, 'resnet20', 'resnet50'],
  [null, there, true, 'resnet20', null],
  [null, (id: string) => id === 'resnet20', false, 'resnet20', null],
  ['resnet20', there, false, 'resnet20', null],
  ['resnet56', there, false, 'resnet56', null],
  ['resnet50', there, false, 'resnet20', 'resnet50'],
  ['resnet50', there, true, 'resnet20', null],
  ['gone', there, false, 'resnet20', 'resnet50'],
] as const)('chosen %s, frugal %s: first %s, then %s', (chosen, all, frugal, first, next) => {
  expect(startWith(chosen, all, frugal)).toEqual({ first, next });
});

it('a slow line and a wish to save data are heard, and no word is none', () => {
  expect([undefined, {}, { effectiveType: '4g' }].map(isFrugal)).toEqual([false, false, false]);
  expect([{ saveData: true }, { effectiveType: '3g' }, { effectiveType: '2g' }, { effectiveType: 'slow-2g' }].map(isFrugal)).toEqual([true, true, true, true]);
});
