/** Which nets are operated on, and how. */
import { oneOf, within } from '../../../state/codecs';
import type { Parameters } from '../../../state/places.svelte';

/** Layers of the shipped nets, or the race’s. */
export const NETS = ['20', '56', 'race'] as const;
export const SURGERIES = ['delete', 'swap'] as const;
/** How often blocks are drawn anew: the thin lines. */
export const DRAWS = { low: 1, high: 15, step: 2 };

export interface EnsemblesPlace {
  pair: (typeof NETS)[number];
  surgery: (typeof SURGERIES)[number];
  draws: number;
}

export const ENSEMBLES: Parameters<EnsemblesPlace> = {
  pair: oneOf(NETS),
  surgery: oneOf(SURGERIES),
  draws: within(5, DRAWS.low, DRAWS.high, DRAWS.step),
};
