import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { copyFiles } from '../files.mjs';

/** page.html is what Pandoc 2.17 makes of page.qmd (`pandoc -s -f markdown -t html5`). Quarto has Pandoc make its pages, in a theme of its own. */
export async function build(to, from) {
  cpSync(join(from, 'page.html'), join(to, 'index.html'));
  copyFiles(join(to, 'skipscope'), /\.(js|wasm|gguf)$/);
}
