/** Columns and rows of what shows all blocks of a net: the skip map, and charts in its manner. */
import type { BlockInfo } from '../engine';

/** Stations never come closer: a finger's smallest target, and a label as long as 3.35. */
export const MIN_STEP = 24;
/** Charts under one another are no wider than they need to be; the map fills its line. */
const MAX_STEP = { chart: 96, map: 172 };
/** Narrower than this, the blocks keep a finger's distance in one row that swipes. */
export const SWIPES = 700;
const SWIPE_STEP = 48;

export interface Grid {
  width: number;
  step: number;
  margin: number;
  rows: { from: number; to: number }[];
}

/** How wide a column is and which blocks share a row, in charts that show all of them. */
export function gridOf(width: number, blocks: readonly Pick<BlockInfo, 'stage'>[]): Grid {
  return fill(width, width < 560 ? 34 : 52, MAX_STEP.chart, blocks);
}

/** The map's grid: rows only where there is no other way, and on a narrow screen one that swipes. */
export function mapGrid(width: number, blocks: readonly Pick<BlockInfo, 'stage'>[]): Grid {
  if (width >= SWIPES) return fill(width, 48, MAX_STEP.map, blocks);
  const margin = 50;
  const step = Math.max(SWIPE_STEP, (width - 2 * margin) / blocks.length);
  return { width: 2 * margin + blocks.length * step, step, margin, rows: [{ from: 0, to: blocks.length }] };
}

function fill(width: number, margin: number, most: number, blocks: readonly Pick<BlockInfo, 'stage'>[]): Grid {
  const room = Math.max(MIN_STEP, width - 2 * margin);
  const rows = breakRows(
    blocks.map(({ stage }) => stage),
    Math.floor(room / MIN_STEP),
  );
  const longest = Math.max(1, ...rows.map(({ from, to }) => to - from));
  return { width, step: Math.min(most, room / longest), margin, rows };
}

/** Few rows of similar length, broken between stages where that costs little. */
export function breakRows(stages: readonly number[], capacity: number): { from: number; to: number }[] {
  const count = stages.length;
  const fewest = Math.ceil(count / capacity);
  let best: { cost: number; rows: { from: number; to: number }[] } = { cost: Infinity, rows: [] };
  for (let rows = fewest; rows <= fewest + 1; rows++) {
    const found = breakInto(stages, capacity, rows);
    const cost = found.cost + 0.6 * rows;
    if (cost < best.cost) best = { cost, rows: found.rows };
  }
  return best.rows;
}

/** The cheapest way to make exactly so many rows: a break within a stage costs 1, and so does a row that misses all it should hold. */
function breakInto(stages: readonly number[], capacity: number, rows: number): { cost: number; rows: { from: number; to: number }[] } {
  const count = stages.length;
  const even = count / rows;
  // cheapest[to]: how to put the first `to` blocks into the rows so far.
  let cheapest = new Map([[0, { cost: 0, rows: [] as { from: number; to: number }[] }]]);
  for (let row = 0; row < rows; row++) {
    const next: typeof cheapest = new Map();
    for (const [from, before] of cheapest) {
      for (let to = from + 1; to <= Math.min(count, from + capacity); to++) {
        const within = to < count && stages[to] === stages[to - 1];
        const cost = before.cost + (within ? 1 : 0) + ((to - from) / even - 1) ** 2;
        if (cost < (next.get(to)?.cost ?? Infinity)) next.set(to, { cost, rows: [...before.rows, { from, to }] });
      }
    }
    cheapest = next;
  }
  return cheapest.get(count) ?? { cost: Infinity, rows: [] };
}
