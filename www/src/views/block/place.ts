/** What of the block's view its address says. */
import { SCALES, SORTS, type Scale, type Sort } from '../../render/channels';
import { flag, index, oneOf } from '../../state/codecs';
import { to, type Parameters, type Places } from '../../state/places.svelte';
import { COLOURS, type Colours } from '../../state/theme.svelte';

export const SUMMARIES = ['colours', 'mean'] as const;

export interface BlockPlace {
  /** The channel looked at; null: the first of the order. */
  channel: number | null;
  /** What stands for all channels where none is chosen. */
  summary: (typeof SUMMARIES)[number];
  sort: Sort;
  scale: Scale;
  /** Whether F's inner steps are unfolded. */
  steps: boolean;
}

export const BLOCK: Parameters<BlockPlace> = {
  channel: { ...index, of: ['block'] },
  summary: oneOf(SUMMARIES),
  sort: oneOf(SORTS),
  scale: oneOf(SCALES),
  steps: flag,
};

export type Options = Omit<BlockPlace, 'channel' | 'summary'> & Colours;

/** The visitor chose how the channels are shown. */
export function choose(places: Places, { colours, ...own }: Partial<Options>): void {
  places.set(to(BLOCK, own), to(COLOURS, colours === undefined ? {} : { colours }));
}
