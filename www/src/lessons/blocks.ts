import { MOVED } from './choices';
import type { BlockScene, Lesson } from './lesson';

const at = (block: string): BlockScene => ({ model: 'resnet50', sample: 'cat', block });
const cut = (...blocks: string[]): BlockScene => ({
  ...at(blocks[0]!),
  lesion: Object.fromEntries(blocks.map((block) => [block, { identity: 1, residual: 0 }])),
});

export const BLOCKS: Lesson = {
  id: 'blocks',
  title: 'What the blocks of ResNet-50 do on your photo',
  asks: 'Which blocks of the network does your picture need?',
  minutes: 8,
  aim: 'Find out by cutting which blocks a picture needs, and that they do not share the work evenly.',
  misconception: {
    claim: 'Each layer recognises one thing: edges first, then parts, then objects, and without one of them the chain breaks.',
    answer:
      'Maps do become coarser and more selective with depth. But a residual network is no chain: with one block’s F cut, what went past it is still there.',
  },
  sources: [
    { paper: 'ensembles', section: '4.1, 4.2' },
    { paper: 'resnet', section: '3.3' },
  ],
  steps: [
    {
      text: [
        'Sixteen blocks in four [stages|stage]. In each stage maps have fewer pixels and more channels than in the one before: 256 channels of 56 × 56 here, 2048 of 7 × 7 at the end.',
      ],
      scene: at('layer1.1'),
      point: 'map',
    },
    {
      text: ['In the first stage you still recognise the picture. Go on to the last: there a [channel] says that something is there, and roughly where.'],
      scene: at('layer4.2'),
      point: 'output',
      question: {
        ask: 'How large is F(x) beside x in the last block?',
        choices: [
          { text: 'Smaller than x', from: 0, to: 1 },
          { text: 'Larger than x', from: 1, to: Infinity },
        ],
        measure: 'size of F relative to x',
        found: 1.371,
        told: 'F(x) is {value} times the size of x.',
        because: 'The chart “size of F relative to x” below shows it for all blocks.',
      },
    },
    {
      text: ['Stage 3 has six blocks. Five of them have an [identity shortcut|identity branch], so each of the five can be left out.'],
      scene: at('layer3.3'),
      point: 'residual',
      question: {
        ask: 'One of the six, layer3.3, is cut. How much of the probability moves to other classes?',
        choices: MOVED,
        run: cut('layer3.3'),
        measure: 'moved',
        found: 0.0405,
        told: '{value} of the probability moved to other classes.',
        because: 'Veit et al. made this experiment with a network of 54 blocks: leaving out any one of most blocks hardly changed its error.',
      },
    },
    {
      text: ['They found, too, that the damage grows smoothly with the number of blocks that are left out, as it does when members leave a large group.'],
      scene: at('layer3.3'),
      point: 'map',
      question: {
        ask: 'Now three of them are cut: layer3.3, layer3.4 and layer3.5. How much moves?',
        choices: MOVED,
        run: cut('layer3.3', 'layer3.4', 'layer3.5'),
        measure: 'moved',
        found: 0.221,
        told: '{value} of the probability moved to other classes.',
        because: 'Sixteen blocks are few. What holds for 54 of them on average need not hold for these three on this picture: that is why one measures.',
      },
    },
    {
      text: [
        'Your turn. Choose a picture or drop one of your own, and press “Cut every block in turn” below: it makes this experiment with each of the sixteen blocks and ranks them.',
        'Then ask: are they the same blocks for every picture?',
      ],
      scene: at('layer1.1'),
      point: 'picture',
    },
  ],
};
