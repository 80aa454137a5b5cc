import { instantiate } from '../../engine/flavour';
import { median } from '../statistics';
import type { BlockTimes, WasmBench, WasmBenchModule } from '../types';
import type { Library, Loaded, Setup } from './engine';

export interface Own extends Loaded {
  network: WasmBench;
  /** The part before the first block, for itself. */
  stem(): WasmBench;
}

export async function start(flavour: string, threads: number): Promise<Library & { load(setup: Setup): Promise<Own> }> {
  const { module, memory } = await instantiate(flavour, threads);
  const { Bench } = module as unknown as WasmBenchModule;
  return {
    version: __VERSION__,
    bytes: memory && (() => memory.buffer.byteLength),
    load: async ({ network: name, side, tensors, hwc }) => {
      const network = Bench.build(name, side, tensors);
      return { network, run: () => network.run(hwc), stem: () => Bench.stem(name, side, tensors) };
    },
  };
}

const RUNS = 10;

/** Where the time goes: medians over some traced inferences. */
export function timeBlocks(own: Own, { hwc, description }: Setup): Pick<BlockTimes, 'stem_ms' | 'blocks'> {
  const now = () => performance.now();
  const stem = own.stem();
  const stems: number[] = [];
  const runs: Float64Array[] = [];
  for (let i = -2; i < RUNS; i++) {
    const began = now();
    stem.run(hwc);
    const milliseconds = now() - began;
    const times = own.network.time(hwc, now);
    if (i < 0) continue; // not optimised yet
    stems.push(milliseconds);
    runs.push(times);
  }
  stem.free();
  // The clock was read at the start, then twice in every block.
  const span = (to: number) => median(runs.map((times) => times[to]! - times[to - 1]!));
  const stem_ms = median(stems);
  const blocks = description.blocks.map(({ name }, i) => ({
    name,
    inner_ms: Math.max(0, span(2 * i + 1) - (i === 0 ? stem_ms : 0)),
    last_ms: span(2 * i + 2),
  }));
  return { stem_ms, blocks };
}
