/** What a model's file may be saved as, and what it is called. */
import type { ModelSource } from '../../engine';
import { fileName } from '../../export/names';
import type { Precision } from '../../foreign';

export interface Choice {
  /** Null: as it is. */
  precision: Precision | null;
  words: string;
  size: number;
  /** The size is reckoned, not counted. */
  about: boolean;
}

/** Bits of a weight, from the most on; q8_0 has a scale of 16 for each 32. */
const BITS: readonly [Precision, number][] = [
  ['f32', 32],
  ['f16', 16],
  ['q8_0', 8.5],
];

/** As it is, and smaller: what was rounded is not exact again for being written longer. `kept`: null where it is handed on as it is. */
export function precisions(size: number, kept: Precision | null): Choice[] {
  const bits = BITS.find(([name]) => name === kept)?.[1];
  const asIs = { precision: null, words: bits ? `As it is (${kept})` : 'As it is', size, about: false };
  if (bits === undefined) return [asIs];
  return [
    asIs,
    ...BITS.filter(([, less]) => less < bits).map(([precision, less]) => ({ precision, words: `As ${precision}`, size: (size * less) / bits, about: true })),
  ];
}

/** A file of this site keeps its name; others are called as the model is. */
export function savedName({ title, file, from }: ModelSource, precision: Precision | null): string {
  return typeof from === 'string' ? file : fileName([title], precision ? `${precision}.gguf` : 'gguf');
}
