/** node serve.mjs PORT: the built homes, on a host that sends no header of its own, under /isolated/ with those for threads, under /shared/ for all
 * to read; and Vite's dev server on the next port. */
import { createReadStream, existsSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import * as vite from 'vite';
import { dist, here } from './files.mjs';

const port = Number(process.argv[2]);
const TYPES = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.css': 'text/css',
  '.wasm': 'application/wasm',
  '.jpg': 'image/jpeg',
};
const ISOLATED = { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' };

const dev = await vite.createServer({
  root: here,
  configFile: false,
  publicDir: dist,
  optimizeDeps: { entries: ['vite/index.html'] },
  server: { port: port + 1, strictPort: true, host: '127.0.0.1' },
});
await dev.listen();

createServer((request, response) => {
  const asked = normalize(decodeURIComponent(new URL(request.url, 'http://localhost').pathname));
  const [, prefix, rest] = asked.match(/^\/(isolated|shared)(\/.*)$/) ?? [];
  const path = rest ?? asked;
  const file = join(dist, path.endsWith('/') ? `${path}index.html` : path);
  if (!existsSync(file) || !statSync(file).isFile()) return void response.writeHead(404).end();
  // What others may read: a frame without an origin, whose policy is its own business, and a page of another one.
  const shared = prefix === 'shared' || path.startsWith('/sandbox/') || path === '/cat.jpg' ? { 'Access-Control-Allow-Origin': '*' } : {};
  response.writeHead(200, { ...shared, ...(prefix === 'isolated' ? ISOLATED : {}), 'Content-Type': TYPES[extname(file)] ?? 'application/octet-stream' });
  createReadStream(file).pipe(response);
}).listen(port, '127.0.0.1');
