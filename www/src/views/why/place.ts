/** Which exhibit is open. */
import { oneOf } from '../../state/codecs';
import type { Parameters } from '../../state/places.svelte';

export const EXHIBIT_IDS = ['degradation', 'flow', 'race', 'paths', 'ensembles', 'surface', 'relu', 'bottleneck', 'nets'] as const;
export type ExhibitId = (typeof EXHIBIT_IDS)[number];

export const WHY: Parameters<{ exhibit: ExhibitId }> = { exhibit: oneOf(EXHIBIT_IDS) };
