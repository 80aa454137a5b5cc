import { binaryOf } from '../../engine/flavour';
import { instantiate } from '../../engine/instance';
import type { Join } from '../../engine/protocol';
import { ACCEPTED, median, middleMean } from '../statistics';
import type { LayerTimes, WasmBench, WasmBenchModule } from '../types';
import type { Library, Loaded, Setup } from './engine';

export interface Own extends Loaded {
  network: WasmBench;
}

/** Resolves when the page has started that many helpers and they are ready. */
export type StartHelpers = (join: Join, count: number) => Promise<void>;

export async function start(flavour: string, threads: number, startHelpers: StartHelpers): Promise<Library & { load(setup: Setup): Promise<Own> }> {
  const instance = await instantiate(flavour, binaryOf(flavour), threads);
  const { module, memory, pool } = instance;
  if (pool) {
    await startHelpers(pool.join, instance.threads - 1);
    pool.build();
  }
  const { Bench } = module as unknown as WasmBenchModule;
  return {
    version: __VERSION__,
    threads: instance.threads,
    bytes: () => memory.buffer.byteLength,
    load: async ({ network: name, side, tensors, hwc }) => {
      const network = Bench.build(name, side, tensors);
      return { network, run: () => network.run(hwc) };
    },
  };
}

/** Undisturbed inferences wanted, and for how long it is tried. */
const RUNS = 20;
const MOST_MS = 15_000;

/** Where the time goes. `measurePeak` is asked around every run, `best` is the best peak that was seen before. */
export async function timeLayers(
  { network }: Own,
  { hwc }: Setup,
  measurePeak: () => Promise<number>,
  best: number,
): Promise<Pick<LayerTimes, 'peak_gmac_s' | 'accepted_runs' | 'layers'>> {
  const runs: { times: Float64Array; peaks: number[] }[] = [];
  const good = () => runs.filter(({ peaks }) => Math.min(...peaks) >= ACCEPTED * best);
  const began = performance.now();
  for (let before = await measurePeak(); good().length < RUNS && (runs.length < 3 || performance.now() - began < MOST_MS);) {
    const times = network.time(hwc, () => performance.now());
    const after = await measurePeak();
    runs.push({ times, peaks: [before, after] });
    best = Math.max(best, before, after);
    before = after;
  }
  const accepted = good();
  const used = accepted.length ? accepted : runs;
  const peak = median(used.flatMap(({ peaks }) => peaks));
  const layers = network.layers().map((step, i) => {
    const ms = middleMean(used.map(({ times }) => times[i + 1]! - times[i]!));
    return { ...step, ms, peak_share: ms > 0 ? step.macs / (ms * 1e6 * peak) : 0 };
  });
  return { peak_gmac_s: peak, accepted_runs: accepted.length, layers };
}
