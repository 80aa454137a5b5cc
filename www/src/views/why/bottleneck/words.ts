/** What the exhibit says. Numbers come from the arithmetic. */
import { compact } from '../../../render/numbers';
import { PAPERS } from '../../ui/papers';
import type { Source } from '../source';
import { costAt, type Cost } from './arithmetic';

export const TITLE = 'A bottleneck does its 3 × 3 work on a quarter of the channels';
export const CLAIM =
  'Two 3 × 3 convolutions on a wide x are expensive. A [bottleneck] first brings x down to fewer channels with a 1 × 1 convolution, works there, and goes up again. ' +
  'The identity branch still carries all of x, and costs nothing.';
export const SCALE =
  'Every area is a convolution’s weights, to scale: a tile is as wide as the convolution has inputs and as high as it has outputs, and a 3 × 3 convolution has nine of them. ' +
  'Each weight is used once at every place of the map, so the areas compare multiply-adds, too.';

export { thousands } from '../../../render/numbers';
/** “17 times”, “1.06 times”. */
export const times = (ratio: number): string => `${ratio >= 10 ? Math.round(ratio) : ratio.toFixed(ratio < 2 ? 2 : 1)} times`;

export function verdict(channels: number, width: number, costs: { wide: Cost; bottleneck: Cost; narrow: Cost }): string {
  const { wide, bottleneck, narrow } = costs;
  const saved = wide.macs / bottleneck.macs;
  const first =
    saved > 1
      ? `On ${channels} channels a basic block needs ${times(saved)} the multiply-adds of this bottleneck`
      : `Without fewer channels inside there is nothing to win: the basic block needs ${times(saved)} the multiply-adds`;
  return `${first}. The bottleneck needs ${times(bottleneck.macs / narrow.macs)} those of a basic block on ${width} channels.`;
}

export const NETS_TITLE = 'Whole nets, for a picture of 224 × 224';
export const NETS =
  `ResNet-50 has the stages of ResNet-34 (3, 4, 6 and 3 blocks), with a bottleneck in the place of every basic block. Each 3 × 3 convolution keeps its number of channels, while x has four times as many: ` +
  `for a block of width w that makes 17 w² weights instead of 18 w². So 16 more layers take the net from ${compact(costAt(34).macs)} to ${compact(costAt(50).macs)} multiply-adds, ` +
  `and from ${compact(costAt(34).parameters)} to ${compact(costAt(50).parameters)} parameters.`;
export const ALL_NETS = 'All nets beside one another, with wide ones, groups and those for CIFAR-10.';
export const NOTES = [
  'From [stage] to stage a net halves the map’s side and doubles the channels. That makes a quarter of the places and four times the weights: the same multiply-adds in every block (He et al., section 3.3), but for a stage’s first block. Try 128 channels at 28, then 256 at 14.',
  'Parameters are weights and what [batch norm] learns, two numbers per [channel]. [Multiply-adds|multiply-adds] leave out batch norm, ReLU and pooling, as the paper does. The nets’ blocks halve the map in their first convolution, as in the paper; ' +
    'torchvision’s do it in the 3 × 3 one, which takes a few per cent more multiply-adds.',
  'A bottleneck needs its identity branch without a [projection|projection shortcut]: a 1 × 1 convolution between the two wide ends would double the block’s cost (He et al., section 4.1).',
];
export const SOURCES: Source[] = [
  {
    title: 'He et al. 2015, Deep Residual Learning for Image Recognition',
    where: 'section 3.3, section 4.1 (Deeper Bottleneck Architectures), Fig. 5 and Table 1',
    href: PAPERS.resnet.url,
  },
];
