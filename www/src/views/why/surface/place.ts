/** Which slice through the loss is shown. */
import { within } from '../../../state/codecs';
import type { Parameters } from '../../../state/places.svelte';

export interface SurfacePlace {
  /** The seed of both directions. */
  directions: number;
}

export const SURFACE: Parameters<SurfacePlace> = { directions: within(0, 0, 999) };
