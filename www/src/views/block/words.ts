/** The sentences about branches and shortcuts, in one place. */
import type { BlockInfo, BlockStatistics, Branch } from '../../engine/types';
import { percent, plain, signed } from '../../render/numbers';

export const NO_IDENTITY = 'plain net: no identity branch';

export function branchTitle(branch: Branch, shortcut: BlockInfo['shortcut']): string {
  const plain = shortcut === 'none';
  if (branch === 'identity') return shortcut === 'projection' ? 'projected x' : shortcut === 'option A' ? 'padded x' : 'identity x';
  if (branch === 'residual') return plain ? 'F(x)' : 'residual F(x)';
  if (branch === 'sum') return plain ? 'sum = F(x)' : 'sum';
  return 'output';
}

export const SHORTCUT_NAME: Record<BlockInfo['shortcut'], string> = {
  identity: 'identity shortcut',
  projection: 'projection shortcut',
  'option A': 'option A shortcut',
  none: 'no shortcut',
};

/** Why this block's shortcut is not simply x; null where it is. */
export function shortcutNote(info: BlockInfo): string | null {
  switch (info.shortcut) {
    case 'projection':
      return 'Projection: the shapes differ, so x passes through a 1 × 1 convolution before the sum.';
    case 'option A':
      return 'Option A: the shapes differ, so x is strided and its new channels are filled with zeros. It costs no parameters.';
    default:
      return null;
  }
}

/** What stands under a branch's title. */
export function statisticsLines(branch: Branch, statistics: BlockStatistics, feeds: string | null): string[] {
  const of = statistics[branch];
  if (!of) return [];
  const { identity, residual, cosine, clipped } = statistics;
  const lines = [`rms ${plain(of.rms)} · ${plain(of.min)} to ${plain(of.max)}`];
  if (branch === 'residual' && identity && identity.rms > 0) {
    lines.push(`|F| / |x| ${plain(residual.rms / identity.rms)}${cosine === null ? '' : ` · cos ${signed(cosine, 2)}`}`);
  }
  if (branch === 'sum') lines.push(`${percent(clipped)} below zero, which ReLU clips`);
  if (branch === 'output') lines.push(feeds ? `feeds ${feeds}` : 'feeds pooling and classifier');
  return lines;
}

export function unfoldText(open: boolean, convolutions: number): string {
  return open ? 'fold F(x)' : `unfold F(x): ${convolutions} convolutions`;
}

/** What a lesion multiplies a branch with, before the branch; nothing where it is intact. */
export function factorText(factor: number): string {
  return factor === 1 ? '' : `${Math.round(100 * factor) / 100} × `;
}
