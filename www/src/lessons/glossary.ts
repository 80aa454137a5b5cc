/** The words that the page does not do without, each in a sentence or two. */
import type { Source } from './lesson';

export interface Entry {
  means: string;
  source?: Source;
}

export const GLOSSARY = {
  'basic block': {
    means: 'A block of two 3 × 3 convolutions. ResNet-18, ResNet-34 and the small networks for CIFAR-10 are made of them.',
    source: { paper: 'resnet', section: '3.3' },
  },
  'batch norm': {
    means:
      'Brings every channel to mean 0 and variance 1 over the pictures of a batch, then scales and shifts it by two learned numbers. In a trained network mean and variance are fixed, and it can be made a part of the convolution before it.',
  },
  block: { means: 'A few convolutions with one shortcut around them: the unit for which x + F(x) is computed.', source: { paper: 'resnet', section: '3.2' } },
  bottleneck: {
    means:
      'A block of three convolutions: 1 × 1 to fewer channels, 3 × 3 on those few, 1 × 1 back to as many as x has. ResNet-50, 101 and 152 are made of them.',
    source: { paper: 'resnet', section: '4.1' },
  },
  channel: { means: 'One map among the many that a layer makes: one number for every place, all computed by the same filter.' },
  cosine: {
    means:
      'How far two lists of numbers point the same way: 1 if one is a positive multiple of the other, 0 if they have nothing in common, −1 if they are opposite. Here it is taken of x and F(x), over all channels and places: below zero, F takes away from x more than it adds.',
  },
  degradation: {
    means: 'More layers, and a higher error even on the training pictures: what happens to plain networks from some depth on.',
    source: { paper: 'resnet', section: '1' },
  },
  epoch: { means: 'One pass of training through all the training pictures.' },
  gradient: { means: 'How fast the loss changes with each single number of a network while all others are kept. A step of training goes against it.' },
  'gradient norm': { means: 'The length of a gradient: the square root of the sum of its squares. One number for how much of the gradient reaches a layer.' },
  'He initialisation': {
    means:
      'Random weights to start from, with a variance of 2 divided by the number of inputs of a filter. It was chosen so that a signal keeps its size through many layers of convolution and ReLU.',
    source: { paper: 'delving', section: '2.2' },
  },
  'identity branch': {
    means: 'The way around a block’s convolutions: x is handed to the sum as it is, and no parameter is needed. Also called a shortcut or skip connection.',
    source: { paper: 'resnet', section: '3.2' },
  },
  lesion: {
    means: 'An experiment on a trained network: a branch is cut or scaled, and everything behind it runs as before.',
    source: { paper: 'ensembles', section: '4' },
  },
  logit: {
    means:
      'What the classifier computes for a class. Softmax makes probabilities of the logits of all classes: it takes the exponential of each and divides it by their sum.',
  },
  loss: {
    means: 'The number that training makes smaller: minus the logarithm of the probability that the network gives the right class, averaged over pictures.',
  },
  'multiply-adds': { means: 'How many products a network computes and adds up for one picture: a measure of its work. Also called MACs.' },
  'option A': {
    means: 'One way to make x fit a sum of another shape: every second pixel of x is kept, and the new channels start at zero. It takes no parameters.',
    source: { paper: 'resnet', section: '3.3, 4.1' },
  },
  path: {
    means: 'One way through a residual network: at every block either through F or past it. So n blocks make 2ⁿ paths.',
    source: { paper: 'ensembles', section: '3' },
  },
  'plain network': {
    means: 'The same layers without identity branches: every block replaces its input by F(x).',
    source: { paper: 'resnet', section: '3.3' },
  },
  'probability moved': {
    means:
      'How far apart two answers are: what the classes have gained in probability, added up, which is as much as the others have lost. Statistics calls it the total variation distance.',
  },
  'projection shortcut': {
    means: 'Where a block’s output has another shape than x, a 1 × 1 convolution makes x fit. Unlike the identity it has weights.',
    source: { paper: 'resnet', section: '3.2, 4.1' },
  },
  ReLU: { means: 'Sets what is negative to zero, and leaves the rest as it is.' },
  'residual branch': {
    means: 'A block’s own convolutions, F. What they make of x is added to x: it is what is still missing from x, the residual.',
    source: { paper: 'resnet', section: '3.1' },
  },
  rms: { means: 'Root mean square: every number squared, the mean of all, the root of that. It says how large the numbers are, whatever their signs.' },
  stage: {
    means: 'Successive blocks whose outputs have one shape. From one stage to the next the map’s sides are halved and the channels doubled.',
    source: { paper: 'resnet', section: '3.3' },
  },
  stem: {
    means:
      'What comes before the first block: a 7 × 7 convolution and a pooling in the networks for ImageNet, one 3 × 3 convolution in those for CIFAR-10. Some later designs have three 3 × 3 convolutions in place of the 7 × 7.',
    source: { paper: 'resnet', section: '3.3, 4.2' },
  },
  'top-1 and top-5': {
    means: 'The share of test pictures whose class is the likeliest one in the network’s answer, and the share where it is among the five likeliest.',
  },
} as const satisfies Record<string, Entry>;

export type Word = keyof typeof GLOSSARY;
export const WORDS = Object.keys(GLOSSARY) as Word[];
export const entryOf = (word: Word): Entry => GLOSSARY[word];
