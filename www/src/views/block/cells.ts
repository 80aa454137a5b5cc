/** What the block's views say to each other. */
import type { BlockDetail, BlockInfo } from '../../engine';
import { channelsOf, ordered, type Sort } from '../../render/channels';

/** One cell of a grid. */
export interface Cell {
  /** Null: the mean over the channels. */
  channel: number | null;
  values: Float32Array;
  limit: number;
}

/** Which channel is looked at, and which place in its map (row-major). */
export interface Cursor {
  channel: number | null;
  at: number;
}

export function cellName(channel: number | null): string {
  return channel === null ? 'mean over the channels' : `channel ${channel}`;
}

/** Why the block's channels cannot be ordered so; null where they can. */
export function sortProblem(sort: Sort, { shortcut }: Pick<BlockInfo, 'shortcut'>, { classWeights }: Pick<BlockDetail, 'classWeights'>): string | null {
  if (sort === 'change' && shortcut === 'none') return 'no x to compare with';
  if (sort === 'class' && !classWeights?.length) return 'last stage only';
  return null;
}

/** The order shown: the one asked for, or by energy where that cannot be had. */
export function possibleSort(sort: Sort, info: Pick<BlockInfo, 'shortcut'>, detail: BlockDetail): Sort {
  return sortProblem(sort, info, detail) ? 'energy' : sort;
}

/** The block's channels in that order. */
export function channelOrder(sort: Sort, info: Pick<BlockInfo, 'shortcut'>, detail: BlockDetail): number[] {
  return ordered(channelsOf(detail), possibleSort(sort, info, detail), detail.classWeights?.[0]?.weights ?? null);
}
