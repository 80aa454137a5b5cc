/** Licences of the crates that are compiled into the binaries, as cargo knows them. */
import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';

const TARGET = 'wasm32-unknown-unknown';
/** Of all binaries of the package together. */
const FEATURES = 'threads,convert,picture,lab';

/** By name and version, each with its licence's text: of two licences to choose from the shorter, which is MIT's. */
export function crateLicences(root) {
  const asked = ['metadata', '--format-version', '1', '--locked', '--no-default-features', '--features', FEATURES, '--filter-platform', TARGET];
  const { packages, resolve } = JSON.parse(execFileSync('cargo', asked, { cwd: root, maxBuffer: 1 << 28, stdio: ['ignore', 'pipe', 'inherit'] }));
  const byId = new Map(packages.map((crate) => [crate.id, crate]));
  const nodes = new Map(resolve.nodes.map((node) => [node.id, node]));
  const isMacro = (id) => byId.get(id).targets.some(({ kind }) => kind.includes('proc-macro')); // runs where it is compiled
  const found = new Set();
  const visit = (id) => {
    for (const { pkg, dep_kinds } of nodes.get(id).deps) {
      if (found.has(pkg) || isMacro(pkg) || !dep_kinds.some(({ kind }) => kind === null)) continue;
      found.add(pkg);
      visit(pkg);
    }
  };
  visit(resolve.root);
  const crates = [...found].map((id) => byId.get(id)).sort((a, b) => (a.name < b.name ? -1 : 1));
  return new Map(crates.map((crate) => [`${crate.name} ${crate.version}`, licenceOf(crate)]));
}

function licenceOf({ manifest_path, license, authors }) {
  const folder = dirname(manifest_path);
  const texts = readdirSync(folder, { withFileTypes: true })
    .filter((file) => file.isFile() && /^(licen[cs]e|copying|unlicense)/i.test(file.name))
    .map(({ name }) => readFileSync(join(folder, name), 'utf8').trim())
    .sort((a, b) => a.length - b.length);
  return `(${license})\n\n${texts[0] ?? `Its authors${authors.length ? `, ${authors.join(', ')},` : ''} publish it without the text of that licence.`}\n`;
}
