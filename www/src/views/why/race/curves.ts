/** What of a race goes into which chart, and into a table. */
import type { Cell } from '../../../export/csv';
import { tableOf } from '../../../render/charts/curves';
import type { Curve } from '../../../render/charts/curves';
import type { Runner } from './race.svelte';
import { WIRING_TITLES } from './words';

/** The second of two alike is told apart by its name and its dashes. */
function curve(runners: Runner[], index: number, points: Curve['points']): Curve {
  const { wiring } = runners[index]!;
  const twin = index > 0 && runners[0]!.wiring === wiring;
  const title = WIRING_TITLES[wiring];
  return { name: twin ? `${title} (2)` : title, label: title, colour: index === 0 ? 'var(--id)' : 'var(--res)', dashed: twin, points };
}

export function raceCurves(runners: Runner[]): { accuracy: Curve[]; loss: Curve[]; norms: Curve[] } {
  const of = (points: (runner: Runner) => Curve['points']) => runners.map((runner, index) => curve(runners, index, points(runner)));
  return {
    accuracy: of(({ accuracies }) => accuracies),
    loss: of(({ losses }) => losses),
    norms: of(({ norms }) => norms.map(({ gradient }, index) => ({ x: index + 1, y: gradient }))),
  };
}

export function raceTable(runners: Runner[]): Cell[][] {
  const { loss, accuracy } = raceCurves(runners);
  const named = (of: string, curves: Curve[]) => curves.map((curve) => ({ ...curve, name: `${curve.name} ${of}` }));
  const { head, rows } = tableOf([...named('loss', loss), ...named('test accuracy', accuracy)], 'step');
  return [head, ...rows];
}
