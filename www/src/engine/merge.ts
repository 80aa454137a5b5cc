import type { RunResult } from './types';

/** A lesion's run begins at the first changed block; what lies before it is the intact run's. */
export function withIntact(run: RunResult, intact: RunResult): RunResult {
  const filled = <T>(before: T[], after: T[]): T[] => [...before.slice(0, before.length - after.length), ...after];
  return {
    ...run,
    statistics: filled(intact.statistics, run.statistics),
    means: filled(intact.means, run.means),
    colours: filled(intact.colours, run.colours),
    detail: run.detail ?? intact.detail,
    blockMilliseconds: filled(intact.blockMilliseconds, run.blockMilliseconds),
  };
}
