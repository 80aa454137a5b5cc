/**
 * node www/package/build.mjs OUT: the npm package's files, from what pkg-scripts/wasm has compiled. The page and the package are made of the
 * same engine (www/src/engine); of Vite's ways to name files the package needs none, so that src/engine/vite/ is exchanged for its own.
 */
import { chmodSync, copyFileSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { rolldown } from 'rolldown';
import { dts } from 'rolldown-plugin-dts';
import { build as viteBuild } from 'vite';
import { crateLicences } from './crates.mjs';
import { elementConfig } from './element.config.mjs';

const here = import.meta.dirname;
const www = join(here, '..');
const out = resolve(process.argv[2]);
const dist = join(out, 'dist');
const version = readFileSync(join(www, '../Cargo.toml'), 'utf8').match(/^version = "(.*)"$/m)[1];
const pkg = (flavour, file) => join(www, 'src/engine/pkg', flavour, file);
const glue = (flavour) => readFileSync(pkg(flavour, 'skipscope.js'), 'utf8');
const FLAVOURS = { alone: ['simd128', 'relaxed', 'scalar'], threaded: ['threads', 'threads-simd128'] };

// The workers hold one script for each of the two kinds.
for (const [first, ...others] of Object.values(FLAVOURS)) {
  for (const other of others)
    if (glue(other) !== glue(first)) throw new Error(`the scripts of ${first} and ${other} differ: src/vite/glue.ts has to hold both`);
}

rmSync(out, { recursive: true, force: true });
mkdirSync(dist, { recursive: true });
for (const flavour of Object.values(FLAVOURS).flat()) copyFileSync(pkg(flavour, 'skipscope_bg.wasm'), join(dist, `${flavour}.wasm`));
copyFileSync(join(here, 'pkg/picture/picture_bg.wasm'), join(dist, 'picture.wasm'));
copyFileSync(join(www, 'src/foreign/pkg/foreign_bg.wasm'), join(dist, 'foreign.wasm')); // the command's, for ResNet-50
copyFileSync(join(www, 'src/lab/pkg/simd128/lab_bg.wasm'), join(dist, 'lab.wasm')); // the element's, for paths
copyFileSync(join(www, 'public/models/resnet20.gguf'), join(dist, 'resnet20.gguf'));

/** What the page has from Vite. */
const places = {
  name: 'skipscope:places',
  resolveId: { filter: { id: /\/vite\/(binaries|scripts|glue)$/ }, handler: (id) => join(here, 'src/vite', `${id.split('/').at(-1)}.ts`) },
};
/** The lab has one binary here. */
const labs = {
  name: 'skipscope:lab',
  resolveId: { filter: { id: /^\.\/flavour$/ }, handler: (_, importer) => (importer?.includes('/src/lab/') ? join(here, 'src/vite/lab-flavour.ts') : null) },
};
/** The page starts workers from its own scripts alone. */
const workers = {
  name: 'skipscope:workers',
  resolveId: { filter: { id: /\/start-worker$/ }, handler: () => join(here, 'src/start-worker.ts') },
};
/** wasm-bindgen's fallback is an address that no bundler finds; the engine always says where its binary is. */
const fallback = {
  name: 'skipscope:fallback',
  transform: {
    filter: { id: /pkg\/.*\.js$/ },
    handler(code) {
      const found = /new URL\('\w+_bg\.wasm', import\.meta\.url\)/;
      if (!found.test(code)) this.error('wasm-bindgen writes its fallback differently');
      return code.replace(found, 'undefined');
    },
  },
};

const common = { plugins: [places, labs, workers, fallback], tsconfig: join(www, 'tsconfig.json'), logLevel: 'warn', treeshake: true };
/** Licences of what is bundled, by package. */
const licences = new Map();
function gather(id) {
  const [, folder, name] = id.match(/^(.*\/node_modules\/((?:@[^/]+\/)?[^/]+))\//) ?? [];
  if (!folder || licences.has(name)) return;
  const file = readdirSync(folder).find((path) => /^licen[cs]e/i.test(path));
  if (!file) throw new Error(`${name} comes without its licence`);
  const { version: theirs, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  licences.set(name, `${name} ${theirs} (${license})\n\n${readFileSync(join(folder, file), 'utf8').trim()}\n`);
}

/** Each file is whole in itself. */
async function bundle(input, file, options = {}) {
  const build = await rolldown({ ...common, input: join(www, input), ...options });
  const { output } = await build.write({
    dir: dist,
    format: 'esm',
    codeSplitting: false,
    minify: true,
    entryFileNames: file,
    comments: false,
    sourcemap: false,
  });
  await build.close();
  written(file, output);
}
/** What is in a file is under its licences, and its addresses are found. */
function written(file, output) {
  for (const { moduleIds = [] } of output) for (const id of moduleIds) gather(id);
  // Minified strings come in backticks, in which not every bundler looks for addresses.
  const path = join(dist, file);
  writeFileSync(path, readFileSync(path, 'utf8').replace(/new URL\(`(\.\/[\w.-]+)`,\s*import\.meta\.url\)/g, 'new URL("$1",import.meta.url)'));
}
const node = { platform: 'node', transform: { inject: { ImageData: [join(here, 'src/image-data.ts'), 'ImageData'] } } };
await bundle('package/src/index.ts', 'index.js', { platform: 'browser' });
await bundle('src/engine/worker.ts', 'worker.js', { platform: 'browser' });
await bundle('src/engine/helper.ts', 'helper.js', { platform: 'browser' });
await bundle('src/lab/worker.ts', 'lab-worker.js', { platform: 'browser' });
written('element.js', (await viteBuild(elementConfig(dist))).output);
await bundle('package/src/node.ts', 'node.js', node);
await bundle('package/cli/main.ts', 'cli.js', { ...node, transform: { ...node.transform, define: constants() } });
chmodSync(join(dist, 'cli.js'), 0o755);

/** What pkg-scripts/models fetches, and what must come of it. */
function constants() {
  const script = readFileSync(join(www, '../pkg-scripts/models'), 'utf8');
  const said = (name) => script.match(new RegExp(`^${name}='?(.*?)'?$`, 'm'))[1];
  const { sha256 } = JSON.parse(readFileSync(join(www, 'public/models/registry.json'), 'utf8')).models.find(({ id }) => id === 'resnet50');
  const card = readFileSync(join(www, '../pkg-scripts/cards/resnet50.json'), 'utf8');
  const resnet50 = { package: said('package'), version: said('version'), integrity: said('integrity'), sha256, card };
  return { __VERSION__: JSON.stringify(version), __RESNET50__: JSON.stringify(resnet50) };
}

// Apart: who has no DOM must be able to read the first.
for (const input of [{ index: join(here, 'src/types.ts') }, { element: join(www, 'src/element/index.ts') }]) {
  const types = await rolldown({ input, plugins: [dts({ emitDtsOnly: true, tsconfig: join(here, 'tsconfig.json') })], logLevel: 'warn' });
  await types.write({ dir: dist, format: 'esm' });
  await types.close();
}

const manifest = JSON.parse(readFileSync(join(here, 'package.json'), 'utf8'));
writeFileSync(join(out, 'package.json'), `${JSON.stringify({ ...manifest, version }, null, 2)}\n`);
copyFileSync(join(here, 'README.md'), join(out, 'README.md'));
copyFileSync(join(www, '../LICENSE'), join(out, 'LICENSE'));
for (const [crate, licence] of crateLicences(join(www, '..'))) licences.set(`crate ${crate}`, `${crate}, a Rust crate ${licence}`);
writeFileSync(join(out, 'THIRD-PARTY.txt'), [...licences.values()].join(`\n${'-'.repeat(80)}\n\n`));
