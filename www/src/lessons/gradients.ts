import { TOWARDS_FIRST } from './choices';
import type { ExhibitScene, Lesson } from './lesson';

const flow = (settings: Record<string, string>): ExhibitScene => ({ exhibit: 'flow', settings });
const shallow = flow({ depth: '8', skip: 'off', norm: 'off' });
const he = flow({ depth: '32', skip: 'off', norm: 'off' });
const small = flow({ depth: '32', skip: 'off', norm: 'off', start: 'small' });
const normed = flow({ depth: '32', skip: 'off' });
const residual = flow({ depth: '32' });
const bare = flow({ depth: '32', norm: 'off' });

export const GRADIENTS: Lesson = {
  id: 'gradients',
  title: 'Do gradients vanish?',
  asks: 'When do gradients vanish, when do they explode, and what have skips to do with it?',
  minutes: 9,
  aim: 'Find out by measuring under which conditions a gradient vanishes or explodes on its way back through an untrained network.',
  misconception: {
    claim: 'In deep plain networks gradients vanish, and skip connections were invented to prevent that.',
    answer:
      'It depends on the weights one starts from. With He initialisation the gradient of a plain network keeps its size; with batch norm it explodes towards the first layers. He et al. checked that the gradients of their plain networks did not vanish, and those networks degraded all the same.',
  },
  sources: [
    { paper: 'resnet', section: '4.1 (plain networks)' },
    { paper: 'delving', section: '2.2' },
    { paper: 'meanfield', section: 'abstract' },
    { paper: 'biased', section: 'abstract' },
  ],
  steps: [
    {
      text: [
        'The page makes a network with random weights, shows it 32 pictures and computes the [gradient]: how fast the [loss] changes with every weight. One number is shown for each convolution, the length of its gradient ([gradient norm]).',
        'The axis is logarithmic: equal distances are equal factors. A step of training is as long as the gradient makes it: a layer whose gradient is tiny hardly learns.',
      ],
      scene: shallow,
      point: 'flow-gradient',
    },
    {
      text: [
        'This was a [plain network] of 8 layers without [batch norm]. Its weights are drawn with [He initialisation]. Now take 32 layers. On its way back the gradient passes through all of them.',
      ],
      scene: shallow,
      point: 'controls',
      question: {
        ask: 'From the last layer to the first block, what becomes of the gradient?',
        choices: TOWARDS_FIRST,
        run: he,
        point: 'flow-gradient',
        measure: 'first gradient relative to last',
        found: 0.543,
        told: 'The first block’s gradient is {value} times that of the last layer.',
        because:
          'He initialisation was made for this: the weights are as large as it takes for signal and gradient to keep their size through convolution and ReLU. A plain network of this depth does not want for gradient.',
      },
    },
    {
      text: ['So it depends on the weights. Let all of them be half as large as He initialisation makes them, and leave everything else as it is.'],
      scene: he,
      point: 'flow-gradient',
      question: {
        ask: 'With half the weights, how large is the largest gradient norm of all layers?',
        choices: [
          { text: 'About half as large as before: above 0.01', from: 0.01, to: Infinity },
          { text: 'Between 0.01 and a millionth', from: 1e-6, to: 0.01 },
          { text: 'Below a millionth', from: 0, to: 1e-6 },
        ],
        run: small,
        measure: 'largest gradient',
        found: 5.41e-11,
        told: 'The largest gradient norm of all is {value}.',
        because:
          'This is what vanishing looks like. Each convolution halves the signal on the way forward and the gradient on the way back, and thirty halvings make a billionth. It does not spare the last layers: their gradient is the product of a gradient that is still whole and a signal that is almost gone.',
      },
    },
    {
      text: [
        'Batch norm brings every channel back to a fixed size after every convolution. The signal cannot vanish any more, however small the weights; here they are as large as at first.',
      ],
      scene: small,
      point: 'flow-signal',
      question: {
        ask: 'A plain network of 32 layers with batch norm: what becomes of the gradient towards the first block?',
        choices: TOWARDS_FIRST,
        run: normed,
        point: 'flow-gradient',
        measure: 'first gradient relative to last',
        found: 71.3,
        told: 'The first block’s gradient is {value} times that of the last layer.',
        because:
          'Batch norm holds the signal on its way forward and makes the gradient grow on its way back, layer by layer. So where plain networks with batch norm degrade, as in the lesson before, their first layers do not want for gradient.',
      },
    },
    {
      text: [
        'The same network, and around each block an [identity branch]. On its way back the gradient now splits in two at every block: one part passes F, the other passes x as it is.',
      ],
      scene: normed,
      point: 'controls',
      question: {
        ask: 'With skips and batch norm, what becomes of the gradient?',
        choices: TOWARDS_FIRST,
        run: residual,
        point: 'flow-gradient',
        measure: 'first gradient relative to last',
        found: 5.26,
        told: 'The first block’s gradient is {value} times that of the last layer.',
        because:
          'Batch norm holds F(x) to a fixed size, while x gathers all that the blocks before have added. So the deeper a block, the nearer it is to the identity, which hands the gradient on unchanged.',
      },
    },
    {
      text: ['Skips alone, then? Take batch norm away again and keep the skips. Watch the signal on its way forward.'],
      scene: residual,
      point: 'flow-signal',
      question: {
        ask: 'From the first block’s output to the last one’s, how much does the signal grow?',
        choices: [
          { text: 'Less than twofold', from: 0, to: 2 },
          { text: 'Between two- and tenfold', from: 2, to: 10 },
          { text: 'More than tenfold', from: 10, to: Infinity },
        ],
        run: bare,
        measure: 'growth of the signal',
        found: 42.8,
        told: 'From the first block to the last the signal grows to {value} times its size.',
        because:
          'With He initialisation F(x) is about as large as x, and nothing holds it down: every sum is larger than x was. With more blocks it goes on like this. Deep residual networks without batch norm are therefore started with F(x) scaled down, or at zero.',
      },
    },
    {
      text: [
        'What remains of “skips cure vanishing gradients”? They keep a gradient from vanishing, and together with batch norm from exploding. But the gradient of a plain network need not vanish in the first place, and such a network degrades nevertheless.',
        'Under “More” the norms of this page’s own networks are drawn as they were recorded in training. Look at plain-56: where is its gradient largest?',
      ],
      scene: residual,
      point: 'more',
    },
  ],
};
