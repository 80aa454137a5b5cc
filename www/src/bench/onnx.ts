/** The network as an ONNX file. Protocol buffers are lists of tagged values: what is needed of them is here. */
import type { Description, Layer, Tensors } from './types';

/** A message as pieces, joined once at the end: the weights are large. */
type Pieces = Uint8Array[];

const text = new TextEncoder();
const length = (pieces: Pieces) => pieces.reduce((sum, piece) => sum + piece.length, 0);

function varint(value: number): number[] {
  const bytes: number[] = [];
  for (; value > 127; value = Math.floor(value / 128)) bytes.push((value % 128) | 128);
  return [...bytes, value];
}

function int(field: number, value: number): Pieces {
  return [Uint8Array.from([...varint(field * 8), ...varint(value)])];
}

function block(field: number, content: Pieces | string | Uint8Array): Pieces {
  const pieces = typeof content === 'string' ? [text.encode(content)] : content instanceof Uint8Array ? [content] : content;
  return [Uint8Array.from([...varint(field * 8 + 2), ...varint(length(pieces))]), ...pieces];
}

const message = (...fields: Pieces[]): Pieces => fields.flat();

// ---- onnx.proto, the parts used; its field numbers -----------------------------------------------------------------------

const FLOAT = 1;

function tensor(name: string, dims: number[], values: Float32Array): Pieces {
  const raw = new Uint8Array(values.buffer, values.byteOffset, values.byteLength); // wasm and all browsers' machines are little-endian
  return message(...dims.map((dim) => int(1, dim)), int(2, FLOAT), block(8, name), block(9, raw));
}

function attribute(name: string, value: number | number[]): Pieces {
  if (typeof value === 'number') return message(block(1, name), int(3, value), int(20, 2));
  return message(block(1, name), ...value.map((item) => int(8, item)), int(20, 7));
}

function node(operator: string, inputs: string[], output: string, attributes: Record<string, number | number[]> = {}): Pieces {
  return message(
    ...inputs.map((input) => block(1, input)),
    block(2, output),
    block(4, operator),
    ...Object.entries(attributes).map(([name, value]) => block(5, attribute(name, value))),
  );
}

function value(name: string, dims: number[]): Pieces {
  const shape = message(...dims.map((dim) => block(1, int(1, dim))));
  return message(block(1, name), block(2, block(1, message(int(1, FLOAT), block(2, shape)))));
}

/** A model with the input `image` (NCHW) and the output `logits`. */
export function toOnnx(network: Description, tensors: Tensors, side: number): Uint8Array<ArrayBuffer> {
  const nodes: Pieces[] = [];
  const weights: Pieces[] = [];
  const held = (name: string, dims: number[]): string => {
    weights.push(tensor(name, dims, tensors.get(name)!));
    return name;
  };
  const add = (operator: string, inputs: string[], output: string, attributes?: Record<string, number | number[]>): string => {
    nodes.push(node(operator, inputs, output, attributes));
    return output;
  };
  const conv = ({ name, inputs, outputs, kernel, stride }: Layer, x: string): string => {
    const [pad, dims] = [Math.floor(kernel / 2), [outputs, inputs, kernel, kernel]];
    const parameters = [x, held(`${name}.weight`, dims), held(`${name}.bias`, [outputs])];
    return add('Conv', parameters, name, { kernel_shape: [kernel, kernel], strides: [stride, stride], pads: [pad, pad, pad, pad] });
  };

  let x = add('Relu', [conv(network.stem, 'image')], 'stem');
  x = add('MaxPool', [x], 'pooled', { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] });
  for (const { name, residual, projection } of network.blocks) {
    const identity = projection ? conv(projection, x) : x;
    residual.forEach((layer, i) => (x = conv(layer, i > 0 ? add('Relu', [x], `${layer.name}.x`) : x)));
    x = add('Relu', [add('Add', [x, identity], `${name}.sum`)], name);
  }
  x = add('Flatten', [add('GlobalAveragePool', [x], 'average')], 'features', { axis: 1 });
  const { classes, features } = network;
  add('Gemm', [x, held('fc.weight', [classes, features]), held('fc.bias', [classes])], 'logits', { transB: 1 });

  const graph = message(
    ...nodes.map((item) => block(1, item)),
    block(2, 'resnet'),
    ...weights.map((item) => block(5, item)),
    block(11, value('image', [1, network.stem.inputs, side, side])),
    block(12, value('logits', [1, classes])),
  );
  return join(message(int(1, 8), block(7, graph), block(8, message(block(1, ''), int(2, 17)))));
}

function join(pieces: Pieces): Uint8Array<ArrayBuffer> {
  const joined = new Uint8Array(length(pieces));
  let at = 0;
  for (const piece of pieces) {
    joined.set(piece, at);
    at += piece.length;
  }
  return joined;
}
