/** NumPy's .npy, format version 1.0: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html */
import type { Tensor } from '../engine';

/** The header ends on a multiple of this, so that the values after it are aligned. */
const ALIGNMENT = 64;

/** One activation as float32, little-endian, C order, shape (1, C, H, W): as PyTorch has it for one picture. */
export function npy({ channels, height, width, data }: Tensor): Uint8Array<ArrayBuffer> {
  if (data.length !== channels * height * width) throw new Error(`${data.length} values are not ${channels} × ${height} × ${width}`);
  const dictionary = `{'descr': '<f4', 'fortran_order': False, 'shape': (1, ${channels}, ${height}, ${width}), }`;
  const before = 10; // magic, version, length
  const length = Math.ceil((before + dictionary.length + 1) / ALIGNMENT) * ALIGNMENT - before;
  const bytes = new Uint8Array(before + length + 4 * data.length);
  const view = new DataView(bytes.buffer);
  bytes.set([0x93, ...ascii('NUMPY'), 1, 0]);
  view.setUint16(8, length, true);
  bytes.set(ascii(dictionary.padEnd(length - 1) + '\n'), before);
  for (let i = 0; i < data.length; i++) view.setFloat32(before + length + 4 * i, data[i]!, true);
  return bytes;
}

function ascii(text: string): number[] {
  return Array.from(text, (character) => character.charCodeAt(0));
}
