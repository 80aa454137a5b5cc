import { expect, it } from 'vitest';
import { SORTS } from '../../render/channels';
import { channelOrder, sortProblem } from './cells';

it('says why an order cannot be had', () => {
  const possible = (shortcut: 'identity' | 'none', weights: boolean) =>
    SORTS.filter((sort) => !sortProblem(sort, { shortcut }, { classWeights: weights ? [{ index: 0, weights: Float32Array.of(1) }] : null }));
  expect(possible('identity', true)).toEqual(['changed', 'energy', 'change', 'index', 'class']);
  expect(possible('identity', false)).toEqual(['changed', 'energy', 'change', 'index']);
  expect(possible('none', true)).toEqual(['changed', 'energy', 'index', 'class']);
});

it('an order that cannot be had is that of energy', () => {
  const tensor = (...data: number[]) => ({ channels: 3, height: 1, width: 1, data: Float32Array.from(data) });
  const detail = {
    block: 0,
    scales: { identity: 1, residual: 1 },
    identity: tensor(1, 8, 1),
    residual: tensor(1, -3, 2),
    output: tensor(2, 5, 3),
    steps: [],
    classWeights: null,
  };
  expect(channelOrder('change', { shortcut: 'identity' }, detail)).toEqual([2, 0, 1]);
  expect(channelOrder('change', { shortcut: 'none' }, { ...detail, identity: null })).toEqual([1, 2, 0]);
  expect(channelOrder('class', { shortcut: 'identity' }, detail)).toEqual([1, 2, 0]);
});
