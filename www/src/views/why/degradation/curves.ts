/** The logs as curves. */
import type { Curve } from '../../../render/charts/curves';
import { LOGS, nameOf, type TrainingLog } from '../logs';
import type { DegradationPlace } from './place';

const PARTS = [
  { of: 'training', errors: (log: TrainingLog) => log.trainError, dashed: true },
  { of: 'test', errors: (log: TrainingLog) => log.testError, dashed: false },
] as const;

/** As in the paper: training dashed, test solid; the deeper net's lines are the heavier ones. */
export function curvesOf(residual: boolean, errors: DegradationPlace['errors']): Curve[] {
  const logs = LOGS.filter((log) => log.residual === residual);
  const deepest = Math.max(...logs.map(({ depth }) => depth));
  return logs.flatMap((log) =>
    PARTS.filter(({ of }) => errors === 'both' || errors === of).map(({ of, errors: values, dashed }) => ({
      name: `${nameOf(log)} ${of}`,
      label: `${log.depth} ${of === 'training' ? 'train' : 'test'}`,
      colour: residual ? 'var(--id)' : 'var(--res)',
      dashed,
      faint: log.depth < deepest,
      points: values(log).map((y, epoch) => ({ x: epoch + 1, y })),
    })),
  );
}
