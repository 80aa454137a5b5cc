/** Builds the service worker (src/offline/), which has the list of the site's files in it. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { build, type Plugin } from 'vite';
import type { Site, SiteFile } from './src/offline/site.ts';

const here = import.meta.dirname;

/** The service worker's name, the same in every build. */
export const SERVICE_WORKER = 'sw.js';
/** The benchmark's libraries get a folder of their own: 16 MB that a visitor who measures nothing need not have. */
const PEERS = 'assets/peers/';
const isPeers = (modules: readonly string[]) => modules.some((id) => /node_modules\/(@tensorflow|onnxruntime-web)\//.test(id));

const sha256 = (bytes: Uint8Array | string, form: 'hex' | 'base64') => createHash('sha256').update(bytes).digest(form);

/** All files of a folder, from there. */
function filesOf(folder: string): string[] {
  const all = existsSync(folder) ? readdirSync(folder, { recursive: true, withFileTypes: true }) : [];
  return all.filter((entry) => entry.isFile()).map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll('\\', '/'));
}

/** The binaries in a folder `pkg`, by content: what a build calls them is its own affair. */
function binariesOf(folder: string): Map<string, string> {
  const binaries = filesOf(folder).filter((file) => file.endsWith('_bg.wasm'));
  return new Map(binaries.map((file) => [sha256(readFileSync(join(folder, file)), 'hex'), file]));
}

/** Everything in the public folder but the models: they come when they are asked for, and the engine keeps them. */
const publicFiles = () => filesOf(join(here, 'public')).filter((file) => !file.endsWith('.gguf'));

export function offline(): Plugin {
  const files = new Map<string, Uint8Array | string>();
  let folder = '';
  return {
    name: 'skipscope:offline',
    apply: 'build',
    enforce: 'post',
    config: () => ({
      worker: {
        rolldownOptions: {
          output: {
            chunkFileNames: ({ moduleIds }: { moduleIds: string[] }) => `${isPeers(moduleIds) ? PEERS : 'assets/'}[name]-[hash].js`,
            assetFileNames: ({ originalFileNames }: { originalFileNames: string[] }) =>
              `${isPeers(originalFileNames) ? PEERS : 'assets/'}[name]-[hash][extname]`,
          },
        },
      },
    }),
    writeBundle({ dir }, bundle) {
      folder = dir!;
      files.clear();
      for (const output of Object.values(bundle)) files.set(output.fileName, output.type === 'chunk' ? output.code : output.source);
    },
    async closeBundle() {
      if (!files.size) return; // the build failed
      // As it was written: other plugins may have had a hand in it.
      for (const file of publicFiles()) files.set(file, readFileSync(join(folder, file)));
      await build({
        configFile: false,
        root: here,
        logLevel: 'warn',
        publicDir: false,
        define: { __SITE__: JSON.stringify(siteOf(files)) },
        build: {
          target: 'es2022',
          outDir: folder,
          emptyOutDir: false,
          copyPublicDir: false,
          rolldownOptions: { input: join(here, 'src/offline/service-worker.ts'), output: { format: 'iife', entryFileNames: SERVICE_WORKER } },
        },
      });
    },
  };
}

function siteOf(files: Map<string, Uint8Array | string>): Site {
  const engines = binariesOf(join(here, 'src/engine/pkg'));
  const readers = binariesOf(join(here, 'src/foreign/pkg'));
  const site: Site = { files: [], flavours: {}, later: [] };
  for (const [url, content] of [...files].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const hash = sha256(content, 'hex');
    const file: SiteFile = { url, revision: url.startsWith('assets/') ? null : hash.slice(0, 16), integrity: `sha256-${sha256(content, 'base64')}` };
    const engine = engines.get(hash);
    if (engine) site.flavours[dirname(engine)] = file;
    else if (url.startsWith(PEERS) || (url.endsWith('.wasm') && !readers.has(hash))) site.later.push(url);
    else site.files.push(file);
  }
  return site;
}
