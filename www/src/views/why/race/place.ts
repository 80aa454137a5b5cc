/** What of the race its address says. */
import { flag, oneOf, within } from '../../../state/codecs';
import type { Parameters } from '../../../state/places.svelte';

export const LAYERS = { low: 8, high: 56, step: 6 };
export const WIRINGS = ['residual', 'plain', 'pre-activation', 'scaled', 'skip-init', 'stochastic-depth'] as const;
export type Wired = (typeof WIRINGS)[number];
export const RATES = ['0.1', '0.03', '0.01', '0.3'] as const;
/** Channels of the first stage. */
export const WIDTHS = ['8', '16', '32'] as const;
/** What a scaled shortcut multiplies x with, in tenths: two decimals of an address would be many more numbers. */
export const FACTORS = { low: 0, high: 15, step: 1 };

export interface RacePlace {
  layers: number;
  left: Wired;
  right: Wired;
  rate: (typeof RATES)[number];
  wide: (typeof WIDTHS)[number];
  tenths: number;
  /** Without batch norm. */
  bare: boolean;
  seed: number;
}

const right = oneOf(WIRINGS);

export const RACE: Parameters<RacePlace> = {
  layers: within(20, LAYERS.low, LAYERS.high, LAYERS.step),
  left: oneOf(WIRINGS),
  right: { ...right, usual: 'plain', write: (value) => (value === 'plain' ? null : value) },
  rate: oneOf(RATES),
  wide: oneOf(WIDTHS),
  tenths: within(5, FACTORS.low, FACTORS.high, FACTORS.step),
  bare: flag,
  seed: within(0, 0, 999),
};
