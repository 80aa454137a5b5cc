/** How long each block takes. One run is noise on a busy machine: the median of a few counts. */
import type { Net } from '../../engine';
import { median } from '../lesion/words';

export const RUNS = 5;

/** Waits for `pause` before each run: nothing that the visitor asks for stands behind more than one of them. */
export async function timeBlocks(net: Pick<Net, 'time'>, signal: AbortSignal, pause: () => Promise<void>): Promise<number[]> {
  const runs: number[][] = [];
  while (runs.length < RUNS) {
    await pause();
    signal.throwIfAborted();
    runs.push(await net.time({ signal }));
  }
  return runs[0]!.map((_, block) => median(runs.map((run) => run[block]!)));
}
