import { expect, it } from 'vitest';
import { framesPerSecond, recent } from './rate';

it('frames per second are intervals, not frames', () => {
  expect(framesPerSecond([0, 100, 200, 300])).toBeCloseTo(10);
  expect(framesPerSecond([0, 4000, 8000])).toBeCloseTo(0.25);
});

it('too few frames have no rate', () => {
  expect(framesPerSecond([])).toBeNull();
  expect(framesPerSecond([0, 10])).toBeNull();
  expect(framesPerSecond([5, 5, 5])).toBeNull();
});

it('only the last two seconds count, or three frames', () => {
  expect(recent([0, 1000, 2500, 3000, 3500, 4000], 4000)).toEqual([2500, 3000, 3500, 4000]);
  expect(recent([0, 3000, 6000, 9000], 9000)).toEqual([3000, 6000, 9000]);
  expect(recent([0, 10], 9000)).toEqual([0, 10]);
});
