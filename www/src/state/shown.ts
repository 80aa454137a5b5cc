/** What is run and shown: the part of a place that the engine has to know. */
import type { Crop, Lesion } from '../engine';
import { text, type Codec } from './codecs';
import { MOST_SCALE } from '../render/lesion';
import type { Parameters } from './places.svelte';

export interface Shown {
  model: string;
  /** Null: a picture of the visitor's own, which no address can hold. */
  sample: string | null;
  /** The open block's name, e.g. layer2.0; null: one is chosen. */
  block: string | null;
  lesion: Lesion;
  /** Null: torchvision's centre crop. */
  crop: Crop | null;
}

const crop: Codec<Crop | null> = {
  write: (value) => value && [value.left, value.top, value.side].map((number) => Math.round(10 * number) / 10).join('_'),
  read(value) {
    const numbers = value.split('_').map(Number);
    const [left, top, side] = numbers as [number, number, number];
    return numbers.length === 3 && numbers.every((number) => Number.isFinite(number) && number >= 0) && side > 0 ? { left, top, side } : null;
  },
};

/** `layer3.2_1_0~layer4.0_0.5_1`: block, scale of the identity branch, scale of the residual branch. */
export const LESION: Codec<Lesion> = {
  write(value) {
    const parts = Object.entries(value).map(([block, { identity, residual }]) => `${block}_${identity}_${residual}`);
    return parts.length ? parts.join('~') : null;
  },
  read(value) {
    const found: Lesion = {};
    for (const part of value.split('~')) {
      const [block, identity, residual] = part.split('_');
      const scales = { identity: scaleOf(identity), residual: scaleOf(residual) };
      if (block && scales.identity !== null && scales.residual !== null && (scales.identity !== 1 || scales.residual !== 1)) {
        found[block] = scales as { identity: number; residual: number };
      }
    }
    return Object.keys(found).length ? found : null;
  },
};

function scaleOf(value: string | undefined): number | null {
  const number = value ? Number(value) : NaN;
  return number >= 0 && number <= MOST_SCALE ? number : null;
}

export const SHOWN: Parameters<Shown> = {
  model: { usual: '', write: (value) => value || null, read: (value) => value },
  sample: text,
  block: text,
  lesion: { ...LESION, usual: {} },
  crop: { ...crop, usual: null, of: ['sample'] },
};
