import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { copyFiles } from '../files.mjs';

/**
 * notebook.html is what nbconvert 7.17 makes of notebook.ipynb, with no addresses of other people's scripts, which it takes for formulas and
 * diagrams: `jupyter nbconvert --to html notebook.ipynb --HTMLExporter.mathjax_url= --HTMLExporter.require_js_url=`, and Mermaid's emptied.
 */
export async function build(to, from) {
  cpSync(join(from, 'notebook.html'), join(to, 'index.html'));
  copyFiles(join(to, 'skipscope'), /\.(js|wasm|gguf)$/);
}
