/** In the place of src/engine/vite/binaries.ts. */
import { dataOf } from './files';

export const binaries: Readonly<Record<string, string>> = { simd128: await dataOf('engine.wasm') };
