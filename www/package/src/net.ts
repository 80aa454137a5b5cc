/** A net as the package hands it out. */
import { EngineError } from '../../src/engine/errors';
import type { Net as EngineNet } from '../../src/engine/net';
import type { Traced as Run } from '../../src/engine/protocol';
import type { BlockDetail, EngineInfo, Lesion as Whole, ModelInfo, Tensor as Map } from '../../src/engine/types';
import type { Classified, Lesion, Net, Picture, RunOptions, Tensor, TracedBlock, TraceOptions, Traced } from './api';
import type { Home } from './home';

export function netOf(net: EngineNet, engine: EngineInfo, home: Home, dispose: () => void): Net {
  const { info } = net;
  const classify = async (picture: Picture, options: RunOptions = {}, under: Lesion = {}): Promise<Classified> =>
    classified(await traced(picture, { ...options, blocks: [] }, under));
  const trace = async (picture: Picture, options: TraceOptions = {}, under: Lesion = {}): Promise<Traced> => {
    const run = await traced(picture, { ...options, blocks: options.blocks ?? info.blocks.map(({ name }) => name) }, under);
    const statistics = Object.fromEntries(info.blocks.map(({ name }, index) => [name, run.statistics[index]!]));
    return { ...classified(run), statistics, blocks: run.details.map((detail) => blockOf(info, detail)) };
  };
  const traced = async (picture: Picture, { lesion = {}, blocks = [], signal, ...options }: TraceOptions, under: Lesion): Promise<Run> => {
    for (const name of blocks) known(info, name);
    const whole = wholeOf(info, { ...under, ...lesion });
    return net.trace(await home.picture(picture, signal), { ...options, lesion: whole, blocks, signal });
  };
  return {
    card: info.card,
    blocks: info.blocks,
    parameters: info.parameters,
    macs: info.macs,
    engine,
    classify: (picture, options) => classify(picture, options),
    trace: (picture, options) => trace(picture, options),
    lesion(lesion) {
      wholeOf(info, lesion); // what is wrong with it is said here
      return {
        lesion,
        classify: (picture, options) => classify(picture, options, lesion),
        trace: (picture, options) => trace(picture, options, lesion),
      };
    },
    dispose,
  };
}

function known({ blocks, card }: ModelInfo, name: string): void {
  if (blocks.some((block) => block.name === name)) return;
  throw new EngineError('argument', `${card.title} has no block “${name}”; its blocks: ${blocks.map((block) => block.name).join(', ')}.`);
}

function wholeOf(info: ModelInfo, lesion: Lesion): Whole {
  return Object.fromEntries(
    Object.entries(lesion).map(([name, { identity = 1, residual = 1 }]) => {
      known(info, name);
      if (!Number.isFinite(identity) || !Number.isFinite(residual)) throw new EngineError('argument', `The lesion of “${name}” is not made of numbers.`);
      return [name, { identity, residual }];
    }),
  );
}

const classified = ({ top, probabilities, crop, milliseconds }: Run): Classified => ({ top, probabilities, crop, milliseconds });

const tensorOf = ({ channels, height, width, data }: Map): Tensor => ({ shape: [channels, height, width], data });

function blockOf({ blocks }: ModelInfo, { block, scales, identity, residual, output }: BlockDetail): TracedBlock {
  const { name, stage, kind, shortcut, relu } = blocks[block]!;
  const { data } = residual;
  const added = identity?.data;
  const sum = Float32Array.from(data, (value, i) => scales.residual * value + (added ? scales.identity * added[i]! : 0));
  return {
    name,
    stage,
    kind,
    shortcut,
    relu,
    scales,
    identity: identity && tensorOf(identity),
    residual: tensorOf(residual),
    sum: { shape: tensorOf(residual).shape, data: sum },
    output: tensorOf(output),
  };
}
