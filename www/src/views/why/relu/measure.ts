/** What is negative in front of a block’s ReLU, with and without the identity branch. */
import type { BlockDetail, BlockInfo } from '../../../engine';
import type { Curve } from '../../../render/charts/curves';
import type { ReluPlace } from './place';

/** Shares from 0 to 1. */
export interface Negative {
  /** Of the values. */
  values: number;
  /** Of the sum of their squares. */
  squares: number;
  /** Its mean over the channels, by place: 0 and less. */
  map: Float32Array;
}

export interface BlockLoss {
  name: string;
  width: number;
  height: number;
  /** Of x + F(x); null in a plain net. */
  sum: Negative | null;
  /** Of F(x) alone, on the same x. */
  alone: Negative;
  /** Of x, what lies where the sum is negative: there the output is 0, whatever x was. Null where x itself does not come to the sum. */
  identity: { values: number; squares: number } | null;
  /** The magnitude that takes the last colour in both maps. */
  limit: number;
}

const share = (part: number, whole: number): number => (whole > 0 ? part / whole : 0);

/** Of `a x + b F`, both with all their channels; without x: of `b F`. */
function negative(channels: number, places: number, value: (at: number) => number): Negative {
  const map = new Float32Array(places);
  let [count, part, whole] = [0, 0, 0];
  for (let at = 0; at < channels * places; at++) {
    const v = value(at);
    whole += v * v;
    if (v >= 0) continue;
    count++;
    part += v * v;
    map[at % places]! += v / channels;
  }
  return { values: share(count, channels * places), squares: share(part, whole), map };
}

export function lossOf(
  { name, shortcut }: Pick<BlockInfo, 'name' | 'shortcut'>,
  { identity, residual, scales }: Pick<BlockDetail, 'identity' | 'residual' | 'scales'>,
): BlockLoss {
  const { channels, width, height, data: f } = residual;
  const x = identity?.data;
  const of = (value: (at: number) => number) => negative(channels, width * height, value);
  // As the engine adds: in single precision.
  const sumAt = (at: number) => Math.fround(scales.identity * x![at]! + scales.residual * f[at]!);
  const sum = x ? of(sumAt) : null;
  const alone = of((at) => scales.residual * f[at]!);
  const limit = [sum, alone].flatMap((one) => (one ? [...one.map] : [])).reduce((most, v) => Math.max(most, -v), 0);
  return { name, width, height, sum, alone, identity: x && shortcut !== 'projection' ? lost(x, sumAt) : null, limit };
}

/** Of x, what is not in the output since the sum was negative there. */
function lost(x: Float32Array, sumAt: (at: number) => number): { values: number; squares: number } {
  let [count, there, part, whole] = [0, 0, 0, 0];
  for (let at = 0; at < x.length; at++) {
    if (x[at] === 0) continue;
    const square = x[at]! ** 2;
    there++;
    whole += square;
    if (sumAt(at) >= 0) continue;
    count++;
    part += square;
  }
  return { values: share(count, there), squares: share(part, whole) };
}

export function curvesOf(blocks: BlockLoss[], counted: ReluPlace['counted']): Curve[] {
  const curve = (name: string, label: string, colour: string, dashed: boolean, of: (block: BlockLoss) => number | undefined): Curve => ({
    name,
    label,
    colour,
    dashed,
    points: blocks.map((block, index) => ({ x: index + 1, y: of(block) ?? null })),
  });
  const residual = blocks.some(({ sum }) => sum);
  const alone = curve(residual ? 'F(x) alone' : 'F(x)', residual ? 'F(x) alone' : 'F(x)', 'var(--res)', residual, ({ alone: one }) => one[counted]);
  if (!residual) return [alone];
  return [
    curve('x + F(x)', 'x + F(x)', 'var(--ink)', false, ({ sum }) => sum?.[counted]),
    alone,
    curve('of x lost', 'of x lost', 'var(--id)', false, ({ identity }) => identity?.[counted]),
  ];
}

export interface Range {
  low: { name: string; share: number };
  high: { name: string; share: number };
}

/** Where the least and where the most is lost. */
export function rangeOf(blocks: BlockLoss[], of: (block: BlockLoss) => number | undefined): Range | null {
  const all = blocks.flatMap((block) => {
    const found = of(block);
    return found === undefined ? [] : [{ name: block.name, share: found }];
  });
  if (all.length === 0) return null;
  const most = (sign: number) => all.reduce((best, one) => (sign * one.share > sign * best.share ? one : best));
  return { low: most(-1), high: most(1) };
}
