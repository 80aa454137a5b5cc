import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { architectures, initSync, type Design } from '../../../foreign/pkg/foreign';
import { netsFor, usesOf } from './designs';
import { publishedOf } from './published';

initSync({ module: readFileSync(`${import.meta.dirname}/../../../foreign/pkg/foreign_bg.wasm`) });
const DESIGNS: Design[] = architectures();
const [imagenet, cifar] = [netsFor(DESIGNS, 'imagenet'), netsFor(DESIGNS, 'cifar')];

describe('the nets that the engine counts', () => {
  it('are the paper’s and those derived from them, each once, in two kinds', () => {
    expect(imagenet).toHaveLength(19);
    expect(cifar.map(({ title }) => title)).toEqual(['ResNet-20', 'ResNet-32', 'ResNet-44', 'ResNet-56', 'ResNet-110']);
    expect(imagenet.map(({ title }) => title)).toContain('ResNeXt-50 32×4d');
    expect(new Set(DESIGNS.map(({ name }) => name)).size).toBe(DESIGNS.length);
    expect(new Set(imagenet.map(({ family }) => family)).size).toBe(5);
  });

  it.each(imagenet.flatMap((net) => publishedOf(net.name).map((published) => ({ net, published }))))(
    '$net.title has the multiply-adds that $published.by gives: $published.text',
    ({ net, published }) => {
      const ours = net.macs / 1e9;
      // Their last digit; Table 1 strides elsewhere and rounds down, timm counts pooling and norms as well.
      const apart = { 'He et al.': 0.3, torchvision: 0.001, timm: 0.06 }[published.by];
      expect(Math.abs(ours - published.giga)).toBeLessThan(apart + 1e-9);
    },
  );

  it('are all published somewhere, but those for CIFAR-10, of which the paper gives parameters alone', () => {
    expect(imagenet.filter(({ name }) => publishedOf(name).length === 0)).toEqual([]);
    expect(cifar.flatMap(({ name }) => publishedOf(name))).toEqual([]);
  });

  it('take memory that adds up: four bytes a weight, and maps that share their room', () => {
    for (const { name, parameters, weight_bytes, map_bytes } of DESIGNS) {
      expect(Math.abs(weight_bytes / 4 / parameters - 1), name).toBeLessThan(0.01);
      expect(map_bytes, name).toBeGreaterThan(0);
      expect(map_bytes, name).toBeLessThan(40e6);
    }
  });

  it('use a parameter about equally often', () => {
    const [low, high] = usesOf(imagenet);
    expect(low).toBeGreaterThan(150);
    expect(high).toBeLessThan(200);
    expect(usesOf(cifar).map(Math.round)).toEqual([146, 150]);
  });
});
