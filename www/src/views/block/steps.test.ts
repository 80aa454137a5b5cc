import { expect, it } from 'vitest';
import { convolutions } from './steps';

const tensor = (channels: number) => ({ channels, height: 1, width: 1, data: new Float32Array(channels) });

it('a bottleneck is 1 × 1, 3 × 3, 1 × 1', () => {
  const steps = [
    { name: 'conv1', kernel: 1, stride: 1, tensor: tensor(128) },
    { name: 'conv2', kernel: 3, stride: 2, tensor: tensor(128) },
  ];
  const found = convolutions({ kind: 'bottleneck', input: [256, 56, 56], output: [512, 28, 28] }, { steps });
  expect(found.map(({ name, what }) => `${name} ${what}`)).toEqual([
    'conv1 1 × 1: 256 → 128 channels',
    'conv2 3 × 3, stride 2: 128 → 128 channels',
    'conv3 1 × 1: 128 → 512 channels',
  ]);
  expect(found.map(({ tensor }) => tensor?.channels ?? null)).toEqual([128, 128, null]);
});

it('a basic block is 3 × 3 twice', () => {
  const steps = [{ name: 'conv1', kernel: 3, stride: 1, tensor: tensor(16) }];
  const found = convolutions({ kind: 'basic', input: [16, 32, 32], output: [16, 32, 32] }, { steps });
  expect(found.map(({ name, what }) => `${name} ${what}`)).toEqual(['conv1 3 × 3: 16 → 16 channels', 'conv2 3 × 3: 16 → 16 channels']);
});
