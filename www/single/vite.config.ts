/** `vite build -c single/vite.config.ts`: the page as one document that needs no server. pkg-scripts/single calls it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { build, defineConfig, type InlineConfig, type Plugin, type Rolldown } from 'vite';
import { documentOf } from './document.ts';
import { PAGE, swap, WORKER } from './swap.ts';

const www = join(import.meta.dirname, '..');
const version = readFileSync(join(www, '../Cargo.lock'), 'utf8').match(/name = "skipscope"\nversion = "(.*)"/)?.[1] ?? 'unknown';

const WORKERS = { 'engine.js': 'src/engine/worker.ts', 'lab.js': 'src/lab/worker.ts', 'reader.js': 'src/foreign/worker.ts' };

/** One script without imports. */
function whole(entry: string, format: 'es' | 'iife'): InlineConfig {
  return {
    root: www,
    configFile: false,
    publicDir: false,
    logLevel: 'warn',
    define: { __VERSION__: JSON.stringify(version), __CANDLE_VERSION__: 'null' },
    build: {
      target: 'es2022',
      assetsInlineLimit: 0,
      cssCodeSplit: false,
      modulePreload: false,
      write: false,
      rolldownOptions: { input: join(www, entry), output: { format, codeSplitting: false } },
    },
  };
}

async function worker(entry: string): Promise<string> {
  const made = whole(entry, 'iife');
  const define = { ...made.define, 'import.meta.url': 'undefined' }; // a plain script has none, and its binary's address is whole
  const { output } = (await build({ ...made, define, plugins: [swap(WORKER)] })) as Rolldown.RolldownOutput;
  if (output.length !== 1) throw new Error(`${entry} is no single script: ${output.map(({ fileName }) => fileName).join(', ')}`);
  return output[0].code;
}

/** What was built as one document, in the place of it. */
const oneDocument: Plugin = {
  name: 'skipscope:one-document',
  generateBundle: {
    order: 'post', // Vite's own comes first, which says what is to be loaded before a chunk: nothing
    async handler(_, bundle) {
      const workers = await Promise.all(Object.entries(WORKERS).map(async ([name, entry]) => [name, await worker(entry)] as const));
      const files = Object.values(bundle);
      const scripts = files.filter((file) => file.type === 'chunk');
      const styles = files.filter((file) => file.type === 'asset');
      if (scripts.length !== 1 || styles.length !== 1) throw new Error(`not one script and one style sheet: ${Object.keys(bundle).join(', ')}`);
      const html = documentOf({ script: scripts[0]!.code, style: String(styles[0]!.source), workers: Object.fromEntries(workers) });
      for (const name of Object.keys(bundle)) delete bundle[name];
      this.emitFile({ type: 'asset', fileName: 'skipscope.html', source: html });
    },
  },
};

const page = whole('src/main.ts', 'es');
export default defineConfig({
  ...page,
  plugins: [swap(PAGE), svelte(), oneDocument],
  build: { ...page.build, write: true, outDir: '../target/single', emptyOutDir: true },
});
