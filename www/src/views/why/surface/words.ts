/** What the exhibit says. Numbers are the run’s own. */
import { milliseconds, percent, plain } from '../../../render/numbers';
import type { Grid } from '../../../render/charts/contours';
import type { Source } from '../source';
import { PICTURES, SIDE } from './surfaces.svelte';

export const TITLE = 'The loss around two trained nets';
export const CLAIM =
  'A net that has learnt lies somewhere low on the surface of its loss. What does it look like around there, with identity branches and without? ' +
  'The weights of the race’s two nets are moved along two random directions, and the loss is measured at every place.';

export const NO_RACE = 'There are no nets of a race yet. Train two in the race and pause it: the loss around them can then be drawn here.';
export const WAITING = 'Press Run.';
export const LIMIT =
  'What this cannot show: it is one flat slice through a space with as many dimensions as the net has weights. A bowl here may be a saddle in directions that were not drawn, and other directions give other pictures. Draw some before you believe one.';

const middle = ({ side, values }: Grid): number => values[Math.floor((side * side) / 2)]!;
/** Of all places those where the loss is lower than that of guessing among so many classes. */
const lower = ({ values }: Grid, loss: number): number => values.filter((value) => value < loss).length / values.length;

export function found(all: { name: string; grid: Grid }[], classes: number): string {
  const guessing = Math.log(classes);
  const whole = all.filter(({ grid }) => grid.values.every((value) => !Number.isNaN(value)));
  if (whole.length < all.length || whole.length === 0) return '';
  const each = whole.map(
    ({ name, grid }) =>
      `Of the ${name} net: ${plain(middle(grid), 2)} in the middle, and lower than guessing at ${percent(lower(grid, guessing))} of all places.`,
  );
  return `The loss of guessing is ${plain(guessing, 2)}. ${each.join(' ')}`;
}

export const described = ({ name, grid }: { name: string; grid: Grid }): string => {
  const there = grid.values.filter((value) => Number.isFinite(value));
  if (there.length === 0) return `${name}: nothing is drawn yet`;
  const [low, high] = [Math.min(...there), Math.max(...there)];
  return `${name}: the loss around the trained weights, seen from above; from ${plain(low, 2)} to ${plain(high, 2)}`;
};

export const progressed = (done: number, of: number): string => `${done} of ${of} rows`;
export const took = (time: number, nets: number): string =>
  `${SIDE} × ${SIDE} places for ${nets === 1 ? 'one net' : 'each net'}, ${PICTURES} test pictures at each, in ${milliseconds(time)}.`;

export const NOTES = [
  'A direction is drawn at random for every filter, and then made as long as that filter is (Li et al. 2018). Without this a net with large weights would look flatter than one with small weights, although batch norm makes them compute the same. So 1 on an axis is: every filter moved by its own length.',
  'Weights of convolutions and of the classifier move; biases and what batch norm has learnt stay. Batch norm takes its mean and variance from the pictures at each place anew, as in training: those that it has kept fit the weights in the middle only.',
  'Both pictures have one colour scale, a logarithmic one. The loss is that of test pictures, which neither net has learnt from.',
];

export const SOURCES: Source[] = [
  { title: 'Li et al. 2018, Visualizing the Loss Landscape of Neural Nets', where: 'sections 4 and 5, Fig. 1 and 5', href: 'https://arxiv.org/abs/1712.09913' },
];
