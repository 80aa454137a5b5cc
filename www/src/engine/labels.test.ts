import { expect, it } from 'vitest';
import { distinct } from './labels';

it('labels that are alone stay as they are, twins get their numbers, and a class without one is a number', () => {
  expect(distinct(['cat', 'crane', 'dog', 'crane', '', ' '])).toEqual(['cat', 'crane (1)', 'dog', 'crane (3)', 'class 4', 'class 5']);
});
