import { expect, it } from 'vitest';
import { family, groups, layerShape } from './layers';
import type { LayerTime } from './types';

const layer = (name: string, ms: number, more: Partial<LayerTime> = {}): LayerTime => ({
  name,
  ms,
  inputs: 64,
  outputs: 64,
  kernel: 3,
  stride: 1,
  side: 56,
  macs: 1,
  algorithm: 'implicit GEMM',
  peak_share: 1,
  ...more,
});

it('layers belong to their block, the others to stem and head', () => {
  const names = ['conv1', 'maxpool', 'layer1.0.conv1', 'layer1.0.conv2', 'layer1.1.conv1', 'layer10.0.downsample.0', 'avgpool', 'fc'];
  const found = groups(names.map((name, i) => layer(name, i)));
  expect(found.map(({ name, ms }) => [name, ms])).toEqual([
    ['stem', 1],
    ['layer1.0', 5],
    ['layer1.1', 4],
    ['layer10.0', 5],
    ['head', 13],
  ]);
  expect(found.flatMap(({ layers }) => layers.map(({ name }) => name))).toEqual(names);
});

it('algorithms have families, and what has none is pooling', () => {
  expect(['Winograd 4x4', 'Strassen', 'implicit GEMM', ''].map((algorithm) => family({ algorithm }))).toEqual(['Winograd', 'Strassen', 'GEMM', 'pooling']);
});

it('shapes name stride and channels only where they change', () => {
  expect(layerShape(layer('a', 0))).toBe('64, 3 × 3, 56 × 56');
  expect(layerShape(layer('a', 0, { outputs: 128, kernel: 1, stride: 2, side: 28 }))).toBe('64 → 128, 1 × 1 / 2, 28 × 28');
});
