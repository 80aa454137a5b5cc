import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { copyFiles, here } from '../files.mjs';

/** Nothing is built: Reveal's own files, and the package's. */
export async function build(to, from) {
  cpSync(join(from, 'index.html'), join(to, 'index.html'));
  cpSync(join(here, 'node_modules/reveal.js/dist'), join(to, 'reveal'), { recursive: true });
  copyFiles(join(to, 'skipscope'), /\.(js|wasm|gguf)$/);
}
