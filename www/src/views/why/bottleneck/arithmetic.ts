/** What blocks and nets cost: counting, no network. He et al. 2015, Table 1 and Fig. 5. */

/** One convolution: what it reads, what it makes, and the side of its kernel. */
export interface Conv {
  kernel: number;
  inputs: number;
  outputs: number;
  /** Side of the map that it makes. */
  side: number;
}

export interface Cost {
  /** Weights and biases, or what batch norm learns in their place. */
  parameters: number;
  /** Multiply-adds. */
  macs: number;
}

export const weights = ({ kernel, inputs, outputs }: Conv): number => kernel * kernel * inputs * outputs;
/** Every weight is used once at every place of the map. */
export const macs = (conv: Conv): number => weights(conv) * conv.side ** 2;

/** Of convolutions with their batch norms, which learn two numbers per channel. */
export function costOf(convs: Conv[]): Cost {
  return {
    parameters: convs.reduce((sum, conv) => sum + weights(conv) + 2 * conv.outputs, 0),
    macs: convs.reduce((sum, conv) => sum + macs(conv), 0),
  };
}

/** Two 3x3 convolutions on so many channels. */
export function basic(channels: number, side: number): Conv[] {
  const conv = { kernel: 3, inputs: channels, outputs: channels, side };
  return [conv, conv];
}

/** 1x1 down to the width, 3x3, 1x1 up again. */
export function bottleneck(channels: number, width: number, side: number): Conv[] {
  return [
    { kernel: 1, inputs: channels, outputs: width, side },
    { kernel: 3, inputs: width, outputs: width, side },
    { kernel: 1, inputs: width, outputs: channels, side },
  ];
}

export interface Design {
  depth: number;
  kind: 'basic' | 'bottleneck';
  /** Blocks of each stage. */
  stages: [number, number, number, number];
}

/** Table 1. */
export const DESIGNS: Design[] = [
  { depth: 18, kind: 'basic', stages: [2, 2, 2, 2] },
  { depth: 34, kind: 'basic', stages: [3, 4, 6, 3] },
  { depth: 50, kind: 'bottleneck', stages: [3, 4, 6, 3] },
  { depth: 101, kind: 'bottleneck', stages: [3, 4, 23, 3] },
  { depth: 152, kind: 'bottleneck', stages: [3, 8, 36, 3] },
];

/** A bottleneck's x has four times as many channels as its 3x3 convolution. */
export const EXPANSION = 4;
const CLASSES = 1000;
const WIDTH = 64;
/** Of the map that the first stage works on, for the usual image of 224 pixels. */
const SIDE = 56;

/** Every convolution of a net, stem and projections included; a stage that halves the map does so in the first convolution of its first block. */
export function convsOf({ kind, stages }: Design): Conv[] {
  const convs: Conv[] = [{ kernel: 7, inputs: 3, outputs: WIDTH, side: 2 * SIDE }];
  let inputs = WIDTH;
  stages.forEach((count, stage) => {
    const [width, side] = [WIDTH << stage, SIDE >> stage];
    const outputs = kind === 'basic' ? width : EXPANSION * width;
    for (let index = 0; index < count; index++) {
      const [first, ...others] = kind === 'basic' ? basic(outputs, side) : bottleneck(outputs, width, side);
      convs.push({ ...first!, inputs }, ...others);
      if (inputs !== outputs) convs.push({ kernel: 1, inputs, outputs, side });
      inputs = outputs;
    }
  });
  return convs;
}

/** Of a whole net, the classifier included. */
export function netCost(design: Design): Cost {
  const convs = convsOf(design);
  const features = convs.at(-1)!.outputs;
  const { parameters, macs: multiplied } = costOf(convs);
  return { parameters: parameters + (features + 1) * CLASSES, macs: multiplied + features * CLASSES };
}

/** Of ResNet-34, say. */
export const costAt = (depth: number): Cost => netCost(DESIGNS.find((design) => design.depth === depth)!);
