/** What of the sum is shown, and how its negative part is counted. */
import { oneOf } from '../../../state/codecs';
import type { Parameters } from '../../../state/places.svelte';

/** In front of ReLU: x + F(x) as it is, or what it would be without x. */
export const BEFORE = ['sum', 'alone'] as const;
/** A share of the values, or of their squares. */
export const COUNTED = ['values', 'squares'] as const;

export interface ReluPlace {
  before: (typeof BEFORE)[number];
  counted: (typeof COUNTED)[number];
}

export const RELU: Parameters<ReluPlace> = { before: oneOf(BEFORE), counted: oneOf(COUNTED) };
