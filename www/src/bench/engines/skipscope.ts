import { instantiate } from '../../engine/flavour';
import { median, middleMean } from '../statistics';
import type { LayerTimes, WasmBench, WasmBenchModule } from '../types';
import type { Library, Loaded, Setup } from './engine';

export interface Own extends Loaded {
  network: WasmBench;
}

export async function start(flavour: string, threads: number): Promise<Library & { load(setup: Setup): Promise<Own> }> {
  const { module, memory } = await instantiate(flavour, threads);
  const { Bench } = module as unknown as WasmBenchModule;
  return {
    version: __VERSION__,
    bytes: memory && (() => memory.buffer.byteLength),
    load: async ({ network: name, side, tensors, hwc }) => {
      const network = Bench.build(name, side, tensors);
      return { network, run: () => network.run(hwc) };
    },
  };
}

const RUNS = 24;

/** Where the time goes. `measurePeak` is asked before every run. */
export async function timeLayers(
  { network }: Own,
  { hwc }: Setup,
  measurePeak: () => Promise<number>,
): Promise<Pick<LayerTimes, 'peak_gmac_s' | 'layers'>> {
  const runs: Float64Array[] = [];
  const peaks: number[] = [];
  for (let i = 0; i < RUNS; i++) {
    peaks.push(await measurePeak());
    runs.push(network.time(hwc, () => performance.now()));
  }
  const peak = median(peaks);
  const layers = network.layers().map((step, i) => {
    const ms = middleMean(runs.map((times) => times[i + 1]! - times[i]!));
    return { ...step, ms, peak_share: ms > 0 ? step.macs / (ms * 1e6 * peak) : 0 };
  });
  return { peak_gmac_s: peak, layers };
}
