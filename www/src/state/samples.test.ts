import { expect, it } from 'vitest';
import { familyOf, lessonOf, offered, type Sample } from './samples';

const sample = (id: string, suits: Sample['suits'], lessons: Sample['lessons']) => ({ id, suits, lessons }) as Sample;
const all = [
  sample('cat', ['imagenet', 'cifar'], { cifar: 'a', imagenet: 'b' }),
  sample('coffee', ['imagenet'], { imagenet: 'c' }),
  sample('frog', ['cifar'], { cifar: 'd', imagenet: 'e' }),
];

it('a family is known by what it was trained on', () => {
  expect(['CIFAR-10, a JPEG copy (10 classes, 32 x 32)', 'ImageNet (ILSVRC 2012, 1000 classes)'].map(familyOf)).toEqual(['cifar', 'imagenet']);
  expect(['shapes and textures made in the page (10 classes, 16 x 16)', ''].map(familyOf)).toEqual(['lab', 'imagenet']);
});

it('what suits a family comes first, and none is left out', () => {
  expect(offered(all, 'cifar').map(({ sample: { id }, index }) => `${id} ${index}`)).toEqual(['cat 0', 'frog 2', 'coffee 1']);
  expect(offered(all, 'imagenet').map(({ sample: { id } }) => id)).toEqual(['cat', 'coffee', 'frog']);
});

it('a sentence speaks of the family that answers', () => {
  expect(lessonOf(all[0]!, 'cifar')).toBe('a');
  expect(lessonOf(all[1]!, 'cifar')).toContain('no class');
  expect(lessonOf(all[0]!, 'lab')).toContain('shapes and textures');
});
