import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { copyFiles } from '../files.mjs';

/** Nothing is built: the package's files lie there, and the page says where. */
export async function build(to, from) {
  cpSync(join(from, 'index.html'), join(to, 'index.html'));
  cpSync(join(from, '../app.js'), join(to, 'app.js'));
  copyFiles(join(to, 'skipscope'), /\.(js|wasm|gguf)$/);
}
