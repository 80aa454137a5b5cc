/** The sentences about branches and shortcuts, in one place. */
import type { BlockInfo, BlockStatistics, Branch } from '../../engine';
import { percent, plain, signed } from '../../render/numbers';

export { factorText, NO_IDENTITY } from '../../render/branches';

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
      return 'The shape changes: x passes through a 1 × 1 convolution before the sum (a projection).';
    case 'option A':
      return 'The shape changes: x is subsampled, new channels start at zero. This takes no parameters (option A).';
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
  if (branch === 'output') lines.push(`goes on to ${feeds ?? 'pooling and classifier'}`);
  return lines;
}

export function unfoldText(open: boolean, convolutions: number): string {
  return open ? 'fold F(x)' : `unfold F(x): ${convolutions} convolutions`;
}
