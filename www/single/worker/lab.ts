/** In the place of src/lab/flavour.ts, for the worker. */
import { simd } from 'wasm-feature-detect';
import * as module from '../../src/lab/pkg/simd128/lab';
import binary from './binary';

export type Module = Omit<typeof module, 'default' | 'initSync'>;

export async function instantiate(): Promise<Module> {
  if (!(await simd())) throw new Error('This browser does not run the lab: it lacks WebAssembly SIMD. A current one has it.');
  await module.default({ module_or_path: binary });
  return module;
}
