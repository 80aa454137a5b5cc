/** The lab's binary: one, which every browser with SIMD runs. What trains for minutes is the page's business; here it answers one question. */
import * as lab from '../../../src/lab/pkg/simd128/lab';
import type { Module } from '../../../src/lab/flavour';

export type { Module };

export const built = true;

export async function instantiate(): Promise<Module> {
  await lab.default({ module_or_path: new URL('./lab.wasm', import.meta.url).href });
  return lab;
}
