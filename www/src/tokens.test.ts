/** The page's colours: readable on paper and cards, and told apart by everybody. */
import { readFileSync } from 'node:fs';
import { lab, rgb } from 'd3-color';
import { describe, expect, it } from 'vitest';

const css = readFileSync(`${import.meta.dirname}/tokens.css`, 'utf8');
const themes = Object.fromEntries(
  // Those of the page itself: forced colours, further in, are the system’s.
  [...css.matchAll(/^(:root[^{]*)\{([^}]*)\}/gm)].map(([, selector, body]) => [
    selector!.includes('dark') ? 'dark' : 'light',
    Object.fromEntries([...body!.matchAll(/--([a-z0-9-]+): (#[0-9a-f]{6});/g)].map(([, name, value]) => [name!, value!])),
  ]),
);

const linear = (byte: number) => (byte / 255 <= 0.04045 ? byte / 255 / 12.92 : ((byte / 255 + 0.055) / 1.055) ** 2.4);
const gamma = (value: number) => 255 * (value <= 0.0031308 ? 12.92 * value : 1.055 * Math.max(0, value) ** (1 / 2.4) - 0.055);
function luminance(colour: string): number {
  const { r, g, b } = rgb(colour);
  return 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
}
function contrast(a: string, b: string): number {
  const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (light! + 0.05) / (dark! + 0.05);
}

/** Machado et al. 2009, complete deficiencies, on linear light. */
const EYES: Record<string, number[][] | null> = {
  usual: null,
  protan: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deutan: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritan: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};
function seen(colour: string, eye: number[][] | null) {
  const { r, g, b } = rgb(colour);
  if (!eye) return lab(colour);
  const [x, y, z] = eye.map((row) => gamma(row[0]! * linear(r) + row[1]! * linear(g) + row[2]! * linear(b)));
  return lab(rgb(x!, y!, z!));
}
function distance(a: string, b: string, eye: number[][] | null): number {
  const [p, q] = [seen(a, eye), seen(b, eye)];
  return Math.hypot(p.l - q.l, p.a - q.a, p.b - q.b);
}

const FAMILIES = {
  branches: ['id', 'res', 'out'],
  'branches’ bars': ['id-bar', 'res-bar'],
  signs: ['negative', 'positive'],
  engines: ['engine-skipscope', 'engine-onnxruntime-web', 'engine-tfjs-wasm', 'engine-candle'],
  algorithms: ['algorithm-winograd', 'algorithm-strassen', 'algorithm-gemm', 'algorithm-pooling'],
};

it('both themes name the same colours', () => {
  expect(Object.keys(themes['dark']!).sort()).toEqual(Object.keys(themes['light']!).sort());
});

describe.each(Object.entries(themes))('%s', (_, colours) => {
  it.each(['ink', 'mute', 'id', 'res', 'out', 'sum', 'alert'])('%s is read on paper and on cards', (name) => {
    for (const ground of ['bg', 'card']) expect(contrast(colours[name]!, colours[ground]!), ground).toBeGreaterThanOrEqual(4.5);
  });
  it.each([...FAMILIES['branches’ bars'], ...FAMILIES.signs, ...FAMILIES.engines, ...FAMILIES.algorithms, 'focus', 'progress'])(
    '%s is seen on paper',
    (name) => {
      expect(contrast(colours[name]!, colours['bg']!)).toBeGreaterThanOrEqual(3);
    },
  );
  it.each(Object.entries(FAMILIES).flatMap(([family, names]) => Object.keys(EYES).map((eye) => [family, eye, names] as const)))(
    '%s are told apart by %s eyes',
    (_, eye, names) => {
      for (const [i, a] of names.entries())
        for (const b of names.slice(i + 1)) expect(distance(colours[a]!, colours[b]!, EYES[eye]!), `${a} and ${b}`).toBeGreaterThanOrEqual(15);
    },
  );
});
