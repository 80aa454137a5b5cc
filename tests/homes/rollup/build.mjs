import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { nodeResolve } from '@rollup/plugin-node-resolve';
import { rollup } from 'rollup';
import { copyFiles } from '../files.mjs';

/** Rollup by itself follows no addresses: the files are copied beside the bundle. */
export async function build(dir, from) {
  const bundle = await rollup({ input: { main: join(from, '../app.js') }, plugins: [nodeResolve({ browser: true })] });
  await bundle.write({ dir, format: 'es' });
  copyFiles(dir);
  cpSync(join(from, 'index.html'), join(dir, 'index.html'));
}
