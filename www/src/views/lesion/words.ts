/** What a lesion did, in words that the numbers bear out. */
import type { Damage, Prediction } from '../../engine/types';

/** `moved`: total variation, the share of the probability that is now with other classes. */
export function moved(distance: number): string {
  if (distance < 0.005) return 'Hardly any of the probability moved between classes.';
  if (distance < 0.1) return 'A little of the probability moved between classes.';
  if (distance < 0.5) return 'A good part of the probability moved between classes.';
  return 'Most of the probability moved between classes.';
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
