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
      return info.relu
        ? 'The shape changes: x passes through a 1 × 1 convolution before the sum (a projection).'
        : 'The shape changes: x passes through batch norm, ReLU and a 1 × 1 convolution before the sum (a projection).';
    case 'option A':
      return 'The shape changes: x is subsampled, new channels start at zero. This takes no parameters (option A).';
    default:
      return null;
  }
}

/** What reads the output. After pre-activation blocks a last batch norm and ReLU may come first. */
export function goesOnTo({ relu }: Pick<BlockInfo, 'relu'>, feeds: string | null): string {
  return feeds ?? (relu ? 'pooling and classifier' : 'the classifier');
}

/** What stands under a branch's title. */
export function statisticsLines(branch: Branch, info: Pick<BlockInfo, 'relu'>, statistics: BlockStatistics, feeds: string | null): string[] {
  const of = statistics[branch];
  if (!of) return [];
  const { identity, residual, cosine, clipped } = statistics;
  const lines = [`rms ${plain(of.rms)} · ${plain(of.min)} to ${plain(of.max)}`];
  if (branch === 'residual' && identity && identity.rms > 0) {
    lines.push(`|F| / |x| ${plain(residual.rms / identity.rms)}${cosine === null ? '' : ` · cos ${signed(cosine, 2)}`}`);
  }
  if (branch === 'sum') lines.push(info.relu ? `${percent(clipped)} below zero, which ReLU clips` : 'no ReLU follows: it is the output');
  if (branch === 'output') lines.push(`goes on to ${goesOnTo(info, feeds)}`);
  return lines;
}

export function unfoldText(open: boolean, convolutions: number): string {
  return open ? 'fold F(x)' : `unfold F(x): ${convolutions} convolutions`;
}
