/** What hosts of static sites want of a build. */
import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from 'vite';
import { headersOf } from './csp.ts';
import { SERVICE_WORKER } from './offline.ts';

/** Cloudflare takes no larger file. */
const LARGEST = 25 * 2 ** 20;

interface Entry {
  file: string;
  parts?: number;
}

export function hosting(): Plugin {
  return {
    name: 'skipscope:hosting',
    apply: 'build',
    writeBundle({ dir }, bundle) {
      splitModels(join(dir!, 'models'));
      // Workers are files to Vite, and have the policy of their own answers.
      const workers = Object.values(bundle).flatMap(({ type, fileName }) => (type === 'asset' && /\.m?js$/.test(fileName) ? [fileName] : []));
      writeFileSync(join(dir!, '_headers'), headersFile(workers));
    },
  };
}

/** A model file that is too large goes out in parts, as its entry in the list then says; the whole file stays where it was. */
function splitModels(folder: string): void {
  const list = join(folder, 'registry.json');
  const registry = JSON.parse(readFileSync(list, 'utf8')) as { models: Entry[] };
  for (const entry of registry.models) {
    const file = join(folder, entry.file);
    if (!existsSync(file) || statSync(file).size <= LARGEST) continue;
    const bytes = readFileSync(file);
    const parts = Math.ceil(bytes.length / LARGEST);
    const size = Math.ceil(bytes.length / parts);
    for (let part = 0; part < parts; part++) writeFileSync(`${file}.part${part + 1}`, bytes.subarray(part * size, (part + 1) * size));
    rmSync(file);
    entry.parts = parts;
  }
  writeFileSync(list, `${JSON.stringify(registry, null, 2)}\n`);
}

/** As Netlify and Cloudflare read it: every rule that matches adds its headers, so no two say the same one. */
function headersFile(workers: string[]): string {
  const { 'Content-Security-Policy': _, ...everywhere } = headersOf('/');
  const policy = (path: string) => ({ 'Content-Security-Policy': headersOf(path)['Content-Security-Policy']! });
  const revalidated = { 'Cache-Control': 'no-cache' };
  const rules: [path: string, headers: Record<string, string>][] = [
    ['/*', { ...everywhere, 'Cross-Origin-Resource-Policy': 'same-origin' }],
    ['/', { ...policy('/'), ...revalidated }],
    ['/index.html', { ...policy('/index.html'), ...revalidated }],
    [`/${SERVICE_WORKER}`, { ...policy(`/${SERVICE_WORKER}`), ...revalidated }],
    ['/models/*', revalidated], // the page keeps a model under its SHA-256, and asks no more
    ['/assets/*', { 'Cache-Control': 'public, max-age=31536000, immutable' }],
    ...workers.map((file): [string, Record<string, string>] => [`/${file}`, policy(`/${file}`)]),
  ];
  const lines = rules.flatMap(([path, headers]) => [path, ...Object.entries(headers).map(([name, value]) => `  ${name}: ${value}`)]);
  return `${lines.join('\n')}\n`;
}
