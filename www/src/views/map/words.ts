/** What the map says of the net, of a block, and of how it is drawn: all its words. */
import type { BlockInfo, BlockStatistics, ModelInfo, Scales } from '../../engine';
import { MOST_SHARE, shareOf } from '../../render/map-layout';
import { isPlain } from '../../render/branches';
import { plain, signed } from '../../render/numbers';
import { describe, type Cuttable } from '../../render/lesion';
import { SHORTCUT_NAME } from '../block/words';

export const CUT_A_BRANCH = 'Cut a branch';
export const PAPERS = 'Papers draw x as the arc.';
export const sumWords = (blocks: readonly Pick<BlockInfo, 'relu'>[]): string => (blocks.every(({ relu }) => relu) ? 'sum, then ReLU' : 'sum');

export { isPlain };

/** `ResNet-50`: what the title says besides, the disclosure says, too. */
export function modelName({ card }: Pick<ModelInfo, 'card'>): string {
  return card.title.replace(/ \(.*\)$/, '');
}

export function netSentence(blocks: readonly Pick<BlockInfo, 'shortcut'>[]): string {
  return isPlain(blocks) ? 'Each replaces its input by F(x).' : 'Each keeps its input x and adds a correction F(x).';
}

export function widthWords(strongest: number): string {
  return `width: rms, up to ${plain(strongest)}`;
}

export const SHARE_WORDS = `size of F relative to x, 0 to ${MOST_SHARE}`;

export const SIGNS: [BlockInfo['shortcut'], string][] = [
  ['projection', 'x projected, 1 × 1'],
  ['option A', 'x subsampled, zeros added'],
];

export interface Fact {
  name: string;
  value: string;
}

export function factsOf({ identity, residual, cosine }: BlockStatistics): Fact[] {
  const strength = { name: 'rms F', value: plain(residual.rms) };
  if (!identity) return [strength];
  const share = shareOf(residual.rms, identity.rms);
  return [
    { name: 'size of F relative to x', value: Number.isFinite(share) ? plain(share) : '–' },
    { name: 'rms x', value: plain(identity.rms) },
    strength,
    { name: 'cos(x, F)', value: cosine === null || !Number.isFinite(cosine) ? '–' : signed(cosine, 2) },
  ];
}

export function kindOf({ kind, shortcut }: BlockInfo): string {
  return `${kind}, ${SHORTCUT_NAME[shortcut]}`;
}

/** A station as a screen reader says it. */
export function stationLabel(info: BlockInfo, statistics: BlockStatistics, scales: Scales): string {
  const facts = factsOf(statistics).map(({ name, value }) => `${name} ${value}`);
  return [info.name, kindOf(info), ...facts, describe(scales)].filter(Boolean).join(', ');
}

export function cutLabel(branch: Cuttable, scales: Scales): string {
  return `${scales[branch] === 0 ? 'Restore' : 'Cut'} ${branch === 'identity' ? 'x' : 'F(x)'}`;
}

export function cuttingHint(plainNet: boolean): string {
  return `Press an arc to cut F(x)${plainNet ? '' : ', the line to cut x'}; again to restore it.`;
}
