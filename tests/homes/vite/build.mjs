import * as vite from 'vite';

export const build = (outDir, root) => vite.build({ root, base: './', configFile: false, logLevel: 'warn', build: { outDir, emptyOutDir: true } });
