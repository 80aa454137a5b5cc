/** What of a comparison its address says. */
import { text } from '../../state/codecs';
import type { Parameters } from '../../state/places.svelte';

export interface ComparePlace {
  /** What the shown net is compared with: `model:plain56` or `sample:coffee`. */
  against: string | null;
}

export const COMPARE: Parameters<ComparePlace> = { against: text };
