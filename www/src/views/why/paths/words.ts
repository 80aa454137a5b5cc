/** What the exhibit says. Numbers are the run's own. */
import { percent, superscript } from '../../../render/numbers';
import { PAPERS } from '../../ui/papers';
import type { Source } from '../source';
import type { Findings } from './measure';

export const TITLE = 'The gradient takes short cuts';
export const CLAIM =
  'From the first block to the last there are as many ways as there are choices: at every block a [path] goes through F or past it. For how many of the residual branches does the [gradient] of the shown class really go through? On your picture, and not by sampling: it is split exactly.';

export const NET_TITLES = { resnet56: 'ResNet-56', resnet20: 'ResNet-20' } as const;

export function found({ blocks, peak, largest, from, to, usual, upTo }: Findings): string {
  const range = from === to ? `The part through ${from}` : `The parts through ${from} to ${to}`;
  return (
    `${blocks} blocks make 2${superscript(blocks)} paths, and most of them go through about ${usual} residual branches. The largest part of the gradient goes through ${peak}: ` +
    `${percent(largest)} of the whole gradient’s length. ${range} branches each have a tenth of it or more; ${percent(upTo)} of all paths go through no more than ${to}.`
  );
}

export function checked(error: number): string {
  const [digit, exponent] = error.toExponential(0).split('e');
  return `All parts added up differ from an ordinary backward pass by ${error === 0 ? 'nothing' : `${digit} × 10${superscript(Number(exponent))}`} of its length.`;
}

export const NOTES = [
  'Going back through a block, the gradient splits in two: what passes the identity, and what passes F. One backward pass here carries a row of gradient for every number of branches: row k takes what passes the identity from row k, and what passes F from row k − 1. The rows at the end are the parts, and their sum is the gradient.',
  'It is the gradient of the [loss] for the likeliest class, at the input of the first block, with the ReLUs as they are on this picture. The parts point in different directions, so their lengths do not add up to that of the whole: in part they cancel.',
  'Veit et al. sampled paths of a network with 54 blocks and measured each one’s gradient. They concluded that it comes from paths of 10 to 34 layers, and called such a network an ensemble of shallow ones. Where a path’s gradient comes from is one thing; that short paths alone would do the work is another, and is not shown by this.',
];

export const WAITING = 'Waiting for the picture of Explore …';

export const SOURCES: Source[] = [
  {
    title: 'Veit et al. 2016, Residual Networks Behave Like Ensembles of Relatively Shallow Networks',
    where: 'section 5',
    href: PAPERS.ensembles.url,
  },
];
