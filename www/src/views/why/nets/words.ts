/** What the exhibit says. Numbers come from the engine's own count. */
import { PAPERS } from '../../ui/papers';
import type { Source } from '../source';
import type { Family } from './designs';
import type { Pictures } from './place';

export const TITLE = 'Deeper, wider or in groups: parameters and work grow together';
export const CLAIM =
  'Each dot is a design: to the right those with more parameters, above those with more [multiply-adds]. Later designs move blocks’ channels about, but from [stage] to stage all halve the map and double the channels, ' +
  'so a parameter is used about equally often in each.';
export const FAMILY_NAMES: Record<Family, string> = {
  resnet: 'ResNet',
  resnext: 'ResNeXt: 3 × 3 convolutions in groups',
  wide: 'wide: twice the channels inside a bottleneck',
  deep: 'D: deep stem, pooled projections',
  pre: 'v2: pre-activation',
};
export const PICTURE_NAMES: Record<Pictures, string> = { imagenet: 'ImageNet, 224 × 224', cifar: 'CIFAR-10, 32 × 32' };

export function verdict([low, high]: [number, number], count: number): string {
  return `Each of these ${count} nets uses a parameter between ${Math.round(low)} and ${Math.round(high)} times for one picture. How well they classify is another question: no accuracy is measured here.`;
}

export const READ = 'Point at a dot, or at a row below.';
export const WAIT = 'Counting…';
export const FAILED = 'The nets could not be counted:';
export const TIME_WORDS =
  'Times are of this machine and this engine, on made-up weights: which numbers the weights are does not matter to them. Nothing is measured unless you ask; large nets take some seconds, and as much memory again as their weights.';
export const NOTES = [
  'Layers are convolutions outside of [projections|projection shortcut], and the classifier: the number in the paper’s names. ResNet-D has two more, in its [stem].',
  'Parameters are weights and what [batch norm] learns, two numbers per [channel]: as torchvision and timm count them, and equal to what they publish. Multiply-adds leave out batch norm, ReLU and pooling, as the paper does. ' +
    'Bottlenecks stride in the 3 × 3 convolution here, as torchvision’s do. The paper’s stride in the first 1 × 1 and need a few per cent less: Table 1 has 3.8 for ResNet-50. timm’s counts include what is not a convolution.',
  'Memory is what this engine takes for one picture: weights in 32 bits with batch norm folded in, and the maps, of which those that are no longer read make room for others. Training keeps all maps, and takes far more.',
  'Plain nets cost what their residual twins do, without the projections. Those that Table 1 has for ImageNet and those of section 4.2 for CIFAR-10 are other designs: the second have three stages, 16, 32 and 64 channels, and [option A].',
];
export const SOURCES: Source[] = [
  { title: 'He et al. 2015, Deep Residual Learning for Image Recognition', where: 'Table 1 (FLOPs) and section 4.2', href: PAPERS.resnet.url },
  { title: 'torchvision’s models', where: 'parameters and GFLOPS of each set of weights', href: 'https://pytorch.org/vision/stable/models.html' },
  { title: 'timm', where: 'results, parameters and GMACs at 224', href: 'https://github.com/huggingface/pytorch-image-models/tree/main/results' },
  { title: 'Xie et al. 2017, Aggregated Residual Transformations', where: 'ResNeXt, Table 1', href: 'https://arxiv.org/abs/1611.05431' },
  { title: 'Zagoruyko and Komodakis 2016, Wide Residual Networks', where: 'wide nets', href: 'https://arxiv.org/abs/1605.07146' },
  { title: 'He, T. et al. 2019, Bag of Tricks', where: 'ResNet-D, section 4', href: 'https://arxiv.org/abs/1812.01187' },
  { title: 'He et al. 2016, Identity Mappings', where: 'pre-activation', href: PAPERS.identity.url },
];
