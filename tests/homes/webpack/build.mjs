import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import webpack from 'webpack';

export async function build(path, from) {
  const stats = await promisify(webpack)({
    mode: 'production',
    context: from,
    entry: { main: '../app.js' },
    output: { path, publicPath: 'auto' },
    performance: { hints: false },
  });
  if (stats.hasErrors() || stats.hasWarnings()) throw new Error(stats.toString('errors-warnings'));
  cpSync(join(from, 'index.html'), join(path, 'index.html'));
}
