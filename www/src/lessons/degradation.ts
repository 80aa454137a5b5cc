import { ERROR } from './choices';
import type { Lesson, Scene } from './lesson';

const plain: Scene = { model: 'plain20', sample: 'cat', block: 'layer1.1' };
const residual: Scene = { model: 'resnet56', sample: 'cat', block: 'layer1.1' };
const training: Scene = { exhibit: 'degradation', settings: { nets: 'plain', errors: 'training' } };

export const DEGRADATION: Lesson = {
  id: 'degradation',
  title: 'Deeper, and worse',
  asks: 'Does a plain network get better with more layers?',
  minutes: 6,
  aim: 'See that a deeper plain network can do worse even on the pictures it learns from, and why this is not overfitting.',
  misconception: {
    claim: 'Very deep plain networks do worse because they overfit.',
    answer:
      'An overfitted network does well on its training pictures and badly on new ones. Here it is the training error that rises with depth. The deeper network could at least copy the shallower one; training does not find that.',
  },
  sources: [{ paper: 'resnet', section: '1 (Fig. 1), 4.1, 4.2 (Fig. 6)' }],
  steps: [
    {
      text: [
        'A [plain network] of 20 layers. Each of its blocks replaces x by F(x), and nothing goes around a block: the equation has no plus.',
        'It has learned from 50,000 small pictures to tell ten kinds of things apart. What counts in this lesson is the share of those very pictures that it still got wrong at the end of its training: the training error.',
      ],
      scene: plain,
      point: 'map',
    },
    {
      text: [
        'Another plain network, of 56 layers, was trained on the same pictures. It could do all that this one does: copy its 20 layers, and let the other 36 hand on what they get.',
      ],
      scene: plain,
      point: 'residual',
      question: {
        ask: 'From 20 to 56 layers, what happens to the training error?',
        choices: ERROR,
        run: training,
        point: 'errors-plain',
        measure: 'training error that depth adds, plain',
        found: 0.2873,
        told: 'From 20 to 56 layers the training error changed by {value}.',
        because:
          'He et al. called this [degradation]. A solution that is at least as good exists; training does not find it. The deeper network was trained for two [epochs|epoch] less, but as the curves show, the other was far ahead of it at any epoch.',
      },
    },
    {
      text: ['Is it overfitting? Then the network would know its training pictures much better than the 10,000 test pictures, which it never learns from.'],
      scene: training,
      point: 'errors-plain',
      question: {
        ask: 'How far is the test error of the plain network of 56 layers above its training error?',
        choices: [
          { text: 'More than five points above: it overfits', from: 0.05, to: Infinity },
          { text: 'The two are within five points', from: -0.05, to: 0.05 },
          { text: 'More than five points below', from: -Infinity, to: -0.05 },
        ],
        run: { exhibit: 'degradation', settings: { nets: 'plain' } },
        measure: 'test error beyond training error',
        found: -0.0283,
        told: 'The test error differs from the training error by {value}.',
        because:
          'The training error is counted on pictures that are shifted and mirrored at random, and while the network still learns, so it may even be the higher one. Whatever keeps the deep network back, it is not that it knows the training pictures too well.',
      },
    },
    {
      text: [
        'Here are 56 layers again, with one addition: around each block goes an [identity branch], and x is added to F(x). It has no weights, so this network has as many parameters as the plain one.',
      ],
      scene: residual,
      point: 'map',
      question: {
        ask: 'With identity branches, what happens to the training error from 20 to 56 layers?',
        choices: ERROR,
        run: { exhibit: 'degradation', settings: { errors: 'training' } },
        point: 'errors-residual',
        measure: 'training error that depth adds, residual',
        found: -0.0047,
        told: 'With identity branches the training error changed by {value}.',
        because:
          'If a block has nothing to add, its convolutions need only go to zero, and x passes. He et al. expected this to be easier to learn than the whole output anew, and so it turned out. The networks of this page had a dozen epochs; theirs had more than ten times as many, and there the deeper one won more clearly.',
      },
    },
    {
      text: [
        'The two networks of 56 layers on one picture. Look at their answers, and at the charts across depth. One picture is one case: the errors were counted over thousands.',
        'Why does training fail to find the better solution? Vanishing gradients are the usual suspect. The next lesson measures them.',
      ],
      scene: { model: 'plain56', sample: 'cat', against: 'resnet56' },
    },
  ],
};
