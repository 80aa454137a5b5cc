import { MOVED } from './choices';
import type { BlockScene, Lesson } from './lesson';

const projected: BlockScene = { model: 'resnet50', sample: 'cat', block: 'layer2.0' };
const same: BlockScene = { ...projected, block: 'layer2.1' };
const padded: BlockScene = { model: 'resnet20', sample: 'cat', block: 'layer2.0' };

export const PROJECTION: Lesson = {
  id: 'projection',
  title: 'When the shape changes',
  asks: 'What becomes of x where a block’s output has another shape?',
  minutes: 6,
  aim: 'See the two ways in which x can be made to fit a sum of another shape.',
  misconception: {
    claim: 'Every shortcut of a ResNet is the identity.',
    answer:
      'Where a stage begins, the sum has fewer pixels and more channels than x. There x is projected by a convolution, or subsampled and filled up with zeros.',
  },
  sources: [{ paper: 'resnet', section: '3.2 (eq. 2), 3.3, 4.1 (options A, B, C)' }],
  steps: [
    {
      text: [
        'A new [stage] begins with this block: its output has half as many pixels a side as its input, and twice as many channels. x as it came would not fit the sum.',
        'So x goes through a convolution of 1 × 1 pixels with stride 2. The paper calls this a [projection shortcut]. What you see as x is the projected x.',
      ],
      scene: projected,
      point: 'identity',
    },
    {
      text: ['A projection has weights, so unlike the identity it learns what to hand on. In the map its x has a dashed frame.'],
      scene: projected,
      point: 'map',
      question: {
        ask: 'The projected x is cut. How much of the probability moves to other classes?',
        choices: MOVED,
        run: { ...projected, lesion: { 'layer2.0': { identity: 0, residual: 1 } } },
        measure: 'moved',
        found: 0.999,
        told: '{value} of the probability moved to other classes.',
        because: 'All that the stage before has found comes by one of two ways: through the projection, or through F. One of them is closed now.',
      },
    },
    {
      text: ['One block further on, the shape stays, and x is the identity again: it has no weights and changes nothing.'],
      scene: same,
      point: 'identity',
      question: {
        ask: 'And if x is cut here?',
        choices: MOVED,
        run: { ...same, lesion: { 'layer2.1': { identity: 0, residual: 1 } } },
        measure: 'moved',
        found: 0.9985,
        told: '{value} of the probability moved to other classes.',
        because: 'Compare it with the cut before. One picture is one case: try others before you make a rule of it.',
      },
    },
    {
      text: [
        'The small networks for CIFAR-10 do without a convolution ([option A] in the paper): every second pixel of x is kept, and the new channels start at zero.',
        'It costs no parameters. Look at the last channels: there x is blank, and the sum is F(x) alone.',
      ],
      scene: padded,
      point: 'channels',
      question: {
        ask: 'Half of the channels of x are zero here. How large is F(x) beside x?',
        choices: [
          { text: 'Smaller', from: 0, to: 1 },
          { text: 'Between one and two times as large', from: 1, to: 2 },
          { text: 'More than twice as large', from: 2, to: Infinity },
        ],
        measure: 'size of F relative to x',
        found: 0.806,
        told: 'F(x) is {value} times the size of x.',
        because: 'The new channels get all they have from F(x). In the others it is added to x as ever.',
      },
    },
    {
      text: [
        'He et al. tried three ways: zeros wherever the shape changes (A), projections there and the identity everywhere else (B), projections in every block (C). The differences were small, and so projections are not what makes deep networks trainable.',
        'ResNet-50 uses B: parameters where the shape asks for them, and none elsewhere.',
      ],
      scene: projected,
      point: 'map',
    },
  ],
};
