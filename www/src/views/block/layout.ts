/** Where the cells of the block's grids stand: from the width there is, without looking at the page. */

export interface GridLayout {
  columns: number;
  rows: number;
  /** A cell's side and the space between cells, in CSS pixels. */
  cell: number;
  gap: number;
}

export interface EquationLayout extends GridLayout {
  /** Two grids over two, where four would not stand side by side. */
  twoByTwo: boolean;
}

export const GAP = 3;
/** What the signs between the grids take: + and =, then → with ReLU under it. */
export const SIGNS = [26, 26, 38];
/** In two rows: before the grids of a row, and between them. */
export const SIGNS_TWO = [20, 34];
const NARROW = 760;
/** Small enough to see many, large enough for a finger and for 56 places across. */
const AIM = 43;
const AIM_WIDE = 58;
const TOUCH = 44;

const total = (numbers: number[]) => numbers.reduce((sum, number) => sum + number, 0);

/** As many columns as stand in `width` with cells of about `aim`; the cells then fill the width. */
export function gridLayout(width: number, cells: number, aim: number, rows: number): GridLayout {
  const columns = Math.max(1, Math.floor((width + GAP) / (aim + GAP)));
  const cell = Math.max(1, Math.floor((width - (columns - 1) * GAP) / columns));
  const needed = Math.max(1, Math.ceil(cells / columns));
  // One more row is better than a second page with hardly anything on it.
  return { columns, rows: needed <= rows + 1 ? needed : rows, cell, gap: GAP };
}

export function equationLayout(width: number, cells: number): EquationLayout {
  const twoByTwo = width < NARROW;
  const grid = twoByTwo ? (width - total(SIGNS_TWO)) / 2 : (width - total(SIGNS)) / 4;
  const aim = grid < 240 ? TOUCH : AIM + (AIM_WIDE - AIM) * Math.min(1, Math.max(0, grid - 280) / 240);
  return { ...gridLayout(grid, cells, aim, grid > 420 ? 6 : twoByTwo ? 4 : 5), twoByTwo };
}

export function pageCount(cells: number, perPage: number): number {
  return Math.max(1, Math.ceil(cells / perPage));
}

export function pageOf(index: number, perPage: number): number {
  return Math.floor(Math.max(0, index) / perPage);
}

/** "1–30 of 256" of the items that are channels; `lead` items at the front (the mean) are not counted. */
export function pageRange(page: number, perPage: number, cells: number, lead: number): { first: number; last: number } {
  const start = page * perPage;
  return { first: Math.max(1, start - lead + 1), last: Math.min(cells, start + perPage) - lead };
}

export interface Move {
  cell: number;
  /** Pages to turn: the cell is then the one on that page. */
  turn: number;
}

/** Where a key leads in a grid of `cells` cells (of this page); null if the key means nothing here. Past the ends, the page turns. */
export function moved(cell: number, key: string, { columns }: { columns: number }, cells: number): Move | null {
  const here = { cell, turn: 0 };
  switch (key) {
    case 'ArrowLeft':
      return cell > 0 ? { cell: cell - 1, turn: 0 } : { cell: Infinity, turn: -1 };
    case 'ArrowRight':
      return cell < cells - 1 ? { cell: cell + 1, turn: 0 } : { cell: 0, turn: 1 };
    case 'ArrowUp':
      return cell >= columns ? { cell: cell - columns, turn: 0 } : here;
    case 'ArrowDown':
      return cell + columns < cells ? { cell: cell + columns, turn: 0 } : here;
    case 'Home':
      return { cell: 0, turn: 0 };
    case 'End':
      return { cell: cells - 1, turn: 0 };
    case 'PageUp':
      return { cell, turn: -1 };
    case 'PageDown':
      return { cell, turn: 1 };
    default:
      return null;
  }
}

/** The neighbouring place of a map, with Shift and an arrow; null for other keys. At the border it stays. */
export function movedPlace(at: number, key: string, width: number, height: number): number | null {
  const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[key];
  if (!step) return null;
  const x = Math.max(0, Math.min(width - 1, (at % width) + step[0]!));
  const y = Math.max(0, Math.min(height - 1, Math.floor(at / width) + step[1]!));
  return y * width + x;
}

/** The cell under a point of the grid, and the place in its map; null between the cells. */
export function pointed(px: number, py: number, layout: GridLayout, cells: number, width: number, height: number): { cell: number; at: number } | null {
  const step = layout.cell + layout.gap;
  const column = Math.floor(px / step);
  const row = Math.floor(py / step);
  const cell = row * layout.columns + column;
  const [u, v] = [(px - column * step) / layout.cell, (py - row * step) / layout.cell];
  if (column < 0 || row < 0 || column >= layout.columns || cell >= cells || u >= 1 || v >= 1) return null;
  return { cell, at: Math.floor(v * height) * width + Math.floor(u * width) };
}

/** The `side` × `side` values around a place; NaN beyond the map's border. */
export function neighbourhood(values: Float32Array, at: number, side: number, width: number, height: number): Float32Array {
  const reach = (side - 1) / 2;
  const [x, y] = [at % width, Math.floor(at / width)];
  return Float32Array.from({ length: side * side }, (_, i) => {
    const [u, v] = [x + (i % side) - reach, y + Math.floor(i / side) - reach];
    return u < 0 || v < 0 || u >= width || v >= height ? NaN : values[v * width + u]!;
  });
}
