import { cpSync } from 'node:fs';
import { join } from 'node:path';
import * as esbuild from 'esbuild';
import { copyFiles } from '../files.mjs';

export async function build(outdir, from) {
  await esbuild.build({
    entryPoints: [join(from, 'main.jsx')],
    bundle: true,
    format: 'esm',
    jsx: 'automatic',
    define: { 'process.env.NODE_ENV': '"development"' }, // where StrictMode does what it is for
    outdir,
    logLevel: 'warning',
  });
  copyFiles(outdir);
  cpSync(join(from, 'index.html'), join(outdir, 'index.html'));
}
