/** Which net's gradient is split. */
import { oneOf } from '../../../state/codecs';
import type { Parameters } from '../../../state/places.svelte';

/** Of the shipped nets those that have more than one path: a plain net has one, through every layer. */
export const NETS = ['resnet56', 'resnet20'] as const;

export interface PathsPlace {
  net: (typeof NETS)[number];
}

export const PATHS: Parameters<PathsPlace> = { net: oneOf(NETS) };
