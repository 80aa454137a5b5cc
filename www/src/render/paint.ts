/** Values -> pixels of a canvas. One value is one pixel; CSS makes it larger. */
import { ENTRIES, type Table } from './colormap';

export type Sign = 'signed' | 'positive';

/** The table's entry for a value; what lies beyond the limit takes the last colour. NaN is drawn as zero. */
export function entryOf(value: number, limit: number, sign: Sign): number {
  const ratio = limit > 0 && value === value ? Math.max(-1, Math.min(1, value / limit)) : 0;
  return Math.round((sign === 'signed' ? (ratio + 1) / 2 : Math.max(0, ratio)) * (ENTRIES - 1));
}

export function colorize(values: Float32Array, limit: number, sign: Sign, table: Table): Uint8ClampedArray<ArrayBuffer> {
  // Whole pixels at a time: an opened block of ResNet-50 paints 150,000 of them.
  const colors = new Uint32Array(table.buffer);
  const pixels = new Uint32Array(values.length);
  for (let i = 0; i < values.length; i++) pixels[i] = colors[entryOf(values[i]!, limit, sign)]!;
  return new Uint8ClampedArray(pixels.buffer);
}

/** A picture fills a canvas, which takes its size. */
export function show(canvas: HTMLCanvasElement, picture: ImageData): void {
  canvas.width = picture.width;
  canvas.height = picture.height;
  canvas.getContext('2d')?.putImageData(picture, 0, 0);
}

export function paint(canvas: HTMLCanvasElement, values: Float32Array, width: number, height: number, limit: number, sign: Sign, table: Table): void {
  show(canvas, new ImageData(colorize(values, limit, sign, table), width, height));
}
