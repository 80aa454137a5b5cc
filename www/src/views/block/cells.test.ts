import { expect, it } from 'vitest';
import { moved } from './cells';

const at = (cell: number, place = 0) => ({ cell, at: place });

it('arrows walk the cells and stop at the edges', () => {
  expect(moved(at(1), 'ArrowRight', false, 12, 8, 8)).toEqual(at(2));
  expect(moved(at(1), 'ArrowDown', false, 12, 8, 8)).toEqual(at(5));
  expect(moved(at(1), 'ArrowUp', false, 12, 8, 8)).toEqual(at(1));
  expect(moved(at(11), 'ArrowRight', false, 12, 8, 8)).toEqual(at(11));
});

it('with Shift they walk the map', () => {
  expect(moved(at(3, 9), 'ArrowRight', true, 12, 8, 8)).toEqual(at(3, 10));
  expect(moved(at(3, 9), 'ArrowUp', true, 12, 8, 8)).toEqual(at(3, 1));
  expect(moved(at(3, 7), 'ArrowRight', true, 12, 8, 8)).toEqual(at(3, 7));
});

it('other keys are not ours', () => {
  expect(moved(at(1), 'Tab', false, 12, 8, 8)).toBeNull();
});
