import { readFileSync } from 'node:fs';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

// Cross-origin isolation: without these two headers a browser hands out no shared memory, hence no threads.
const headers = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'X-Content-Type-Options': 'nosniff',
};
const port = Number(process.env.PORT ?? 8080);

// The benchmark names the versions that it measured.
const version = (crate: string) => readFileSync('../Cargo.lock', 'utf8').match(`name = "${crate}"\nversion = "(.*)"`)?.[1] ?? 'unknown';

export default defineConfig({
  define: { __VERSION__: JSON.stringify(version('skipscope')), __CANDLE_VERSION__: JSON.stringify(version('candle-core')) },
  base: './', // the site may live in any folder of a static host
  appType: 'mpa', // a missing file is a 404, not the start page: the page tells the two apart
  plugins: [svelte()],
  build: { target: 'es2022', assetsInlineLimit: 0 },
  worker: { format: 'es' },
  server: { port, headers },
  preview: { port, strictPort: true, headers },
  test: { include: ['src/**/*.test.ts'], environment: 'node' },
});
