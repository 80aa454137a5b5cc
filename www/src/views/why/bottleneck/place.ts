/** What of the blocks' arithmetic its address says. */
import { within, type Parameter } from '../../../state/codecs';
import type { Parameters } from '../../../state/places.svelte';
import { EXPANSION } from './arithmetic';

export const CHANNELS = { low: 64, high: 512, step: 32 };
export const SIDE = { low: 7, high: 112, step: 7 };
/** How many times fewer channels the 3x3 convolution has than x. */
export const SQUEEZES = [1, 2, 4, 8] as const;
export type Squeeze = (typeof SQUEEZES)[number];

export interface BottleneckPlace {
  channels: number;
  squeeze: Squeeze;
  side: number;
}

const squeeze: Parameter<Squeeze> = {
  usual: EXPANSION,
  write: (value) => (value === EXPANSION ? null : String(value)),
  read: (text) => SQUEEZES.find((value) => String(value) === text) ?? null,
};

export const BOTTLENECK: Parameters<BottleneckPlace> = {
  channels: within(256, CHANNELS.low, CHANNELS.high, CHANNELS.step),
  squeeze,
  side: within(56, SIDE.low, SIDE.high, SIDE.step),
};
