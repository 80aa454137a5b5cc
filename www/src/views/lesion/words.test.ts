import { expect, it } from 'vitest';
import type { Damage } from '../../engine';
import { barLabel, changes, median, moved } from './words';

const damage = (block: number, index: number): Damage => ({
  block,
  distance: 0.5,
  probability: 0.1,
  top: { index, label: `class ${index}`, probability: 0.6 },
});

it('groups the cuts that changed the top class', () => {
  const found = changes([damage(0, 3), damage(1, 7), damage(2, 5), damage(3, 5), damage(4, 7), damage(5, 5)], 7);
  expect(found.map(({ top, blocks }) => [top.label, blocks])).toEqual([
    ['class 5', [2, 3, 5]],
    ['class 3', [0]],
  ]);
  expect(changes([damage(0, 7)], 7)).toEqual([]);
});

it('the median of an even number lies between two', () => {
  expect([median([3, 1, 2]), median([4, 1, 3, 2])]).toEqual([2, 2.5]);
});

it('words grow with the distance', () => {
  expect(new Set([0, 0.05, 0.3, 0.9].map(moved)).size).toBe(4);
});

it('a bar says what moved, in percent and without a term', () => {
  const label = barLabel('layer2.1', damage(4, 3), true);
  expect(label).toBe('layer2.1 cut: 50.0% of the probability moved to other classes. 10.0% left, the likeliest class is now class 3');
});
