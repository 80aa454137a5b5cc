/** A row of small maps in one picture, some through a colour map, some with colours of their own. */
import { drawMap, spans, type AtlasMap } from './atlas';
import type { Table } from './colormap';
import type { Sign } from './paint';

export type Frame = AtlasMap | { pixels: ImageData };

export interface FrameLayout {
  columns: number;
  /** A frame's side and the space between frames, in pixels of the canvas. */
  cell: number;
  gap: number;
}

export function drawFrames(frames: Frame[], width: number, height: number, { columns, cell, gap }: FrameLayout, sign: Sign, table: Table): ImageData {
  const full = Math.max(1, columns * (cell + gap) - gap);
  const pixels = new Uint32Array(full * cell);
  const colors = new Uint32Array(table.buffer);
  const across = spans(width, cell);
  const down = spans(height, cell);
  frames.slice(0, columns).forEach((frame, index) => {
    const start = index * (cell + gap);
    if ('pixels' in frame) copy(pixels, start, full, frame.pixels, cell);
    else drawMap(pixels, start, full, frame, width, across, down, sign, colors);
  });
  return new ImageData(new Uint8ClampedArray(pixels.buffer), full, cell);
}

/** The nearest pixel: colours of a small map stay what they are. */
function copy(to: Uint32Array, start: number, stride: number, { data, width, height }: ImageData, cell: number): void {
  const from = new Uint32Array(data.buffer, data.byteOffset, width * height);
  const [across, down] = [spans(width, cell).from, spans(height, cell).from];
  down.forEach((v, y) => across.forEach((u, x) => (to[start + y * stride + x] = from[v * width + u]!)));
}
