import type { Maps } from '../../engine/types';

/** One cell of the grids: a channel, or the mean over all of them. */
export interface Cell {
  name: string;
  /** Null: the mean. */
  channel: number | null;
  energy: number | null;
  maps: Maps;
}

/** Which cell is looked at, and which place in its map (row-major). */
export interface Cursor {
  cell: number;
  at: number;
}

export const COLUMNS = 4;

/** The cursor after a key, or null if the key means nothing here. Arrows walk the cells; with Shift, the places in a map. */
export function moved(cursor: Cursor, key: string, shift: boolean, cells: number, width: number, height: number): Cursor | null {
  const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[key];
  if (!step) return null;
  const [dx, dy] = step as [number, number];
  if (shift) {
    const x = Math.max(0, Math.min(width - 1, (cursor.at % width) + dx));
    const y = Math.max(0, Math.min(height - 1, Math.floor(cursor.at / width) + dy));
    return { cell: cursor.cell, at: y * width + x };
  }
  const cell = cursor.cell + dx + dy * COLUMNS;
  return cell < 0 || cell >= cells ? cursor : { cell, at: cursor.at };
}
