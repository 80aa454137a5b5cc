import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { copyFiles } from '../files.mjs';

/** A sandboxed frame is of no origin: 'self' means nothing there, and its policy names where its files come from. */
export async function build(to, from) {
  for (const file of ['index.html', 'page.js', 'frame.html', 'frame.js']) cpSync(join(from, file), join(to, file));
  copyFiles(join(to, 'skipscope'), /\.(js|wasm|gguf)$/);
}
