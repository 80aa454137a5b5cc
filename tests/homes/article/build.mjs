import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { copyFiles } from '../files.mjs';

/** Nothing is built. */
export async function build(to, from) {
  cpSync(join(from, 'index.html'), join(to, 'index.html'));
  copyFiles(join(to, 'skipscope'), /\.(js|wasm|gguf)$/);
}
