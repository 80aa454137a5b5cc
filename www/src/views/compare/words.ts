/** What the comparison says. */
import { percent } from '../../render/numbers';

export const INTRO = 'Two nets on one picture, or two pictures in one net, block by block. Each side runs in an engine of its own.';
export const STARTING = 'Starting a second engine…';
export const MISSING = 'This comparison was with a picture of somebody’s own, which no address can hold. Choose a picture.';
export const RESTORE = 'Restore all';
export const UNCROP = 'Undo the crop';

/** `distance`: half the sum of the differences between the two answers, class by class. */
export function apartWords(distance: number): [share: string, rest: string] {
  return [
    percent(distance),
    'of the probability is with other classes on side B than on side A. At 0% both give the same answer, at 100% they have nothing in common.',
  ];
}

export function depthWords(otherStages: boolean): string {
  return `From the stem on the left to the classifier on the right; where the nets differ in depth, the axis is relative. Point to read both sides, click to open that block on both.${otherStages ? ' The stages marked are A’s.' : ''}`;
}

/** What differs between the sides besides what is compared, or might be thought to. */
export function caveats({ twoNets, changed, cropped }: { twoNets: boolean; changed: string[]; cropped: boolean }): string[] {
  const named = changed.slice(0, 3).join(', ') + (changed.length > 3 ? ` and ${changed.length - 3} more` : '');
  return [
    changed.length === 0
      ? []
      : twoNets
        ? `In A, branches are cut or scaled (${named}). B is another net, and intact.`
        : `The same branches are cut or scaled on both sides (${named}).`,
    !cropped ? [] : twoNets ? 'Both sides see the same crop.' : 'A is cropped. B is another picture, seen at its centre.',
  ].flat();
}

export function pairWords(alike: boolean, oneNet: boolean): string {
  if (!alike) return 'These blocks have different numbers of channels: first goes with first, second with second, each side in its own order.';
  return oneNet
    ? 'One net: a channel is the same feature on both sides. The order is A’s.'
    : 'Two nets learn their channels apart: the same number is not the same feature. The order is A’s.';
}
