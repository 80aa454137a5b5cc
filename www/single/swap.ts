/** Modules of this folder in the place of those that look for files on a server. */
import { join } from 'node:path';
import type { Plugin } from 'vite';

const www = join(import.meta.dirname, '..');
const source = (path: string) => join(www, 'src', path);
const here = (path: string) => join(www, 'single', path);

/** By the module, and by what is asked of it after the `?`. */
export const PAGE: Record<string, string> = {
  [source('site.ts')]: here('page/site.ts'),
  [source('engine/vite/scripts.ts')]: here('page/scripts.ts'),
  [source('engine/vite/binaries.ts')]: here('page/binaries.ts'),
  [source('engine/handed.ts')]: here('page/handed.ts'),
  [source('engine/start-worker.ts')]: here('page/start-worker.ts'),
  [source('lab/flavour.ts')]: here('page/lab-built.ts'),
  [`${source('lab/worker.ts')}?worker&url`]: here('page/lab-script.ts'),
  [`${source('foreign/worker.ts')}?worker&url`]: here('page/reader-script.ts'),
  [source('lessons/index.ts')]: source('lessons/small.ts'),
  [source('bench/run.ts')]: here('page/bench.ts'),
};

export const WORKER: Record<string, string> = {
  [source('engine/vite/glue.ts')]: here('worker/glue.ts'),
  [source('lab/flavour.ts')]: here('worker/lab.ts'),
  [`${source('foreign/pkg/foreign_bg.wasm')}?url`]: here('worker/binary.ts'),
};

export function swap(modules: Record<string, string>): Plugin {
  return {
    name: 'skipscope:swap',
    enforce: 'pre',
    async resolveId(id, importer) {
      const [path, query] = id.split(/(?=\?)/) as [string, string | undefined];
      const found = await this.resolve(path, importer, { skipSelf: true });
      return found && modules[found.id + (query ?? '')];
    },
    // Where wasm-bindgen's JavaScript would look by itself: Vite would take the binary in for it, and nobody asks.
    transform: { filter: { id: /\/pkg\/.*\.js$/ }, handler: (code) => code.replace(/new URL\('[^']+_bg\.wasm', import\.meta\.url\)/, 'undefined') },
  };
}
