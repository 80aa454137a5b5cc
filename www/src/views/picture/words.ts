import type { RunResult } from '../../engine/types';
import { size } from '../../render/numbers';

/** How the picture became what the network saw. `chosen`: the visitor's crop, not torchvision's. */
export function sawWhat({ picture, crop, input }: Pick<RunResult, 'picture' | 'crop'> & { input: { width: number } }, chosen: boolean): string {
  const { width, height } = picture;
  const side = input.width;
  const to = size(side, side);
  if (width === side && height === side && crop.side === side) return `Exactly the ${to} pixels the network takes.`;
  const from = size(width, height);
  const all = width === height && crop.side >= width;
  const length = Math.round(crop.side);
  const lost = side < 100 && crop.side > side ? ': most of a photo’s detail is gone' : '';
  const cut = all ? '' : chosen ? `a square of ${size(length, length)} ` : `the central ${size(length, length)} `;
  return `The network saw ${cut ? `${cut}of ` : ''}${from}, ${crop.side < side ? 'enlarged' : 'reduced'} to ${to} pixels${lost}.`;
}
