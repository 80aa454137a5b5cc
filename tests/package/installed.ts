/** The packed tarball, installed in an empty folder: what somebody gets. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

export const root = join(import.meta.dirname, '../..');
const version = readFileSync(join(root, 'Cargo.toml'), 'utf8').match(/^version = "(.*)"$/m)![1]!;

export const tarball = join(root, `target/npm/skipscope-${version}.tgz`);
/** As it was packed. */
export const packed = join(root, 'target/npm/package');
export const fixture = (path: string) => join(root, 'tests/fixtures', path);
export const sample = (name: string) => join(root, 'www/public/samples', name);

export function installed(): { folder: string; remove: () => void } {
  if (!existsSync(tarball)) throw new Error(`there is no ${tarball}: run ./pkg-scripts/npm`);
  const folder = mkdtempSync(join(tmpdir(), 'skipscope-package-'));
  writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }');
  execFileSync(process.execPath, [npm(), 'install', '--offline', '--no-audit', '--no-fund', '--silent', tarball], {
    cwd: folder,
    stdio: 'inherit',
    env: quiet(),
  });
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** Node's own folder and the system's, without Rust: and nothing of an npm that runs the tests. */
export function quiet(extra: Record<string, string> = {}): NodeJS.ProcessEnv {
  const { HOME, TMPDIR } = process.env;
  return { HOME, ...(TMPDIR && { TMPDIR }), PATH: [dirname(process.execPath), '/usr/bin', '/bin'].join(':'), ...extra };
}

/** npm's script, to be run by this Node. */
export function npm(name = 'npm'): string {
  const beside = join(dirname(process.execPath), '../lib/node_modules/npm/bin', `${name}-cli.js`);
  for (const path of [beside, `/usr/share/nodejs/npm/bin/${name}-cli.js`, `/usr/local/lib/node_modules/npm/bin/${name}-cli.js`])
    if (existsSync(path)) return path;
  throw new Error(`npm is not where Node is: ${beside}`);
}
