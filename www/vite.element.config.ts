/** The custom element: a module script, with its styles in it. */
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig, type Plugin } from 'vite';
import { hosted } from './src/element/css.ts';

/** Puts the style sheet that the views make together into the script. */
const stylesWithin: Plugin = {
  name: 'skipscope:styles-within',
  enforce: 'post',
  generateBundle(_, bundle) {
    let css = '';
    for (const [name, file] of Object.entries(bundle)) {
      if (file.type !== 'asset' || !name.endsWith('.css')) continue;
      css += String(file.source);
      delete bundle[name];
    }
    for (const file of Object.values(bundle)) {
      if (file.type === 'chunk') file.code = file.code.replace('__ELEMENT_CSS__', () => JSON.stringify(hosted(css)));
    }
  },
};

export default defineConfig({
  base: './',
  publicDir: false,
  plugins: [svelte(), stylesWithin],
  worker: { format: 'es' },
  build: {
    target: 'es2022',
    outDir: 'dist-element',
    assetsInlineLimit: 0,
    cssCodeSplit: false,
    rolldownOptions: { input: { element: 'src/element/index.ts' }, preserveEntrySignatures: 'strict', output: { entryFileNames: '[name].js' } },
  },
});
