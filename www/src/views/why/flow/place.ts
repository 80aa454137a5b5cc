/** What of the gradient flow's experiment its address says. */
import { oneOf, within } from '../../../state/codecs';
import type { Parameters } from '../../../state/places.svelte';

/** 6 n + 2 layers. */
export const DEPTHS = { low: 8, high: 110, step: 6 };
export const ON_OFF = ['on', 'off'] as const;
export const STARTS = ['he', 'small'] as const;

export interface FlowPlace {
  depth: number;
  /** The identity branch. */
  skip: (typeof ON_OFF)[number];
  norm: (typeof ON_OFF)[number];
  start: (typeof STARTS)[number];
  draw: number;
}

export const FLOW: Parameters<FlowPlace> = {
  depth: within(32, DEPTHS.low, DEPTHS.high, DEPTHS.step),
  skip: oneOf(ON_OFF),
  norm: oneOf(ON_OFF),
  start: oneOf(STARTS),
  draw: within(0, 0, 999),
};
