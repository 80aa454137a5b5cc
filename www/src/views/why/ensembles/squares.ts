/** What the shipped nets are tried on: squares of the page’s samples. */
import type { Pictures } from '../../../state/pictures.svelte';

export interface Square {
  left: number;
  top: number;
  side: number;
  mirrored: boolean;
}

/** From each picture. */
export const SQUARES = 6;
/** Of a picture’s short side, what the smallest square has. */
const LEAST = 0.75;

/** The centre first, then squares at random: smaller, moved, half of them mirrored. The same every time, so that numbers can be compared. */
export function squaresOf(width: number, height: number, count: number, seed: number): Square[] {
  let state = (seed * 7919 + 1) % 2147483647;
  const random = () => (state = (state * 48271) % 2147483647) / 2147483647;
  const whole = Math.min(width, height);
  return Array.from({ length: count }, (_, index) => {
    const side = index === 0 ? whole : Math.round(whole * (LEAST + (1 - LEAST) * random()));
    const along = (length: number) => Math.floor((length - side + 1) * (index === 0 ? 0.5 : random()));
    const [left, top] = [along(width), along(height)];
    return { left, top, side, mirrored: index > 0 && random() < 0.5 };
  });
}

/** Of all samples that CIFAR’s nets are meant for. */
export async function sampleSquares(pictures: Pictures, signal: AbortSignal): Promise<ImageData[]> {
  const squares: ImageData[] = [];
  const canvas = document.createElement('canvas');
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (!context) throw new Error('The browser gave no memory for the pictures.');
  const suited = pictures.samples.filter(({ suits }) => suits.includes('cifar'));
  if (suited.length === 0) throw new Error('The sample pictures could not be fetched: reload the page to try again.');
  for (const [index, sample] of suited.entries()) {
    const bitmap = await createImageBitmap((await pictures.fetch(sample)).blob);
    signal.throwIfAborted();
    for (const { left, top, side, mirrored } of squaresOf(bitmap.width, bitmap.height, SQUARES, index)) {
      canvas.width = canvas.height = side;
      if (mirrored) context.setTransform(-1, 0, 0, 1, side, 0);
      context.drawImage(bitmap, left, top, side, side, 0, 0, side, side);
      squares.push(context.getImageData(0, 0, side, side));
    }
    bitmap.close();
  }
  return squares;
}
