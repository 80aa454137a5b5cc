import type { WasmBenchModule } from '../types';
import type { Library } from './engine';

// Only what pkg-scripts/wasm has put there.
const built = import.meta.glob<WasmBenchModule>('../pkg/candle/candle.js');

export async function start(): Promise<Library> {
  const load = built['../pkg/candle/candle.js'];
  if (!load || !__CANDLE_VERSION__) throw new Error('candle was not built: pkg-scripts/build candle does it');
  const module = await load();
  await module.default();
  return {
    version: __CANDLE_VERSION__,
    threads: 1,
    load: async ({ network: name, side, tensors, chw }) => {
      const network = module.Bench.build(name, side, tensors);
      return { run: () => network.run(chw) };
    },
  };
}
