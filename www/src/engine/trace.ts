/** Taking what a view needs out of a trace, while it still lives in the engine's memory. */
import type { Network, Trace } from './pkg/simd128/skipscope';
import type { BlockDetail, Branch, ModelInfo, Prediction, Scales } from './types';

/** One of each branch of a block; a plain net's has no identity. */
export function takeBranches<T>(of: (branch: Branch) => T | undefined): Record<Exclude<Branch, 'identity'>, T> & { identity: T | null } {
  const need = (branch: Branch): T => {
    const found = of(branch);
    if (!found) throw new Error(`the engine recorded no ${branch} branch`);
    return found;
  };
  return { identity: of('identity') ?? null, residual: need('residual'), sum: need('sum'), output: need('output') };
}

/** The kept block whole; null where the run has not come by it. */
export function takeDetail(
  trace: Pick<Trace, 'tensor' | 'steps'>,
  network: Pick<Network, 'class_weights'>,
  model: ModelInfo,
  block: number,
  scales: Scales,
  top: Prediction[],
): BlockDetail | null {
  const residual = trace.tensor('residual');
  const output = trace.tensor('output');
  if (!residual || !output) return null;
  // The classifier reads the last block's channels; all blocks of its stage write to the same ones. After pre-activation blocks it
  // may read what a last batch norm made of them.
  const last = model.blocks.at(-1)!;
  const read = last.relu && model.blocks[block]!.stage === last.stage;
  return {
    block,
    scales,
    identity: trace.tensor('identity') ?? null,
    residual,
    output,
    steps: trace.steps,
    classWeights: read ? top.map(({ index }) => ({ index, weights: network.class_weights(index) })) : null,
  };
}

/** The scales of every block, as the engine takes them; undefined for the intact net. And the first block that is not intact. */
export function scalesArray(model: ModelInfo, lesion: Record<string, Scales>): { scales: Float32Array | undefined; first: number } {
  const first = model.blocks.findIndex(({ name }) => lesion[name]);
  if (first < 0) return { scales: undefined, first: model.blocks.length };
  const scales = new Float32Array(2 * model.blocks.length).fill(1);
  model.blocks.forEach(({ name }, block) => {
    const own = lesion[name];
    if (own) scales.set([own.identity, own.residual], 2 * block);
  });
  return { scales, first };
}

/** Half the sum of all differences: the total variation between two distributions, 0 to 1. */
export function distance(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += Math.abs(a[i]! - b[i]!);
  return sum / 2;
}
