/** What the exhibit says. Numbers are the run’s own. */
import { percent } from '../../../render/numbers';
import { PAPERS } from '../../ui/papers';
import type { Source } from '../source';
import type { findings } from './measure';
import type { EnsemblesPlace } from './place';
import { SQUARES } from './squares';

export const TITLE = 'Blocks taken out of a trained net';
export const CLAIM =
  'Take a link out of a chain and the chain is broken. Is a net such a chain? Blocks of two trained nets are taken out at random here, ' +
  'or pairs of them change places, and then the nets are asked again. Nothing is trained anew.';

export const NET_TITLES: Record<EnsemblesPlace['pair'], string> = { '20': '20 layers', '56': '56 layers', race: 'the race’s two' };
export const SURGERY_TITLES: Record<EnsemblesPlace['surgery'], string> = { delete: 'delete blocks', swap: 'swap pairs' };

/** What the vertical axis counts. */
export const errorTitle = (nets: EnsemblesPlace['pair']): string => (nets === 'race' ? 'Error' : 'Changed answers');
export const errorSub = (nets: EnsemblesPlace['pair'], pictures: number): string =>
  nets === 'race' ? `on ${pictures || 'the race’s'} test pictures` : `against the intact net, on ${pictures || 'all'} squares of the page’s samples`;
export const xTitle = (surgery: EnsemblesPlace['surgery']): string => (surgery === 'delete' ? 'blocks deleted' : 'pairs swapped');

const operated = (surgery: EnsemblesPlace['surgery'], count: number): string => {
  if (count === 0) return 'Intact';
  if (surgery === 'delete') return `With ${count} ${count === 1 ? 'block' : 'blocks'} deleted`;
  return `With ${count} ${count === 1 ? 'pair' : 'pairs'} swapped`;
};

/** “With 1 block deleted: ResNet-20 12.2%, plain-20 71.1%.” */
export function found(all: ReturnType<typeof findings>, { pair: nets, surgery }: Pick<EnsemblesPlace, 'pair' | 'surgery'>, draws: number): string {
  const said = all
    .filter(({ count }) => count > 0 || nets === 'race')
    .map(({ count, errors }) => `${operated(surgery, count)}: ${errors.map(({ name, error }) => `${name} ${percent(error)}`).join(', ')}.`);
  if (said.length === 0) return '';
  const what = nets === 'race' ? 'Wrong answers' : 'Answers that are no longer the intact net’s';
  return `${what}, ${draws === 1 ? 'in one draw' : `median of ${draws} draws`}. ${said.join(' ')}`;
}

export const WAITING = 'Press Run. Both nets lose the same blocks.';
export const NO_RACE = 'There are no nets of a race yet. Train two in the race and pause it: its nets can then be tried here.';
export const TOO_FEW = 'Nets of so few layers have no blocks for this: the first of each stage stays, and a pair takes two more.';
export const LOOKING = 'The nets look at their pictures …';

export const progressed = ({ done, of }: { done: number; of: number }): string => `${done} of ${of} draws`;

export const NOTES = [
  'A block that is deleted passes on what comes to it: in a residual net x, which the next block would have got as a part of the sum; in a plain net the output of the block before, with two layers gone. ' +
    'The block with which a stage begins always stays, in both nets: it changes the size of the maps, and the next one could not read what came without it. Pairs are swapped within a stage, and each block once at most.',
  `The shipped nets are tried on ${SQUARES} squares of each of the page’s samples that suit CIFAR-10: the centre, and others that are moved, smaller or mirrored. These are few pictures, most of them drawn, and squares of one picture resemble each other. ` +
    'What they show is not always a thing that CIFAR-10 has a class for, so a net is not compared with the truth but with itself, intact. The race’s nets have test pictures with known classes: there it is their error.',
  'Thin lines are single draws, the heavy one is their median. A draw is decided by its number alone: the same draw takes the same blocks from both nets.',
  'Veit et al. did this with a residual net of 110 layers on CIFAR-10’s test pictures: its error grew smoothly with the number of blocks deleted, and with the disorder of those swapped. They read it so: a residual net behaves like an ensemble of many shallower ones, and to delete a block ends only the paths through it. ' +
    'That it can lose a block does not say that the block does nothing, nor that its paths would do as well alone.',
];

export const SOURCES: Source[] = [
  {
    title: 'Veit et al. 2016, Residual Networks Behave Like Ensembles of Relatively Shallow Networks',
    where: 'sections 4.2 and 4.3, Fig. 5',
    href: PAPERS.ensembles.url,
  },
];
