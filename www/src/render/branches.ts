/** What a block's branches are called, and the equation that they make. */
import type { BlockInfo, Branch, Scales } from '../engine';

export const NO_IDENTITY = 'plain net: no identity branch';

/** A net none of whose blocks has an identity branch. */
export function isPlain(blocks: readonly Pick<BlockInfo, 'shortcut'>[]): boolean {
  return blocks.every(({ shortcut }) => shortcut === 'none');
}

/** What a branch is multiplied with, before its name; nothing where it is intact. */
export function factorText(factor: number): string {
  return factor === 1 ? '' : `${Math.round(100 * factor) / 100} × `;
}

/** `x + F(x) = sum → ReLU → output`, as it holds for this block. */
export function equationText(shortcut: BlockInfo['shortcut'], scales: Scales = { identity: 1, residual: 1 }): string {
  const x = { identity: 'x', projection: 'projected x', 'option A': 'padded x', none: null }[shortcut];
  return `${x === null ? '' : `${factorText(scales.identity)}${x} + `}${factorText(scales.residual)}F(x) = sum → ReLU → output`;
}

export function branchTitle(branch: Branch, shortcut: BlockInfo['shortcut']): string {
  const plain = shortcut === 'none';
  if (branch === 'identity') return shortcut === 'projection' ? 'projected x' : shortcut === 'option A' ? 'padded x' : 'identity x';
  if (branch === 'residual') return plain ? 'F(x)' : 'residual F(x)';
  if (branch === 'sum') return plain ? 'sum = F(x)' : 'sum';
  return 'output';
}
