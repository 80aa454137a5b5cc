import { MOVED } from './choices';
import type { BlockScene, ExhibitScene, Lesson } from './lesson';

const at = (block: string, model = 'resnet56'): BlockScene => ({ model, sample: 'cat', block });
const cut = (scene: BlockScene, ...blocks: string[]): BlockScene => ({
  ...scene,
  lesion: Object.fromEntries(blocks.map((block) => [block, { identity: 1, residual: 0 }])),
});
const split = (net: string): ExhibitScene => ({ exhibit: 'paths', settings: { net }, seen: { model: 'resnet56', sample: 'cat' } });
const middle = at('layer2.4');

export const PATHS: Lesson = {
  id: 'paths',
  title: 'Many paths, most of the gradient in short ones',
  asks: 'Is a residual network of 56 layers really 56 layers deep?',
  minutes: 9,
  aim: 'See a residual network as a sum over paths, find out which of them the gradient takes, and test by cutting what this means.',
  misconception: {
    claim: 'Skip connections carry the gradient through all the layers of a very deep network.',
    answer:
      'They let most of it go around most of the layers. The gradient that has passed many residual branches is small here, too; what arrives comes mostly by paths that pass few of them.',
  },
  sources: [
    { paper: 'ensembles', section: '3 (paths), 4.1, 4.2 (cutting blocks), 5 (gradients)' },
    { paper: 'identity', section: '2' },
  ],
  steps: [
    {
      text: [
        'ResNet-56: 27 blocks, and at each of them two ways, through F or past it. So from the [stem] to the classifier there are 2²⁷ [paths|path], 134 million of them.',
        'Some are long and go through many residual branches, some are short. Half of all paths go through 13 branches or fewer.',
      ],
      scene: middle,
      point: 'map',
    },
    {
      text: [
        'Going back, the [gradient] splits at every block in the same way. The page can add up separately what has gone through no branch, through one, through two and so on: exactly, on this picture.',
      ],
      scene: middle,
      point: 'map',
      question: {
        ask: 'Through how many of the 27 residual branches does the largest part of the gradient go?',
        choices: [
          { text: 'Fewer than nine', from: 0, to: 9 },
          { text: 'Nine to eighteen, as most paths do', from: 9, to: 19 },
          { text: 'More than eighteen', from: 19, to: Infinity },
        ],
        run: split('resnet56'),
        point: 'paths-chart',
        measure: 'branches of the largest part',
        found: 5,
        told: 'The largest part goes through {value} of the 27 branches.',
        because:
          'With every branch that a path passes, what it carries becomes several times smaller on average, while the number of such paths grows. Beyond some length the many do not make up for the little. Veit et al. sampled the paths of another deep network and found the same.',
      },
    },
    {
      text: ['Is that so in every residual network? ResNet-20 has nine blocks, and most of its paths go through four or five of them.'],
      scene: split('resnet56'),
      point: 'paths-chart',
      question: {
        ask: 'Through how many of its nine branches does the largest part of the gradient go in ResNet-20?',
        choices: [
          { text: 'Fewer than three', from: 0, to: 3 },
          { text: 'Three to six, as most paths do', from: 3, to: 7 },
          { text: 'More than six', from: 7, to: Infinity },
        ],
        run: split('resnet20'),
        measure: 'branches of the largest part',
        found: 5,
        told: 'The largest part goes through {value} of the nine branches.',
        because:
          'Compare the two curves of the chart: in ResNet-56 they lie far apart, here they do not. Where no path is long there is little to cut short. That the gradient prefers short paths is a matter of deep networks.',
      },
    },
    {
      text: [
        'In a [plain network] there is one path. What comes out of a block is all that the next one gets. Here F(x) of one block in the middle is cut, and the block hands on zeros.',
      ],
      scene: at('layer2.4', 'plain56'),
      point: 'residual',
      question: {
        ask: 'In plain-56, how much of the probability moves to other classes?',
        choices: MOVED,
        run: cut(at('layer2.4', 'plain56'), 'layer2.4'),
        measure: 'moved',
        found: 0.605,
        told: '{value} of the probability moved to other classes.',
        because:
          'Nothing of the picture gets past this block: from here on the network computes the same for every picture. What it answers now, it would answer to anything.',
      },
    },
    {
      text: ['The same cut in ResNet-56. It closes every path through this branch: half of all 134 million. The other half is untouched.'],
      scene: middle,
      point: 'residual',
      question: {
        ask: 'In ResNet-56, how much of the probability moves?',
        choices: MOVED,
        run: cut(middle, 'layer2.4'),
        measure: 'moved',
        found: 0.00389,
        told: '{value} of the probability moved to other classes.',
        because:
          'Half of all paths are gone, and the answer changes only as much as this: the paths that remain depend little on the ones that were cut. Veit et al. found the same for almost any single block of theirs; where a [stage] begins the damage was greater.',
      },
    },
    {
      text: ['And if three of the nine blocks of each stage are cut, the last three? Each cut halves the number of paths: one in 2⁹ = 512 remains.'],
      scene: middle,
      point: 'map',
      question: {
        ask: 'Nine blocks are cut. How much of the probability moves?',
        choices: MOVED,
        run: cut(middle, ...[1, 2, 3].flatMap((stage) => [6, 7, 8].map((block) => `layer${stage}.${block}`))),
        measure: 'moved',
        found: 0.476,
        told: '{value} of the probability moved to other classes.',
        because:
          'Veit et al. found that the error grows smoothly with the number of blocks that are left out, as it does in a group of networks that vote when members leave. This is one picture and one choice of nine: make others on the map. The exhibit “Ensembles”, under Why residual, draws many.',
      },
    },
    {
      text: [
        'Is a residual network an ensemble, then? In how it stands cuts it resembles one. But its paths share their weights and were trained together, and none of them was ever asked to answer alone.',
        'And that most of the gradient comes by short paths does not mean that the long ones do no work. This exhibit shows where the gradient of one trained network goes, on one picture. Try a picture of your own.',
      ],
      scene: split('resnet56'),
      point: 'paths-chart',
    },
  ],
};
