/** A cut travels: what follows it changes block by block, so that one sees what depends on what. */
import type { BlockInfo, Lesion } from '../../engine';
import { scalesOf } from '../../render/lesion';

/** Per block, and from the first change to the last one's start, in milliseconds. With TURN all is over within a second. */
const STEP = 40;
const MOST = 800;
/** How long one block takes. */
export const TURN = 200;

/** The first block of which a branch was cut or restored; null where the two lesions cut the same. Scaling does not travel: a slider is to follow the hand. */
export function firstCut(blocks: readonly Pick<BlockInfo, 'name'>[], before: Lesion, after: Lesion): number | null {
  const cuts = (lesion: Lesion, name: string) => {
    const { identity, residual } = scalesOf(lesion, name);
    return `${identity === 0} ${residual === 0}`;
  };
  const first = blocks.findIndex(({ name }) => cuts(before, name) !== cuts(after, name));
  return first < 0 ? null : first;
}

/** How long a block waits for its turn. */
export function waitOf(index: number, from: number, count: number): number {
  return Math.max(0, index - from) * Math.min(STEP, MOST / count);
}
