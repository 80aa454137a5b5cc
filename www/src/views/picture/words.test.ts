import { expect, it } from 'vitest';
import { sawWhat } from './words';

const seen = (width: number, height: number, side: number, crop: [number, number, number], which: Parameters<typeof sawWhat>[1] = 'centre') =>
  sawWhat({ picture: { id: 1, name: '', width, height }, input: { width: side }, crop: { left: crop[0], top: crop[1], side: crop[2] } }, which).replaceAll(
    '\u00a0',
    ' ',
  );

it.each([
  [seen(32, 32, 32, [0, 0, 32]), 'Exactly the 32 × 32 pixels the network takes.'],
  [seen(512, 512, 32, [0, 0, 512]), 'The network saw 512 × 512, reduced to 32 × 32 pixels: most of a photo’s detail is gone.'],
  [seen(1, 1, 32, [0, 0, 1]), 'The network saw 1 × 1, enlarged to 32 × 32 pixels.'],
  [seen(451, 300, 224, [94, 18.75, 262.5]), 'The network saw the central 263 × 263 of 451 × 300, reduced to 224 × 224 pixels.'],
  [seen(451, 300, 224, [0, 0, 100], 'chosen'), 'The network saw a square of 100 × 100 of 451 × 300, enlarged to 224 × 224 pixels.'],
  [seen(512, 512, 224, [0, 0, 512], 'below'), 'The network saw the square below of 512 × 512, reduced to 224 × 224 pixels.'],
])('%s', (text, expected) => {
  expect(text).toBe(expected);
});
