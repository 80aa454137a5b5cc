import { existsSync, readFileSync } from 'node:fs';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';
import { contentSecurity } from './csp.ts';
import { hosting } from './hosting.ts';
import { offline } from './offline.ts';

const port = Number(process.env.PORT ?? 8080);

// The benchmark names the versions that it measured.
const version = (crate: string) => readFileSync('../Cargo.lock', 'utf8').match(`name = "${crate}"\nversion = "(.*)"`)?.[1] ?? 'unknown';

const candle = existsSync('src/bench/pkg/candle/candle.js') ? version('candle-core') : null;

/** Model files go out as they are: weights hardly shrink, and gzip held ResNet-50 back for two seconds of three. */
const modelsAsTheyAre: Plugin = {
  name: 'skipscope:models',
  configurePreviewServer: ({ middlewares }) =>
    void middlewares.use((request, _, next) => {
      if (request.url?.split('?')[0]?.includes('.gguf')) delete request.headers['accept-encoding'];
      next();
    }),
};

export default defineConfig({
  define: { __VERSION__: JSON.stringify(version('skipscope')), __CANDLE_VERSION__: JSON.stringify(candle) },
  base: './', // the site may live in any folder of a static host
  appType: 'mpa', // a missing file is a 404, not the start page: the page tells the two apart
  plugins: [contentSecurity(), modelsAsTheyAre, svelte(), hosting(), offline()],
  build: { target: 'es2022', assetsInlineLimit: 0 },
  worker: { format: 'es' },
  server: { port },
  preview: { port, strictPort: true },
  resolve: process.env.VITEST ? { conditions: ['browser'] } : {}, // components are mounted, not rendered to text
  test: { include: ['src/**/*.test.ts'], environment: 'node' },
});
