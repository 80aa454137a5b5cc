/** Which class is looked at, and what there is of it. */
import type { ClassMap, Prediction, RunResult } from '../../engine';

export interface LookedAt {
  index: number;
  label: string;
  /** Null: the class is not among the likeliest, whose maps alone come along. */
  map: ClassMap['map'] | null;
}

/** Null: no class is asked for, or the model has none of that number. */
export function classOf({ model, cams }: Pick<RunResult, 'model' | 'cams'>, index: number | null): LookedAt | null {
  const label = index === null ? undefined : model.card.labels[index];
  if (index === null || label === undefined) return null;
  return { index, label, map: cams.find((cam) => cam.index === index)?.map ?? null };
}

export interface Row extends Prediction {
  /** What the intact net gives the class; null where nothing is cut, or where there is no intact run. */
  intact: number | null;
}

export function rows(top: Prediction[], intact: Float32Array | null): Row[] {
  return top.map((prediction) => ({ ...prediction, intact: intact?.[prediction.index] ?? null }));
}

/** Classes of the intact net's top that are no longer in this one, with what is left of them. */
export function fallen(top: Prediction[], intactTop: Prediction[], now: Float32Array): { index: number; label: string; before: number; now: number }[] {
  const worthIt = ({ probability }: Prediction) => probability >= 0.0005; // 0.1 % when rounded
  return intactTop
    .filter((one) => worthIt(one) && !top.some(({ index }) => index === one.index))
    .map(({ index, label, probability }) => ({ index, label, before: probability, now: now[index]! }));
}

/** A change of a probability in percentage points: +3.2, −12.1. */
export function points(change: number): string {
  const text = Math.abs(100 * change).toFixed(1);
  return `${text === '0.0' ? '±' : change < 0 ? '−' : '+'}${text}`;
}
