/** Which of the lab's binaries runs here. It trains on one thread, so none shares its memory. */
import { relaxedSimd, simd } from 'wasm-feature-detect';

// Only what pkg-scripts/wasm has put there is offered.
const modules = import.meta.glob<typeof import('./pkg/simd128/lab')>('./pkg/*/lab.js');
const binaries = import.meta.glob<string>('./pkg/*/lab_bg.wasm', { query: '?url', import: 'default', eager: true });

/** Best first. */
const FLAVOURS = [
  { name: 'relaxed', supported: relaxedSimd },
  { name: 'simd128', supported: simd },
];

export type Module = Omit<typeof import('./pkg/simd128/lab'), 'default' | 'initSync'>;

/** Whether there is a lab at all. */
export const built = Object.keys(modules).length > 0;

export async function instantiate(): Promise<Module> {
  for (const { name, supported } of FLAVOURS) {
    const load = modules[`./pkg/${name}/lab.js`];
    const url = binaries[`./pkg/${name}/lab_bg.wasm`];
    if (!load || !url || !(await supported())) continue;
    const module = await load();
    await module.default({ module_or_path: new URL(url, import.meta.url).href });
    return module;
  }
  throw new Error('This browser does not run the lab: it lacks WebAssembly SIMD. A current one has it.');
}
