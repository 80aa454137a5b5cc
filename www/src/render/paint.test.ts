import { describe, expect, it } from 'vitest';
import { COLOURS, DARK, ENTRIES, LIGHT, paletteOf, type Table } from './colormap';
import { colorize, entryOf } from './paint';

const luminance = (table: Table, entry: number) => {
  const [r, g, b] = table.slice(4 * entry, 4 * entry + 3);
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
};
const MIDDLE = (ENTRIES - 1) / 2;

describe('colour tables', () => {
  it('zero is near-white in the light theme and near-black in the dark one', () => {
    expect(luminance(LIGHT.diverging, MIDDLE)).toBeGreaterThan(240);
    expect(luminance(LIGHT.sequential, 0)).toBeGreaterThan(240);
    expect(luminance(DARK.diverging, MIDDLE)).toBeLessThan(30);
    expect(luminance(DARK.sequential, 0)).toBeLessThan(30);
  });

  it.each([LIGHT, DARK])('negative is blue, positive is red', ({ diverging }) => {
    const [r, , b] = diverging.slice(4 * Math.round(0.25 * ENTRIES));
    expect(b).toBeGreaterThan(r!);
    const [R, , B] = diverging.slice(4 * Math.round(0.75 * ENTRIES));
    expect(R).toBeGreaterThan(B!);
  });

  it('the dark tables rise from zero outwards, the light ones fall', () => {
    for (let i = MIDDLE + 8; i < ENTRIES; i += 8) {
      expect(luminance(DARK.diverging, i)).toBeGreaterThan(luminance(DARK.diverging, i - 8));
      expect(luminance(LIGHT.diverging, i)).toBeLessThan(luminance(LIGHT.diverging, i - 8));
    }
  });
});

describe.each(COLOURS)('$title', ({ id }) => {
  it.each([false, true])('zero is the paper, also in the dark: %s', (dark) => {
    const { diverging, sequential } = paletteOf(id, dark);
    const paper = dark ? DARK : LIGHT;
    expect(sequential.slice(0, 3)).toEqual(paper.sequential.slice(0, 3));
    if (id !== 'grey') expect(diverging.slice(4 * MIDDLE, 4 * MIDDLE + 3)).toEqual(paper.diverging.slice(4 * MIDDLE, 4 * MIDDLE + 3));
  });

  it.each([false, true])('outputs go one way from dark to light, also in the dark: %s', (dark) => {
    const { sequential } = paletteOf(id, dark);
    for (let i = 8; i < ENTRIES; i += 8) {
      const step = luminance(sequential, i) - luminance(sequential, i - 8);
      expect(dark ? step : -step).toBeGreaterThan(0);
    }
  });
});

it('a name that is none is the usual palette', () => {
  expect([paletteOf('constructor', false), paletteOf('blue', true), paletteOf(null, true)]).toEqual([LIGHT, DARK, DARK]);
});

describe('entryOf', () => {
  it('puts zero in the middle, the limits at the ends, and cuts off beyond', () => {
    expect([-2, -1, 0, 1, 2].map((v) => entryOf(v, 1, 'signed'))).toEqual([0, 0, MIDDLE, ENTRIES - 1, ENTRIES - 1]);
    expect([-1, 0, 1, 2].map((v) => entryOf(v, 1, 'positive'))).toEqual([0, 0, ENTRIES - 1, ENTRIES - 1]);
  });

  it('draws a map of zeros, and NaN, as zero', () => {
    expect(entryOf(0, 0, 'signed')).toBe(MIDDLE);
    expect(entryOf(NaN, 1, 'signed')).toBe(MIDDLE);
    expect(entryOf(NaN, 1, 'positive')).toBe(0);
  });
});

it('colorize writes one opaque pixel per value', () => {
  const pixels = colorize(Float32Array.of(-1, 0, 1), 1, 'signed', LIGHT.diverging);
  expect(pixels).toHaveLength(12);
  expect([pixels[3], pixels[7], pixels[11]]).toEqual([255, 255, 255]);
  expect(pixels.slice(4, 8)).toEqual(LIGHT.diverging.slice(4 * MIDDLE, 4 * MIDDLE + 4));
});
