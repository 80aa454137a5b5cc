/** The sentences about branches and shortcuts, in one place. */
import type { BlockInfo, Branch } from '../../engine/types';

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
