/** Many maps in one picture, drawn at the screen's own pixels: one call paints a whole grid. */
import { ENTRIES, type Table } from './colormap';
import type { Sign } from './paint';

export interface AtlasMap {
  values: Float32Array;
  limit: number;
}

export interface AtlasLayout {
  columns: number;
  rows: number;
  /** A cell's side and the space between cells, in pixels of the canvas. */
  cell: number;
  gap: number;
}

export function atlasSize({ columns, rows, cell, gap }: AtlasLayout): [width: number, height: number] {
  return [columns * cell + (columns - 1) * gap, rows * cell + (rows - 1) * gap];
}

/**
 * Which of `count` values each of `pixels` pixels shows: `from` (included) to `to` (not included). Where there are more pixels
 * than values, each pixel shows one value; else the mean of those it covers, as leaving some out would lose thin lines.
 */
export function spans(count: number, pixels: number): { from: Int32Array; to: Int32Array } {
  const from = new Int32Array(pixels);
  const to = new Int32Array(pixels);
  for (let i = 0; i < pixels; i++) {
    from[i] = Math.floor((i * count) / pixels);
    to[i] = pixels >= count ? from[i]! + 1 : Math.ceil(((i + 1) * count) / pixels);
  }
  return { from, to };
}

/** RGBA pixels of the atlas. What no map covers stays transparent. */
export function drawAtlas(maps: AtlasMap[], width: number, height: number, layout: AtlasLayout, sign: Sign, table: Table): Uint8ClampedArray<ArrayBuffer> {
  const [full, tall] = atlasSize(layout);
  const pixels = new Uint32Array(full * tall);
  const colors = new Uint32Array(table.buffer);
  const across = spans(width, layout.cell);
  const down = spans(height, layout.cell);
  const step = layout.cell + layout.gap;
  maps.slice(0, layout.columns * layout.rows).forEach((map, index) => {
    const start = Math.floor(index / layout.columns) * step * full + (index % layout.columns) * step;
    drawMap(pixels, start, full, map, width, across, down, sign, colors);
  });
  return new Uint8ClampedArray(pixels.buffer);
}

export function drawMap(
  pixels: Uint32Array,
  start: number,
  stride: number,
  { values, limit }: AtlasMap,
  width: number,
  across: { from: Int32Array; to: Int32Array },
  down: { from: Int32Array; to: Int32Array },
  sign: Sign,
  colors: Uint32Array,
): void {
  // entryOf, unrolled: a page of a wide screen is a million pixels.
  const half = (ENTRIES - 1) / 2;
  const zero = sign === 'signed' ? half : 0;
  const slope = limit > 0 ? (sign === 'signed' ? half : ENTRIES - 1) / limit : 0;
  const cell = across.from.length;
  for (let y = 0; y < down.from.length; y++) {
    const row = start + y * stride;
    const top = down.from[y]!;
    const bottom = down.to[y]!;
    if (y > 0 && top === down.from[y - 1] && bottom === down.to[y - 1]) {
      pixels.copyWithin(row, row - stride, row - stride + cell);
      continue;
    }
    for (let x = 0; x < cell; x++) {
      const left = across.from[x]!;
      const right = across.to[x]!;
      let value = 0;
      for (let v = top; v < bottom; v++) for (let u = left; u < right; u++) value += values[v * width + u]!;
      const at = zero + (slope * value) / ((bottom - top) * (right - left));
      const entry = at === at ? Math.max(0, Math.min(ENTRIES - 1, Math.round(at))) : zero;
      pixels[row + x] = colors[entry]!;
    }
  }
}
