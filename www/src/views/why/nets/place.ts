/** What of the nets' comparison its address says. */
import { oneOf } from '../../../state/codecs';
import type { Parameters } from '../../../state/places.svelte';

/** What they are made for: pictures of 224 x 224, or of 32 x 32. */
export const PICTURES = ['imagenet', 'cifar'] as const;
export type Pictures = (typeof PICTURES)[number];

export const NETS: Parameters<{ compared: Pictures }> = { compared: oneOf(PICTURES) };
