/** What the logs come to. */
import { LOGS, type TrainingLog } from '../logs';

export const last = (values: number[]): number => values.at(-1)!;

/** The shallower and the deeper one. */
export function pair(residual: boolean, logs: TrainingLog[] = LOGS): [TrainingLog, TrainingLog] {
  return logs.filter((log) => log.residual === residual).sort((a, b) => a.depth - b.depth) as [TrainingLog, TrainingLog];
}

/** What depth adds to the training error at the end. */
export function added(residual: boolean): number {
  const [shallow, deep] = pair(residual);
  return last(deep.trainError) - last(shallow.trainError);
}

/** By how much the deeper net's test error is above its training error, at the end. */
export function beyond(residual: boolean): number {
  const [, deep] = pair(residual);
  return last(deep.testError) - last(deep.trainError);
}
