/** Which view is open. */
import type { Parameters } from '../state/places.svelte';

/** Those that the address names: Explore is where the page opens. */
const VIEW_IDS = ['why', 'learn', 'compare', 'benchmark'] as const;
export type ViewId = (typeof VIEW_IDS)[number];

export const OPEN: Parameters<{ view: ViewId | null }> = {
  view: { usual: null, read: (text) => VIEW_IDS.find((id) => id === text) ?? null, write: (value) => value },
};
