import { expect, it } from 'vitest';
import { atlasSize, drawAtlas, spans } from './atlas';
import { ENTRIES, LIGHT } from './colormap';
import { entryOf } from './paint';

const colors = new Uint32Array(LIGHT.diverging.buffer);
const layout = { columns: 2, rows: 2, cell: 4, gap: 1 };
const draw = (maps: number[][], width: number, height: number, cell = 4, limit = 1) =>
  new Uint32Array(
    drawAtlas(
      maps.map((values) => ({ values: Float32Array.from(values), limit })),
      width,
      height,
      { ...layout, cell },
      'signed',
      LIGHT.diverging,
    ).buffer,
  );

it('an atlas is its cells and the space between them', () => {
  expect(atlasSize(layout)).toEqual([9, 9]);
  expect(draw([[0]], 1, 1)).toHaveLength(81);
});

it('every value fills its part of its cell; what no map covers is transparent', () => {
  const pixels = draw(
    [
      [-1, -0.5, 0.5, 1],
      [0, 0, 0, 0],
      [1, 1, 1, 1],
    ],
    2,
    2,
  );
  const at = (x: number, y: number) => pixels[9 * y + x];
  const color = (value: number) => colors[entryOf(value, 1, 'signed')];
  expect([at(0, 0), at(1, 1), at(2, 0), at(3, 1), at(0, 2), at(3, 3)]).toEqual([-1, -1, -0.5, -0.5, 0.5, 1].map(color));
  expect([at(5, 0), at(8, 3)]).toEqual([color(0), color(0)]);
  expect([at(0, 5), at(3, 8)]).toEqual([color(1), color(1)]);
  expect([at(4, 0), at(0, 4), at(4, 4), at(5, 5), at(8, 8)]).toEqual([0, 0, 0, 0, 0]);
});

it('draws as entryOf says, zeros and NaN too', () => {
  const values = Array.from({ length: 16 }, (_, i) => (i - 7.6) / 6);
  expect([...draw([values], 4, 4)].filter((pixel) => pixel)).toEqual(values.map((value) => colors[entryOf(value, 1, 'signed')]));
  expect(draw([[0]], 1, 1, 4, 0)[0]).toBe(colors[(ENTRIES - 1) / 2]);
  expect(draw([[NaN]], 1, 1)[0]).toBe(colors[(ENTRIES - 1) / 2]);
});

it('where values outnumber pixels a pixel is the mean of those it covers', () => {
  const pixels = draw([[1, 0, -1, -1, 0, 1, -1, -1, 0, 0, 0, 0, 0, 0, 0, 0]], 4, 4, 2);
  expect([pixels[0], pixels[1]]).toEqual([colors[entryOf(0.5, 1, 'signed')], colors[entryOf(-1, 1, 'signed')]]);
  const { from, to } = spans(56, 44);
  expect([from[0], to[43]]).toEqual([0, 56]);
  for (let i = 1; i < 44; i++) expect(from[i]!).toBeLessThanOrEqual(to[i - 1]!); // none is left out
});
