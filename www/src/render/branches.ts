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

/** What is painted on which scale: an output that no ReLU made may be negative. */
export function signOf(branch: Branch, { relu }: Pick<BlockInfo, 'relu'>): 'signed' | 'positive' {
  return branch === 'output' && relu ? 'positive' : 'signed';
}

/** Between the sum and the output. Pre-activation blocks have their ReLUs within F, and put out the sum itself. */
export const toOutput = ({ relu }: Pick<BlockInfo, 'relu'>): string => (relu ? '→ ReLU →' : '=');

/** `x + F(x) = sum → ReLU → output`, as it holds for this block. */
export function equationText({ shortcut, relu }: Pick<BlockInfo, 'shortcut' | 'relu'>, scales: Scales = { identity: 1, residual: 1 }): string {
  const x = { identity: 'x', projection: 'projected x', 'option A': 'padded x', none: null }[shortcut];
  return `${x === null ? '' : `${factorText(scales.identity)}${x} + `}${factorText(scales.residual)}F(x) = sum ${toOutput({ relu })} output`;
}

export function branchTitle(branch: Branch, shortcut: BlockInfo['shortcut']): string {
  const plain = shortcut === 'none';
  if (branch === 'identity') return shortcut === 'projection' ? 'projected x' : shortcut === 'option A' ? 'padded x' : 'identity x';
  if (branch === 'residual') return plain ? 'F(x)' : 'residual F(x)';
  if (branch === 'sum') return plain ? 'sum = F(x)' : 'sum';
  return 'output';
}
