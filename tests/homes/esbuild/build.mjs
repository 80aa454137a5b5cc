import { cpSync } from 'node:fs';
import { join } from 'node:path';
import * as esbuild from 'esbuild';
import { copyFiles } from '../files.mjs';

/** esbuild follows no addresses: the files are copied beside the bundle. */
export async function build(outdir, from) {
  await esbuild.build({ entryPoints: { main: join(from, '../app.js') }, bundle: true, format: 'esm', minify: true, outdir, logLevel: 'warning' });
  copyFiles(outdir);
  cpSync(join(from, 'index.html'), join(outdir, 'index.html'));
}
