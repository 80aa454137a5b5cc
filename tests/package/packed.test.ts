/** What the tarball is: its size, its files, its manifest, its types. */
import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { publint } from 'publint';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { installed, npm, packed, quiet, root, tarball } from './installed';

let there: ReturnType<typeof installed>;
beforeAll(() => void (there = installed()));
afterAll(() => there.remove());

const bin = (name: string) => join(import.meta.dirname, 'node_modules/.bin', name);

it('publint has nothing to say', async () => {
  const { messages } = await publint({ pkgDir: packed, strict: true });
  expect(messages).toEqual([]);
});

it('its types are found by every kind of resolution that loads modules', () => {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [bin('attw'), tarball, '--profile', 'esm-only', '--exclude-entrypoints', './dist/*', '--no-emoji'],
    { encoding: 'utf8' },
  );
  expect(status, stdout + stderr).toBe(0);
});

it('is at most 6 MB with the page, and 3 MB without', () => {
  expect(statSync(tarball).size).toBeLessThanOrEqual(6e6);
  const listing = JSON.parse(
    execFileSync(process.execPath, [npm(), 'pack', '--dry-run', '--json', '--offline'], { cwd: packed, encoding: 'utf8', env: quiet() }),
  ) as [{ files: { path: string }[] }];
  const bare = execFileSync('tar', ['-cz', '--exclude=./site', '.'], { cwd: packed, maxBuffer: 1e8 });
  expect(bare.length).toBeLessThanOrEqual(3e6);
  expect(listing[0].files.map(({ path }) => path)).toEqual(
    expect.arrayContaining(['dist/index.js', 'dist/node.js', 'dist/worker.js', 'dist/cli.js', 'LICENSE', 'README.md', 'THIRD-PARTY.txt']),
  );
});

it('depends on nothing, and has none of the benchmark’s libraries', () => {
  const manifest = JSON.parse(readFileSync(join(packed, 'package.json'), 'utf8')) as Record<string, unknown>;
  expect(Object.keys(manifest)).not.toEqual(expect.arrayContaining(['dependencies']));
  const files = readdirSync(packed, { recursive: true, encoding: 'utf8' });
  expect(files.filter((path) => /ort[-.]|onnxruntime|tfjs/.test(path))).toEqual([]);
  const scripts = readdirSync(join(packed, 'dist')).filter((path) => path.endsWith('.js'));
  // The element is made of the page's views: Svelte's runtime is in that one file, and nobody has to install it.
  expect(scripts.filter((path) => /svelte|tfjs|onnxruntime/.test(readFileSync(join(packed, 'dist', path), 'utf8')))).toEqual(['element.js']);
});

it('names the licences of what is in its scripts and in its binaries', () => {
  const text = readFileSync(join(packed, 'THIRD-PARTY.txt'), 'utf8');
  for (const name of ['comlink', 'svelte', 'wasm-feature-detect']) expect(text).toMatch(new RegExp(`^${name} \\d+\\.\\d+\\.\\d+ \\(.+\\)\\n\\n\\S`, 'm'));
  for (const name of ['serde', 'candle-core', 'rayon', 'png'])
    expect(text).toMatch(new RegExp(`^${name} \\d+\\.\\d+\\.\\d+, a Rust crate \\(.+\\)\\n\\n\\S`, 'm'));
  expect(text).not.toMatch(/^(clap|proc-macro2|criterion) /m); // in no binary
});

it('every file that its scripts name by address is there', () => {
  for (const script of readdirSync(join(packed, 'dist')).filter((path) => path.endsWith('.js'))) {
    const named = [...readFileSync(join(packed, 'dist', script), 'utf8').matchAll(/new URL\("(\.\/[^"]+)",import\.meta\.url\)/g)].map(([, path]) => path!);
    if (script === 'index.js') expect(named).toHaveLength(8);
    for (const path of named) expect(statSync(join(packed, 'dist', path)).size).toBeGreaterThan(4096); // less is made a data: address by Vite
  }
});

it('the README’s example is the one that the tests run', () => {
  const example = readFileSync(join(import.meta.dirname, 'example.mjs'), 'utf8');
  expect(example.trim().split('\n')).toHaveLength(5);
  expect(readFileSync(join(packed, 'README.md'), 'utf8')).toContain(`\`\`\`js\n${example}\`\`\``);
});

it.each([
  ['nodenext', 'nodenext', ['ES2023', 'DOM']],
  ['esnext', 'bundler', ['ES2023', 'DOM']],
  ['nodenext', 'nodenext', ['ES2023']],
])('the example compiles: module %s, resolution %s, lib %s', (module, moduleResolution, lib) => {
  copyFileSync(join(import.meta.dirname, 'example.mjs'), join(there.folder, 'example.mts'));
  const types = [join(root, 'tests/package/node_modules/@types/node')];
  const options = { target: 'es2022', module, moduleResolution, lib, types, strict: false, noEmit: true, skipLibCheck: false };
  writeFileSync(join(there.folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: options, files: ['example.mts'] }));
  const { status, stdout } = spawnSync(process.execPath, [bin('tsc'), '-p', there.folder], { encoding: 'utf8' });
  expect(status, stdout).toBe(0);
});

it('its types refuse what is not offered', () => {
  writeFileSync(join(there.folder, 'wrong.mts'), "import { load } from 'skipscope';\nconst net = await load(7);\nawait net.classify('cat.jpg', { top: 3 });\n");
  const options = { target: 'es2022', module: 'nodenext', lib: ['ES2023', 'DOM'], types: [], strict: true, noEmit: true };
  writeFileSync(join(there.folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: options, files: ['wrong.mts'] }));
  const { stdout } = spawnSync(process.execPath, [bin('tsc'), '-p', there.folder], { encoding: 'utf8' });
  expect(stdout.match(/wrong\.mts\((\d)/g)).toEqual(['wrong.mts(2', 'wrong.mts(3']);
});
