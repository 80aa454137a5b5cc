/**
 * Colour tables. Zero is the paper in both themes: near-white in the light one, near-black in the dark one, so that "nothing
 * here" never glares.
 */
import { rgb } from 'd3-color';
import { interpolateLab, piecewise } from 'd3-interpolate';
import { schemeBlues, schemeOranges, schemePRGn, schemePurples, schemeRdBu } from 'd3-scale-chromatic';

/** Entries of RGBA, one byte each. Diverging: first is -limit, middle is zero, last is +limit. Sequential: 0 to limit. */
export type Table = Uint8ClampedArray<ArrayBuffer>;
/** Odd, so that zero has an entry of its own. */
export const ENTRIES = 255;

const DAY = '#f7f7f5';
const NIGHT = '#16191d';
const day = piecewise(
  interpolateLab,
  [...schemeRdBu[11]!].reverse().map((color, i) => (i === 5 ? DAY : color)),
);
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

/** All are told apart with any of the usual colour vision deficiencies; grey also without any colour. */
export const COLOURS = [
  { id: null, title: 'blue–red' },
  { id: 'orange', title: 'blue–orange, cividis' },
  { id: 'green', title: 'purple–green, viridis' },
  { id: 'grey', title: 'grey' },
] as const;

const lab = (colors: readonly string[]) => table(piecewise(interpolateLab, [...colors]));
/** Two of Brewer's sequential schemes back to back, with the paper between them. */
const apart = (below: readonly string[], paper: string, above: readonly string[]) => lab([...[...below].reverse(), paper, ...above]);
const backwards = (colors: readonly string[]) => [...colors].reverse();

// From dark to bright; for the light theme the other way round, so that zero is the paper there too.
const CIVIDIS = ['#123570', '#3b496c', '#575d6d', '#707173', '#8a8678', '#a59c74', '#c3b369', '#e1cc55', '#fee838'];
const VIRIDIS = ['#443983', '#31688e', '#21918c', '#35b779', '#90d743', '#fde725'];

export const LIGHT: Palette = {
  diverging: table(day),
  sequential: lab([DAY, ...schemePurples[9]!.slice(2)]),
};

export const DARK: Palette = {
  diverging: table(night),
  sequential: lab([NIGHT, '#3a2d60', '#6a53ad', '#a48de0', '#efe9ff']),
};

type Id = (typeof COLOURS)[number]['id'];
const makers: Record<Exclude<Id, null>, (dark: boolean) => Palette> = {
  orange: (dark) => ({
    diverging: dark
      ? apart(['#24496f', '#3d7cbd', '#7fb8f0', '#d9efff'], NIGHT, ['#6b4310', '#b8761a', '#f2ab45', '#ffe9c4'])
      : apart(schemeBlues[9]!.slice(2), DAY, schemeOranges[9]!.slice(2)),
    sequential: dark ? lab([NIGHT, ...CIVIDIS]) : lab([DAY, ...backwards(CIVIDIS)]),
  }),
  green: (dark) => ({
    diverging: dark
      ? apart(['#47285f', '#7d4ea6', '#b98fd9', '#efdcff'], NIGHT, ['#1d4d2b', '#2f8a4c', '#7cc98a', '#dcf7df'])
      : lab([...schemePRGn[11]!.slice(0, 5), DAY, ...schemePRGn[11]!.slice(6)]),
    sequential: dark ? lab([NIGHT, ...VIRIDIS]) : lab([DAY, ...backwards(VIRIDIS)]),
  }),
  // Without colour there is only darker and lighter: zero of signed values is the grey between.
  grey: (dark) => ({ diverging: lab(['#000000', '#808080', '#ffffff']), sequential: dark ? lab([NIGHT, '#ffffff']) : lab([DAY, '#000000']) }),
};
const made = new Map<string, Palette>();

/** The colour maps of that name, or the usual ones. */
export function paletteOf(colours: string | null, dark: boolean): Palette {
  if (colours === null || !Object.hasOwn(makers, colours)) return dark ? DARK : LIGHT;
  const key = `${colours} ${dark}`;
  let palette = made.get(key);
  if (!palette) made.set(key, (palette = makers[colours as Exclude<Id, null>](dark)));
  return palette;
}

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

/** The table over a picture: the smaller the magnitude, the more shows through. */
export function veiled(colors: Table, sign: 'signed' | 'positive'): Table {
  const out = new Uint8ClampedArray(colors);
  const middle = (ENTRIES - 1) / 2;
  for (let i = 0; i < ENTRIES; i++) out[4 * i + 3] = 255 * Math.sqrt(sign === 'signed' ? Math.abs(i - middle) / middle : i / (ENTRIES - 1));
  return out;
}
