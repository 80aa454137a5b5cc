import type { RunResult } from '../../engine';
import { size } from '../../render/numbers';

/** How the picture became what the network saw: torchvision's centre, the visitor's crop, or the one that is being moved below and has its numbers there. */
export function sawWhat(
  { picture, crop, input }: Pick<RunResult, 'picture' | 'crop'> & { input: { width: number } },
  which: 'centre' | 'chosen' | 'below',
): string {
  const { width, height } = picture;
  const side = input.width;
  const to = size(side, side);
  if (which !== 'below' && width === side && height === side && crop.side === side) return `Exactly the ${to} pixels the network takes.`;
  const from = size(width, height);
  const all = which !== 'below' && width === height && crop.side >= width;
  const length = Math.round(crop.side);
  const lost = side < 100 && crop.side > side ? ': most of a photo’s detail is gone' : '';
  const cut = all
    ? ''
    : which === 'centre'
      ? `the central ${size(length, length)} `
      : which === 'chosen'
        ? `a square of ${size(length, length)} `
        : 'the square below ';
  return `The network saw ${cut ? `${cut}of ` : ''}${from}, ${crop.side < side ? 'enlarged' : 'reduced'} to ${to} pixels${lost}.`;
}

/** The same in a few words. */
export function sawShort({ picture, crop, input }: Pick<RunResult, 'picture' | 'crop'> & { input: { width: number } }): string {
  const { width, height } = picture;
  if (width === height && crop.side >= width) return crop.side === input.width ? `all ${size(width, height)} pixels` : `all of ${size(width, height)} pixels`;
  const length = Math.round(crop.side);
  return `${size(length, length)} of ${size(width, height)} pixels`;
}
