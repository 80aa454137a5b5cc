/** Where things are. */
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

export const here = import.meta.dirname;
export const dist = join(here, 'dist');
export const HOMES = ['import-map', 'vite', 'vite-dev', 'esbuild', 'webpack', 'rollup', 'parcel', 'rsbuild'];
/** Where the element is at home. */
export const ELEMENTS = ['article', 'notebook', 'pandoc', 'react', 'reveal', 'sandbox'];
/** That are served by themselves. */
export const SERVED = { 'vite-dev': 1 };
const root = join(here, '../..');

/** As `npm install skipscope` would, of the tarball: it has no dependencies. */
export function install() {
  const version = readFileSync(join(root, 'Cargo.toml'), 'utf8').match(/^version = "(.*)"$/m)[1];
  const tarball = join(root, `target/npm/skipscope-${version}.tgz`);
  if (!existsSync(tarball)) throw new Error(`there is no ${tarball}: run ./pkg-scripts/npm`);
  const folder = join(here, 'node_modules/skipscope');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  execFileSync('tar', ['-xzf', tarball, '-C', folder, '--strip-components=1']);
}

/** What a bundler that follows no addresses leaves to whoever uses it: the package's files beside the bundle. */
export function copyFiles(to, which = /\.(wasm|gguf)$|^(worker|helper|lab-worker)\.js$/) {
  const from = join(here, 'node_modules/skipscope/dist');
  for (const file of readdirSync(from)) if (which.test(file)) cpSync(join(from, file), join(to, file));
}
