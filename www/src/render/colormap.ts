/**
 * Colour tables. Zero is the paper in both themes: near-white in the light one, near-black in the dark one, so that "nothing
 * here" never glares.
 */
import { rgb } from 'd3-color';
import { interpolateLab, piecewise } from 'd3-interpolate';
import { schemePurples, schemeRdBu } from 'd3-scale-chromatic';

/** Entries of RGBA, one byte each. Diverging: first is -limit, middle is zero, last is +limit. Sequential: 0 to limit. */
export type Table = Uint8ClampedArray<ArrayBuffer>;
/** Odd, so that zero has an entry of its own. */
export const ENTRIES = 255;

const DAY = '#f7f7f5';
const NIGHT = '#16191d';
const day = piecewise(interpolateLab, [...schemeRdBu[11]!].reverse().map((color, i) => (i === 5 ? DAY : color)));
const night = piecewise(interpolateLab, ['#d9efff', '#7fb8f0', '#3d7cbd', '#24496f', NIGHT, '#6b3322', '#bf5535', '#f0916f', '#ffe2d4']);

function table(color: (t: number) => string): Table {
  const out = new Uint8ClampedArray(4 * ENTRIES);
  for (let i = 0; i < ENTRIES; i++) {
    const { r, g, b } = rgb(color(i / (ENTRIES - 1)));
    out.set([r, g, b, 255], 4 * i);
  }
  return out;
}

export interface Palette {
  diverging: Table;
  sequential: Table;
}

export const LIGHT: Palette = {
  diverging: table(day),
  sequential: table(piecewise(interpolateLab, [DAY, ...schemePurples[9]!.slice(2)])),
};

export const DARK: Palette = {
  diverging: table(night),
  sequential: table(piecewise(interpolateLab, [NIGHT, '#3a2d60', '#6a53ad', '#a48de0', '#efe9ff'])),
};

/** The table as a CSS gradient, for legends. */
export function gradient(colors: Table): string {
  const stops = [];
  for (let i = 0; i < ENTRIES; i += 16) stops.push(css(colors, i));
  stops.push(css(colors, ENTRIES - 1));
  return `linear-gradient(90deg, ${stops.join(', ')})`;
}

function css(colors: Table, entry: number): string {
  return `rgb(${colors.slice(4 * entry, 4 * entry + 3).join(' ')})`;
}
