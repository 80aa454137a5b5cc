/** A lesson's scene as a place of the page, and what the page's run says about it. */
import { distance, type RunResult } from '../../engine';
import type { BlockScene, ExhibitMeasure, ExhibitScene, Lesson, Measure, PairScene, Question, RunMeasure, Scene } from '../../lessons';
import { ratio } from '../../render/charts/depth';
import { percent, plain, signed } from '../../render/numbers';
import type { Told } from '../../state/measures.svelte';
import { to, type Move, type Places } from '../../state/places.svelte';
import { SHOWN, type Shown } from '../../state/shown';
import { formatAgainst } from '../compare/against';
import { COMPARE } from '../compare/place';
import { OPEN } from '../place';
import { size } from '../why/flow/words';
import { EXHIBIT_IDS, WHY, type ExhibitId } from '../why/place';
import { EXHIBIT_PLACES } from '../why/places';
import { LESSON, READ } from './place';

export const isExhibit = (scene: Scene): scene is ExhibitScene => 'exhibit' in scene;
export const isPair = (scene: Scene): scene is PairScene => 'against' in scene;
export const isBlock = (scene: Scene): scene is BlockScene => 'block' in scene;

/** Every net that a scene needs. */
export function netsOf(scene: Scene): string[] {
  if (isExhibit(scene)) return scene.seen ? [scene.seen.model] : [];
  return isPair(scene) ? [scene.model, scene.against] : [scene.model];
}

const shown = (values: Partial<Shown>): Move => to<Shown>(SHOWN, { block: null, lesion: {}, crop: null, ...values });

export function movesTo(scene: Scene): Move[] {
  if (isPair(scene)) {
    const { against, ...seen } = scene;
    return [to(OPEN, { view: 'compare' }), shown(seen), to(COMPARE, { against: formatAgainst({ kind: 'model', id: against }) })];
  }
  if (!isExhibit(scene)) return [to(OPEN, { view: null }), shown(scene)];
  const id = EXHIBIT_IDS.find((known) => known === scene.exhibit)!;
  return [to(OPEN, { view: 'why' }), to(WHY, { exhibit: id }), settingsOf(scene, id), ...(scene.seen ? [shown(scene.seen)] : [])];
}

/** To a lesson's step. Whoever comes from a teacher's notes leaves them. */
export function movesOf({ id, steps }: Lesson, step: number): Move[] {
  return [...movesTo(steps[step - 1]!.scene), to(LESSON, { lesson: { lesson: id, step } }), to(READ, { teacher: null, guide: null })];
}

/** All controls of the exhibit: what the scene does not name is as it is at first. */
function settingsOf({ settings = {} }: ExhibitScene, id: ExhibitId): Move {
  const parameters = EXHIBIT_PLACES[id];
  const values = Object.entries(parameters).map(([name, { usual, read }]): [string, unknown] => [
    name,
    name in settings ? (read(settings[name]!) ?? usual) : usual,
  ]);
  return { parameters, values: Object.fromEntries<unknown>(values) };
}

/** All that a lesson may move. Before anything is derived of them they have to be in use. */
export function useAll(places: Places): void {
  for (const parameters of [OPEN, SHOWN, COMPARE, WHY, ...Object.values(EXHIBIT_PLACES)]) places.use(parameters);
}

const same = ({ parameters, values }: Move, there: Readonly<Record<string, unknown>>) =>
  Object.keys(values).every((name) => parameters[name]!.write(values[name]) === parameters[name]!.write(there[name]));

/** Whether the page stands where the scene wants it. */
export function stands(places: Pick<Places, 'use'>, scene: Scene): boolean {
  // A pair may be looked at in any block.
  const free = isPair(scene) ? ['block'] : [];
  return movesTo(scene).every(({ parameters, values }) => {
    const wanted = Object.fromEntries(Object.entries(values).filter(([name]) => !free.includes(name)));
    return same({ parameters, values: wanted }, places.use(parameters));
  });
}

const written = (lesion: Shown['lesion']) => SHOWN.lesion.write(lesion) ?? '';

/** Whether a run is the scene's: what is shown is an older one for a while. */
export function isOf(result: RunResult, { model, block, lesion = {} }: BlockScene): boolean {
  return result.model.id === model && result.model.blocks.some(({ name }) => name === block) && written(result.lesion) === written(lesion);
}

/** What can be measured at the moment. */
export interface Seen {
  result: RunResult | null;
  intact: RunResult | null;
  running: boolean;
  told: Told | null;
}

/** Null: nothing says, or not yet. */
export function measure(of: Measure, scene: Scene, { result, intact, running, told }: Seen): number | null {
  if (isExhibit(scene)) {
    if (scene.seen && (running || result?.model.id !== scene.seen.model)) return null;
    const settings = movesTo(scene).find(({ parameters }) => parameters === told?.under.parameters);
    return told && settings && same(settings, told.under.values) ? (told.numbers[of as ExhibitMeasure] ?? null) : null;
  }
  if (!isBlock(scene) || running || !result || !isOf(result, scene)) return null;
  return ofRun(of as RunMeasure, result, intact, scene.block);
}

function ofRun(of: RunMeasure, result: RunResult, intact: RunResult | null, block: string): number | null {
  const statistics = result.statistics[result.model.blocks.findIndex(({ name }) => name === block)];
  if (!statistics) return null;
  switch (of) {
    case 'size of F relative to x':
      return ratio(statistics);
    case 'clipped by ReLU':
      return statistics.clipped;
    case 'agreement':
      return statistics.cosine;
    case 'moved':
      return intact && distance(intact.probabilities, result.probabilities);
  }
}

const points = (value: number): string => `${signed(100 * value, 1)} percentage points`;
const two = (value: number): string => plain(value, 2);

const WRITTEN: Record<Measure, (value: number) => string> = {
  'size of F relative to x': two,
  'clipped by ReLU': percent,
  agreement: (value) => signed(value, 2),
  moved: percent,
  'training error that depth adds, plain': points,
  'training error that depth adds, residual': points,
  'test error beyond training error': points,
  'first gradient relative to last': size,
  'largest gradient': size,
  'growth of the signal': size,
  'branches of the largest part': String,
  'saved by a bottleneck': (value) => plain(value, 1),
  'work beside the first stage': two,
  'work of 50 layers beside 34': two,
};

export function told({ told: sentence, measure: of }: Question, value: number): string {
  return sentence.replace('{value}', WRITTEN[of](value));
}

/** Which of the answers the number bears out. */
export function rightOf({ choices }: Question, value: number): number {
  return choices.findIndex(({ from, to: end }) => value >= from && value < end);
}
