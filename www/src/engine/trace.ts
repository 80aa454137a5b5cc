/** Taking what a view needs out of a trace, while it still lives in the engine's memory. */
import type { Branch, Channel, Maps, WasmTrace } from './types';

export function takeMaps(map: (branch: Branch) => Float32Array | undefined): Maps {
  const need = (branch: Branch): Float32Array => {
    const values = map(branch);
    if (!values) throw new Error(`the engine recorded no ${branch} branch`);
    return values;
  };
  return { identity: map('identity') ?? null, residual: need('residual'), sum: need('sum'), output: need('output') };
}

/** The kept block's channels where F(x) is strongest, strongest first. */
export function strongest(trace: Pick<WasmTrace, 'channel_energy' | 'map'>, count: number): Channel[] {
  const energy = trace.channel_energy;
  return order(energy)
    .slice(0, count)
    .map((index) => ({ index, energy: energy[index]!, ...takeMaps((branch) => trace.map(branch, index)) }));
}

/** Indices by falling value; equal values keep their order. */
export function order(values: Float32Array): number[] {
  return Array.from(values.keys()).sort((a, b) => values[b]! - values[a]!);
}
