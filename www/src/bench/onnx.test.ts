import * as ort from 'onnxruntime-web';
import { expect, it } from 'vitest';
import { toOnnx } from './onnx';
import type { Description, Tensors } from './types';

/** One basic block with a projection on four channels, so small that its output can be worked out by hand. */
const network: Description = {
  macs: 0,
  parameters: 0,
  stem: { name: 'conv1', inputs: 3, outputs: 2, kernel: 1, stride: 1 },
  blocks: [
    {
      name: 'layer1.0',
      residual: [{ name: 'layer1.0.conv1', inputs: 2, outputs: 2, kernel: 3, stride: 1 }],
      projection: { name: 'layer1.0.downsample.0', inputs: 2, outputs: 2, kernel: 1, stride: 1 },
    },
  ],
  classes: 3,
  features: 2,
};

it('onnxruntime reads the file and computes the network', async () => {
  const centre = (weight: number) => [0, 0, 0, 0, weight, 0, 0, 0, 0];
  const none = centre(0);
  const tensors: Tensors = new Map(
    Object.entries({
      'conv1.weight': [1, 1, 1, 2, 0, 0],
      'conv1.bias': [0, 1],
      'layer1.0.conv1.weight': [...centre(1), ...none, ...none, ...centre(-10)],
      'layer1.0.conv1.bias': [0.5, 0],
      'layer1.0.downsample.0.weight': [2, 0, 0, 1],
      'layer1.0.downsample.0.bias': [0, 0.25],
      'fc.weight': [1, 0, 0, 1, 1, 1],
      'fc.bias': [0, 0, 200],
    }).map(([name, values]) => [name, Float32Array.from(values)]),
  );
  const session = await ort.InferenceSession.create(toOnnx(network, tensors, 2));
  const image = new ort.Tensor(
    'float32',
    Float32Array.from({ length: 12 }, (_, i) => (i < 4 ? i : 1)),
    [1, 3, 2, 2],
  );
  // Red is 0 1 2 3, green and blue are 1. The stem gives 2 3 4 5 and 1 3 5 7; pooling leaves the largest, 5 and 7.
  // The block: 2 * 5 + 1 * 5 + 0.5 = 15.5, and 7.25 - 70, which ReLU clips.
  const { logits } = await session.run({ image });
  expect(logits!.dims).toEqual([1, 3]);
  expect([...(logits!.data as Float32Array)]).toEqual([15.5, 0, 215.5]);
});
