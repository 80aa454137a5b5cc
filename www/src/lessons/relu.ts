import { NEGATIVE } from './choices';
import type { BlockScene, Lesson } from './lesson';

const early: BlockScene = { model: 'resnet50', sample: 'cat', block: 'layer1.1' };
const late: BlockScene = { ...early, block: 'layer4.2' };

export const RELU: Lesson = {
  id: 'relu',
  title: 'What ReLU throws away',
  asks: 'How much of a sum does ReLU remove, and what does x have to do with it?',
  minutes: 5,
  aim: 'See that ReLU removes what is negative, how much that is, and what the identity branch has to do with it.',
  misconception: {
    claim: 'The identity branch carries x through the whole network unchanged.',
    answer: 'Only as far as the sum stays positive. In these networks a ReLU follows every sum, so F can take x away as well as add to it.',
  },
  sources: [
    { paper: 'resnet', section: '3.2, Fig. 2' },
    { paper: 'identity', section: '3, 4' },
  ],
  steps: [
    {
      text: [
        'x is the output of the block before, and that ended in a [ReLU]: x is nowhere negative. F(x) has no such bound. It may be negative as well as positive.',
      ],
      scene: early,
      point: 'residual',
    },
    {
      text: [
        'The sum is negative where F(x) takes away more than x has. ReLU sets these places to zero, and the next block cannot tell by how much they were below.',
      ],
      scene: early,
      point: 'sum',
      question: {
        ask: 'What part of this sum is negative?',
        choices: NEGATIVE,
        measure: 'clipped by ReLU',
        found: 0.304,
        told: '{value} of the sum is negative, and ReLU removes it.',
        because: 'The number stands under the picture of the sum, for every block.',
      },
    },
    {
      text: ['Here x is cut, and F(x) stands alone before ReLU, as it would in a plain network.'],
      scene: early,
      point: 'identity',
      question: {
        ask: 'Without x, what part of the sum is negative?',
        choices: NEGATIVE,
        run: { ...early, lesion: { 'layer1.1': { identity: 0, residual: 1 } } },
        measure: 'clipped by ReLU',
        found: 0.449,
        told: 'Without x, {value} of the sum is negative.',
        because:
          'x is never negative, so adding it can only lift values. What x lifts above zero gets past ReLU: this is one way in which an identity branch keeps what would be lost.',
      },
    },
    {
      text: ['The same question at the other end of the network: the last block, whose channels each answer to some kind of thing.'],
      scene: late,
      point: 'output',
      question: {
        ask: 'In the last block, what part of the sum is negative?',
        choices: NEGATIVE,
        measure: 'clipped by ReLU',
        found: 0.865,
        told: '{value} of the last block’s sum is negative.',
        because:
          'Here ReLU does not only lose something: it leaves each channel silent wherever the thing it answers to is not there. The chart “clipped by ReLU” below shows all blocks.',
      },
    },
    {
      text: [
        'He et al. looked at this again a year later: with the ReLU moved into F, nothing stands on the identity branch any more, and networks of 1001 layers trained well.',
        'This network has its ReLU after the sum, as in the first paper.',
      ],
      scene: late,
      point: 'map',
    },
  ],
};
