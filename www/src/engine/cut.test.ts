import { beforeAll, expect, it } from 'vitest';
import { cutOut } from './cut';
import type { Network } from './pkg/simd128/skipscope';
import type { Crop } from './types';
import { loadNetwork, noise } from './testing/wasm-in-node';

let network: Network;
beforeAll(() => void (network = loadNetwork()));

/** What the network sees, and where. */
function seen(image: ImageData, crop: Crop): { pixels: Uint8ClampedArray; crop: Crop } {
  network.look(image, crop);
  return { pixels: network.input.data, crop: network.crop };
}

const same = (a: Uint8ClampedArray, b: Uint8ClampedArray) => Buffer.from(a.buffer).equals(Buffer.from(b.buffer));

const CROPS: [string, number, number, Crop][] = [
  ['in the middle, enlarged', 300, 200, { left: 101.3, top: 57.8, side: 20.4 }],
  ['in the middle, reduced', 300, 200, { left: 50.5, top: 20.25, side: 130.125 }],
  ['at the left upper corner', 300, 200, { left: 0, top: 0, side: 77 }],
  ['at the right lower corner', 300, 200, { left: 300 - 77.7, top: 200 - 77.7, side: 77.7 }],
  ['of exactly the network’s size: nothing is resampled', 300, 200, { left: 40, top: 30, side: 32 }],
  ['of its size, between the pixels', 300, 200, { left: 40.5, top: 30.5, side: 32 }],
  ['of one pixel', 300, 200, { left: 299, top: 199, side: 1 }],
  ['as large as it gets', 300, 200, { left: 33, top: 0, side: 200 }],
  ['of a narrow picture', 9, 2000, { left: 0.5, top: 1500.7, side: 8 }],
  ['reaching out of the picture', 300, 200, { left: 290, top: -20, side: 50 }],
  ['that is none', 300, 200, { left: NaN, top: 0, side: Infinity }],
];

it.each(CROPS)('a crop %s is to the bit what it is of the whole picture', (_, width, height, crop) => {
  const image = noise(width, height);
  const part = cutOut(image, crop, network.card.input_side);
  const [whole, cut] = [seen(image, crop), seen(part.image, part.crop)];
  expect(same(cut.pixels, whole.pixels)).toBe(true);
  expect(cut.crop.left + part.left).toBeCloseTo(whole.crop.left, 9);
  expect(cut.crop.top + part.top).toBeCloseTo(whole.crop.top, 9);
  expect(cut.crop.side).toBe(whole.crop.side);
});

it('hundreds of crops of any size, anywhere', () => {
  const image = noise(157, 211, 7);
  let state = 3;
  const random = () => (state = (state * 48271) % 2147483647) / 2147483647;
  let smaller = 0;
  for (let i = 0; i < 400; i++) {
    const side = 1 + random() ** 2 * 156;
    const crop = { left: random() * (157 - side), top: random() * (211 - side), side };
    const part = cutOut(image, crop, network.card.input_side);
    smaller += Number(part.image !== image);
    expect(same(seen(part.image, part.crop).pixels, seen(image, crop).pixels), JSON.stringify(crop)).toBe(true);
  }
  expect(smaller).toBeGreaterThan(300);
});

it('a small crop of a large picture is a small copy', () => {
  const { image } = cutOut(noise(2000, 1500), { left: 700, top: 600, side: 64 }, 32);
  expect(image.width).toBeLessThanOrEqual(64 + 6);
  expect(image.height).toBeLessThanOrEqual(64 + 6);
});
