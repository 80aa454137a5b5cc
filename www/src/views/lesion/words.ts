/** What a lesion did, in words that the numbers bear out. */
import type { Damage, Prediction } from '../../engine';
import { percent } from '../../render/numbers';

/** `distance`: total variation, half the sum of the differences: the part of the probability that is with other classes now. */
export function moved(distance: number): string {
  return distance < 0.0005 ? 'No probability moved to other classes.' : `${percent(distance)} of the probability moved to other classes.`;
}

export function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length / 2;
  return sorted.length % 2 ? sorted[Math.floor(half)]! : (sorted[half - 1]! + sorted[half]!) / 2;
}

export interface Change {
  top: Pick<Prediction, 'index' | 'label'>;
  blocks: number[];
}

/** The cuts that changed the top class, by what it became; the commonest first. */
export function changes(damages: Damage[], intact: number): Change[] {
  const byClass = new Map<number, Change>();
  for (const { block, top } of damages) {
    if (top.index === intact) continue;
    const change = byClass.get(top.index) ?? { top, blocks: [] };
    change.blocks.push(block);
    byClass.set(top.index, change);
  }
  return [...byClass.values()].sort((a, b) => b.blocks.length - a.blocks.length);
}

/** A bar of the sweep, to those who hear it. */
export function barLabel(name: string, { distance, probability, top }: Damage, other: boolean): string {
  return `${name} cut: ${moved(distance)} ${percent(probability)} left${other ? `, the likeliest class is now ${top.label}` : ''}`;
}

/** What the sweep does; a paper follows, and in a net with identity branches the question. */
export function sweepWords(plainNet: boolean): { before: string; after: string } {
  return plainNet
    ? {
        before:
          'One [lesion] at a time: F(x) of a block is cut. A plain block has no other path: the next one gets nothing but zeros. Nets with identity branches often do without a block',
        after: '.',
      }
    : {
        before: 'One [lesion] at a time: F(x) of a block is cut, while x still passes. Residual nets often do without a block, plain nets do not',
        after: '. Is it so for this picture?',
      };
}

export const SWEEP_TITLE = 'What cutting one block’s F(x) does';
export const SWEEP_KEY = 'the part of the [probability that moves|probability moved] to other classes · ◆ another class is now the likeliest';
