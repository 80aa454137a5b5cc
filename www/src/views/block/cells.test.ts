import { expect, it } from 'vitest';
import { SORTS } from '../../state/url';
import { sortProblem } from './cells';

it('says why an order cannot be had', () => {
  const possible = (shortcut: 'identity' | 'none', weights: boolean) =>
    SORTS.filter((sort) => !sortProblem(sort, { shortcut }, { classWeights: weights ? [{ index: 0, weights: Float32Array.of(1) }] : null }));
  expect(possible('identity', true)).toEqual(['energy', 'change', 'index', 'class']);
  expect(possible('identity', false)).toEqual(['energy', 'change', 'index']);
  expect(possible('none', true)).toEqual(['energy', 'index', 'class']);
});
