/** The custom element as one module script, its style sheet in it: the page's views (src/element), on the package's own files. */
import { join } from 'node:path';
import { svelte } from '@sveltejs/vite-plugin-svelte';

const here = import.meta.dirname;
const own = (file) => join(here, 'src', file);

/** What the page has from Vite, or from its server. */
const places = {
  name: 'skipscope:places',
  enforce: 'pre',
  resolveId(id, importer = '') {
    const file = id.split('/').at(-1);
    if (/\/vite\/(binaries|scripts|glue)$/.test(id)) return own(`vite/${file}.ts`);
    if (/\/start-worker$/.test(id)) return own('start-worker.ts');
    if (importer.includes('/src/lab/') && file.startsWith('worker.ts?')) return own('vite/lab-script.ts');
    if (importer.includes('/src/lab/') && file === 'flavour') return own('vite/lab-there.ts');
    if (importer.includes('/src/element/') && file === 'shipped') return own('vite/shipped.ts');
    return null;
  },
};

/** The page's style sheets, said of a shadow root: what was the document's is the element's. */
const hosted = (css) =>
  css
    .replace(/:root\[data-theme=['"]?dark['"]?\]/g, ':host(:state(dark))')
    .replace(/:root:root/g, ':host(:not(.x))') // above both themes
    .replace(/:root\b/g, ':host')
    .replace(/(^|[},/\s])body(?=\s*[{,])/g, '$1:host');

/** Puts the style sheet that the views make together into the script. */
const stylesWithin = {
  name: 'skipscope:styles-within',
  enforce: 'post',
  generateBundle(_, bundle) {
    let css = '';
    for (const [name, file] of Object.entries(bundle)) {
      if (file.type !== 'asset' || !name.endsWith('.css')) continue;
      css += String(file.source);
      delete bundle[name];
    }
    if (!css) this.error('the element has no style sheet');
    for (const file of Object.values(bundle)) {
      if (file.type === 'chunk') file.code = file.code.replace('__ELEMENT_CSS__', () => JSON.stringify(hosted(css)));
    }
  },
};

export function elementConfig(outDir) {
  return {
    configFile: false,
    root: join(here, '..'),
    base: './',
    publicDir: false,
    logLevel: 'error', // it warns of every address of a file that is beside the script only in the package
    plugins: [places, svelte({ configFile: false }), stylesWithin],
    build: {
      target: 'es2022',
      outDir,
      emptyOutDir: false,
      cssCodeSplit: false,
      modulePreload: false,
      rolldownOptions: {
        input: { element: join(here, '../src/element/index.ts') },
        preserveEntrySignatures: 'strict',
        output: { entryFileNames: '[name].js', codeSplitting: false },
      },
    },
  };
}
