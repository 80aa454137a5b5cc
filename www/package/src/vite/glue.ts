/** The binaries' own JavaScript: wasm-bindgen writes the same for all flavours without threads, and for both with (build.mjs looks). */
import type { Glue } from '../../../src/engine/instance';
import * as alone from '../../../src/engine/pkg/simd128/skipscope';
import * as threaded from '../../../src/engine/pkg/threads/skipscope';

export function glueOf(flavour: string): Promise<Glue> {
  return Promise.resolve(flavour.startsWith('threads') ? threaded : alone);
}
