/** What of the degradation's picture its address says. */
import { oneOf } from '../../../state/codecs';
import type { Parameters } from '../../../state/places.svelte';

export const ERRORS = ['both', 'training', 'test'] as const;
export const NETS = ['both', 'plain', 'residual'] as const;
export const AXES = ['linear', 'log'] as const;

export interface DegradationPlace {
  errors: (typeof ERRORS)[number];
  /** Which half is shown. */
  nets: (typeof NETS)[number];
  axis: (typeof AXES)[number];
}

export const DEGRADATION: Parameters<DegradationPlace> = { errors: oneOf(ERRORS), nets: oneOf(NETS), axis: oneOf(AXES) };
