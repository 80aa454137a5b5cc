/** What the exhibit says. */
import { percent } from '../../../render/numbers';
import { PAPERS } from '../../ui/papers';
import type { Source } from '../source';
import type { ModelEntry } from '../../../engine';
import type { Settings } from '../../../lab';
import type { TrainedNet } from '../../../state/trained.svelte';
import type { RacePlace, Wired } from './place';
import type { Runner } from './race.svelte';

export const TITLE = 'Train both, side by side';
export const CLAIM =
  'Two nets of the same depth learn to tell ten shapes and textures apart, in two workers of this page. Both get the same settings, the same pictures in the same order, and the same weights at the start wherever both have them. Which one learns faster?';

export const WIRING_TITLES: Record<Wired, string> = {
  residual: 'residual',
  plain: 'plain',
  'pre-activation': 'pre-activation',
  scaled: 'scaled shortcut',
  'skip-init': 'SkipInit',
  'stochastic-depth': 'stochastic depth',
};

/** What a trained net is called wherever models are. */
export const netTitle = (wiring: Wired, { depth }: Pick<Settings, 'depth'>, steps: number): string =>
  `Race: ${WIRING_TITLES[wiring]}, ${depth} layers, ${steps} steps`;

/** What its model file says of its accuracy. */
export const tested = (last: { x: number; y: number } | undefined, pictures: number | null): string =>
  last && pictures !== null ? `${percent(last.y)} of ${pictures} test pictures after ${last.x} steps` : 'not tested';

/** As the list of models has it. */
export function entryOf(id: string, { title }: Pick<TrainedNet, 'title'>, bytes: number, sha256: string): ModelEntry {
  const made = 'shapes and textures made in this page';
  return { id, title, file: `${id}.gguf`, bytes, sha256, dataset: made, licence: 'CC0', source: 'trained in this page' };
}

/** What a test picture is called in Explore. */
export const pictured = (label: string): string => `test picture of the race: ${label}`;

/** Under the charts as a figure. */
export const CURVES = 'Left: accuracy on test pictures. Right: loss.';

/** The settings that both nets share, under their curves. */
export const captionOf = ({ layers, wide, rate, bare, seed }: RacePlace): string =>
  `${layers} layers, ${wide} channels in the first stage, learning rate ${rate}, batch norm ${bare ? 'off' : 'on'}, seed ${seed}.`;

/** “After 400 steps: residual 67.2%, plain 31.0% ...” */
export function standing(steps: number, runners: Runner[], pictures: number | null): string {
  const said = runners.map(({ wiring, accuracies }) => ({ wiring: WIRING_TITLES[wiring], last: accuracies.at(-1) }));
  if (pictures === null || said.length === 0 || said.some(({ last }) => !last)) return 'Nothing has been learnt yet. Press Play.';
  const at = said[0]!.last!.x;
  return `After ${at} of ${steps} steps, of ${pictures} pictures that neither has seen: ${said.map(({ wiring, last }) => `${wiring} ${percent(last!.y)}`).join(', ')} right. Guessing gets 10%.`;
}

export const NOTES = [
  'SGD with Nesterov momentum 0.9, weight decay 1e-4 and 32 pictures a step; the learning rate rises over 20 steps and then falls to zero along a cosine. The pictures are made here, 16 × 16 pixels with noise, and never end: no picture is seen twice, so the loss is that of new pictures, too.',
  'One race is one draw: other seeds give other numbers. Residual is He et al. 2015, pre-activation He et al. 2016, and so is the shortcut scaled by a constant: the sum is then a times x, plus F(x). SkipInit multiplies F(x) by a learnt number that is 0 at first (De and Smith 2020); stochastic depth leaves blocks out by chance while it trains (Huang et al. 2016).',
];

export const SOURCES: Source[] = [
  { title: 'He et al. 2015, Deep Residual Learning', where: 'section 4.2', href: PAPERS.resnet.url },
  { title: 'He et al. 2016, Identity Mappings in Deep Residual Networks', where: 'sections 3.1 and 4', href: PAPERS.identity.url },
  { title: 'Huang et al. 2016, Deep Networks with Stochastic Depth', where: 'section 3', href: 'https://arxiv.org/abs/1603.09382' },
  { title: 'De and Smith 2020', where: 'section 3 (SkipInit)', href: PAPERS.biased.url },
];
