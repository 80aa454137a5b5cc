import { MOVED } from './choices';
import type { BlockScene, Lesson } from './lesson';

const scene: BlockScene = { model: 'resnet50', sample: 'cat', block: 'layer1.1' };

export const IDENTITY: Lesson = {
  id: 'identity',
  title: 'Two branches and a sum',
  asks: 'What does a residual block do to what it is given?',
  minutes: 6,
  aim: 'See that a residual block changes what it is given instead of replacing it.',
  misconception: {
    claim: 'A skip connection skips the block.',
    answer: 'Nothing is left out. For every picture both branches run, and their results are added, value by value.',
  },
  sources: [
    { paper: 'resnet', section: '3.1, 3.2' },
    { paper: 'ensembles', section: '4.1' },
  ],
  steps: [
    {
      text: [
        'Four pictures, one equation. On the left is x, what this block was given. Beside it is F(x), what the block’s own convolutions made of x.',
        'The block adds the two. Then [ReLU] sets to zero what is negative, and the next block is given the output.',
      ],
      scene,
      point: 'identity',
    },
    {
      text: ['The sum has as many values as x and F(x). Nothing weighs one against the other: they are simply added.'],
      scene,
      point: 'sum',
      question: {
        ask: 'Which of the two is larger here, measured over the whole block (as a root mean square, [rms])?',
        choices: [
          { text: 'F(x), clearly', from: 1.25, to: Infinity },
          { text: 'They are about equal, within a quarter', from: 0.8, to: 1.25 },
          { text: 'x, clearly', from: 0, to: 0.8 },
        ],
        measure: 'size of F relative to x',
        found: 0.832,
        told: 'F(x) is {value} times the size of x.',
        because:
          'A block is free to answer with a small correction or with a large one. The map above shows it for every block: the darker an arc, the larger F is beside x.',
      },
    },
    {
      text: ['Now the experiment that a photograph of the network could not show: take one branch away, and let everything after it run as before.'],
      scene,
      point: 'residual',
      question: {
        ask: 'F(x) of this one block is cut (a [lesion]). How much of the probability moves to other classes?',
        choices: MOVED,
        run: { ...scene, lesion: { 'layer1.1': { identity: 1, residual: 0 } } },
        measure: 'moved',
        found: 0.565,
        told: '{value} of the probability moved to other classes.',
        because:
          'The block now hands on x as it is, and every block after it works with one correction less than it was trained with. Look beside the photo at which classes gained.',
      },
    },
    {
      text: ['And the other way round: F(x) stays, and x is cut.'],
      scene,
      point: 'identity',
      question: {
        ask: 'Now the identity branch is cut. How much of the probability moves?',
        choices: MOVED,
        run: { ...scene, lesion: { 'layer1.1': { identity: 0, residual: 1 } } },
        measure: 'moved',
        found: 0.9995,
        told: '{value} of the probability moved to other classes.',
        because:
          'F(x) was never trained to carry what earlier blocks found: x did that. What the blocks before have found reaches the rest of the network only as far as F lets it through.',
      },
    },
    {
      text: [
        'He et al. put it like this: if the best thing a block can do is to change nothing, then with an identity branch its convolutions need only go to zero. A plain stack of layers would have to learn to copy its input.',
        'Go on by yourself: cut other blocks on the map, try another picture, or drop one of your own.',
      ],
      scene,
      point: 'map',
    },
  ],
};
