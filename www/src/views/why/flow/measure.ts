/** What a measurement comes to. */
import type { Curve } from '../../../render/charts/curves';
import type { GradientFlow, Lab, Settings } from '../../../lab';
import type { FlowPlace } from './place';

export interface Measured {
  /** The controls as they were. */
  place: FlowPlace;
  settings: Settings;
  flow: GradientFlow;
  milliseconds: number;
}

export async function measure(lab: Lab, place: FlowPlace, signal: AbortSignal): Promise<Measured> {
  const settings = settingsOf(await lab.defaults(signal), place);
  const began = performance.now();
  const flow = await lab.gradientFlow(settings, signal);
  return { place, settings, flow, milliseconds: performance.now() - began };
}

export function settingsOf(usual: Settings, { depth, skip, norm, start, draw }: FlowPlace): Settings {
  return { ...usual, depth, wiring: skip === 'on' ? 'residual' : 'plain', batchNorm: norm === 'on', initialisation: start, seed: draw };
}

const points = (values: (number | null)[]) => values.map((y, index) => ({ x: index + 1, y }));

export function gradientCurves({ layers }: GradientFlow): Curve[] {
  return [{ name: 'gradient norm', label: '', colour: 'var(--ink)', points: points(layers.map(({ gradient }) => gradient)) }];
}

export function signalCurves({ blocks }: GradientFlow): Curve[] {
  const curve = (name: string, colour: string, values: (number | null)[]): Curve => ({ name, label: name, colour, points: points(values) });
  const all = [
    curve(
      'x',
      'var(--id)',
      blocks.map(({ identity }) => identity),
    ),
    curve(
      'F(x)',
      'var(--res)',
      blocks.map(({ residual }) => residual),
    ),
    curve(
      'output',
      'var(--out)',
      blocks.map(({ output }) => output),
    ),
  ];
  return all.filter((one) => one.points.some(({ y }) => y !== null));
}

export interface Findings {
  /** Gradient norm of the first block's first convolution over the last convolution's: the stem, which sees three channels, left out. */
  towardsFirst: number;
  /** Output rms of the last block over the first block's. */
  growth: number;
  /** The largest gradient norm of all. */
  largest: number;
}

export function findings({ layers, blocks }: GradientFlow): Findings {
  return {
    towardsFirst: layers[1]!.gradient / layers.at(-1)!.gradient,
    growth: blocks.at(-1)!.output / blocks[0]!.output,
    largest: Math.max(...layers.map(({ gradient }) => gradient)),
  };
}

/** A logarithmic axis that always shows 1: how small or large something is, is seen by how far from it. */
export const aroundOne = ([low, high]: [number, number]): [number, number] => [Math.min(low, 0.1), Math.max(high, 10)];
