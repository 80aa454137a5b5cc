/** What the exhibit says. Numbers are the run’s own; “block” and “sum” are those of the map in Explore. */
import { percent } from '../../../render/numbers';
import { PAPERS } from '../../ui/papers';
import type { Source } from '../source';
import { rangeOf, type BlockLoss, type Range } from './measure';
import type { ReluPlace } from './place';

export const TITLE = 'What ReLU throws away';
export const CLAIM =
  'A ReLU follows every sum and sets to zero what is negative there: the next block cannot tell how much it was. How much is thrown away on your picture, and how much would it be if x had not been added?';

export const BEFORE_TITLES: Record<ReluPlace['before'], string> = { sum: 'x + F(x)', alone: 'F(x) alone' };
export const COUNTED_TITLES: Record<ReluPlace['counted'], string> = { values: 'values', squares: 'squares' };

export const chartTitle = (counted: ReluPlace['counted']): string =>
  counted === 'values' ? 'Negative values, as a share of all' : 'Squares of the negative values, as a share of all squares';

export const gridTitle = (plain: boolean, before: ReluPlace['before']): string => `Thrown away from ${plain ? 'F(x)' : BEFORE_TITLES[before]}`;
export const GRID_SUB = 'mean over the channels of what is negative: the further from the colour of the paper, the more. Each block has its own scale';

const between = ({ low, high }: Range): string => `from ${percent(low.share)} (${low.name}) to ${percent(high.share)} (${high.name})`;

export function found(blocks: BlockLoss[], counted: ReluPlace['counted']): string {
  const [sum, alone, x] = [
    rangeOf(blocks, (block) => block.sum?.[counted]),
    rangeOf(blocks, (block) => block.alone[counted]),
    rangeOf(blocks, (block) => block.identity?.[counted]),
  ];
  if (!alone) return '';
  const what = counted === 'values' ? 'of the values' : 'of the squares';
  if (!sum || !x) return `This net has no identity branch: F(x) alone stands before ReLU, which throws away ${between(alone)} ${what}.`;
  const less = blocks.filter((block) => block.sum![counted] < block.alone[counted]).length;
  return (
    `Of x + F(x), ReLU throws away ${between(sum)} ${what}; of F(x) alone it would be ${between(alone)}. With x it is less in ${less} of ${blocks.length} blocks. ` +
    `Yet x itself does not come through whole: ${between(x)} of x, counted the same way, lie where the sum is negative, and are gone.`
  );
}

export const measuring = (done: number, of: number, title: string): string => `${title}: ${done} of ${of} blocks`;
export const measured = (title: string, picture: string): string =>
  `${title} on “${picture}”. Another net: the list at the top of the page. Another picture: Explore.`;
export const WAITING = 'Waiting for the picture of Explore …';

export const NOTES = [
  'x + F(x): the sum as this net computes it. F(x) alone: the same F of the same x, without x added to it, for this one block. It is not what a net trained without identity branches would have there: choose a plain net at the top of the page for that.',
  'Where the identity branch is the x of the block before, x comes out of a ReLU and is nowhere negative, so adding it can only make less of the sum negative. Where a projection stands on the branch, as in the first block of each stage of ResNet-50, what it makes of x may be negative, too; there is no x then of which something could be lost.',
  'What is thrown away is not simply lost: that a channel says nothing where there is nothing to say is how these nets compute. What ReLU takes away for good is the difference between a little and very negative. He et al. found in 2016 that nets of many layers train better when no ReLU stands on the identity branch at all: they moved it into F (pre-activation).',
  'Values: how many of the sum’s values are negative. Squares: how much of its squared length they have, so that a value of −2 counts four times as much as one of −1. Of x, only values that are not zero count.',
];

export const SOURCES: Source[] = [
  { title: 'He et al. 2015, Deep Residual Learning', where: 'section 3.2, Fig. 2: the second ReLU stands behind the sum', href: PAPERS.resnet.url },
  { title: 'He et al. 2016, Identity Mappings in Deep Residual Networks', where: 'sections 3 and 4', href: PAPERS.identity.url },
];
