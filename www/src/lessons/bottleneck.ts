import type { Lesson, Scene } from './lesson';

const block: Scene = { model: 'resnet50', sample: 'cat', block: 'layer1.1' };
const first: Scene = { exhibit: 'bottleneck' };
const second: Scene = { exhibit: 'bottleneck', settings: { channels: '512', side: '28' } };

export const BOTTLENECK: Lesson = {
  id: 'bottleneck',
  title: 'Wide outside, narrow inside',
  asks: 'How can 50 layers cost about what 34 do?',
  minutes: 5,
  aim: 'Work out what a bottleneck saves, and why deeper need not mean more expensive.',
  misconception: {
    claim: 'The more layers a network has, the more it costs.',
    answer:
      'What a convolution costs is the size of its filter, times its inputs, times its outputs, times the places of the map. Depth comes in only as the number of such terms, so many cheap layers may cost less than a few wide ones.',
  },
  sources: [{ paper: 'resnet', section: '3.3, 4.1 (deeper bottleneck architectures, Table 1, Fig. 5)' }],
  steps: [
    {
      text: [
        'A [bottleneck]: F is three convolutions here. The first, of 1 × 1 pixels, brings the 256 channels of x down to 64. The second, of 3 × 3, works on these 64. The third goes back up to 256, so that F(x) can be added to x.',
        'The [identity branch] carries all 256 channels past this, and costs nothing.',
      ],
      scene: block,
      point: 'residual',
    },
    {
      text: [
        'ResNet-18 and ResNet-34 are made of [basic blocks|basic block]: two 3 × 3 convolutions with as many channels inside as outside. On 256 channels such a block would take 2 × 9 × 256 × 256 products at every place of the map.',
      ],
      scene: block,
      point: 'residual',
      question: {
        ask: 'How many times the work of this bottleneck would it be, counted in [multiply-adds]?',
        choices: [
          { text: 'Less than 4 times', from: 0, to: 4 },
          { text: '4 to 12 times', from: 4, to: 12 },
          { text: 'More than 12 times', from: 12, to: Infinity },
        ],
        run: first,
        point: 'block-bottleneck',
        measure: 'saved by a bottleneck',
        found: 16.94,
        told: 'A basic block on as many channels needs {value} times the multiply-adds.',
        because:
          'On a quarter of the channels a 3 × 3 convolution costs a sixteenth: a quarter of the inputs times a quarter of the outputs. The two 1 × 1 convolutions come on top; their filters are a ninth of the size.',
      },
    },
    {
      text: [
        'These areas are the weights. Every weight is used once at every place of the map. From the first [stage] to the second the sides of the map are halved and all channels doubled: 512 channels at 28 × 28 instead of 256 at 56 × 56.',
      ],
      scene: first,
      point: 'block-bottleneck',
      question: {
        ask: 'How much work is a bottleneck of the second stage beside one of the first?',
        choices: [
          { text: 'About half', from: 0, to: 0.75 },
          { text: 'As much', from: 0.75, to: 1.5 },
          { text: 'Twice as much or more', from: 1.5, to: Infinity },
        ],
        run: second,
        measure: 'work beside the first stage',
        found: 1,
        told: 'It needs {value} times the multiply-adds of one of the first stage.',
        because:
          'Twice the inputs and twice the outputs make four times the weights; half the height and half the width make a quarter of the places. This is why He et al. double the channels whenever they halve the map.',
      },
    },
    {
      text: [
        'Now whole networks. ResNet-34 has 16 basic blocks. ResNet-50 has 16 bottlenecks in their place, and so 16 layers more: three in every block instead of two. Its x is four times as wide.',
      ],
      scene: second,
      point: 'block-bottleneck',
      question: {
        ask: 'How much work is ResNet-50 beside ResNet-34?',
        choices: [
          { text: 'Less than 34 layers', from: 0, to: 0.95 },
          { text: 'About as much, up to a fifth more', from: 0.95, to: 1.2 },
          { text: 'Half as much again, as 50 is to 34', from: 1.2, to: 2 },
          { text: 'More than twice as much', from: 2, to: Infinity },
        ],
        run: first,
        point: 'more',
        measure: 'work of 50 layers beside 34',
        found: 1.053,
        told: 'ResNet-50 needs {value} times the multiply-adds of ResNet-34.',
        because:
          'Its sixteen bottlenecks together take a little less than the sixteen basic blocks: 17 to 18, counted in weights. What ResNet-50 takes more is for its projections, which are wide at both ends. “More” shows all five networks of the paper.',
      },
    },
    {
      text: [
        'A bottleneck lives on its identity branch. A [projection|projection shortcut] would join the two wide ends, and He et al. point out that it would double both size and work. So projections stand only where the shape changes.',
        'A bottleneck is there for economy. Deep networks of basic blocks gain accuracy from depth as well, as the paper notes; they only cost more.',
      ],
      scene: block,
      point: 'identity',
    },
  ],
};
