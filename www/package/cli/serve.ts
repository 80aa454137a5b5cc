/** Serves the page that lies in the package: to this machine alone, and from what is there when it starts. */
import { createHash } from 'node:crypto';
import { createReadStream, existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { kept } from './resnet50';
import { whole } from './usage';

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
  '.wasm': 'application/wasm',
  '.svg': 'image/svg+xml',
  '.jpg': 'image/jpeg',
  '.png': 'image/png',
  '.webp': 'image/webp',
};

const USUAL = 8080;
const TRIES = 20;

/** With every answer, 304 included: without them on a 304 WebKit refuses a worker's script at every second load. */
const HEADERS = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'X-Content-Type-Options': 'nosniff',
  'Cache-Control': 'no-cache', // it asks each time, and hears 304: another version may serve this port tomorrow
};

export async function serve({ port }: { port?: string }): Promise<Server> {
  const wanted = port === undefined ? null : whole(port, 'port', 1, 65535);
  const files = await site();
  const server = createServer((request, response) => answer(files, request, response));
  const chosen = await listen(server, wanted);
  console.log(`SkipScope: http://localhost:${chosen}\nCtrl-C stops it.`);
  return server;
}

/** Every address that is answered, and the file behind it. */
async function site(): Promise<Map<string, string>> {
  const folder = fileURLToPath(new URL('../site/', import.meta.url));
  if (!existsSync(join(folder, 'index.html'))) throw new Error('this package was packed without the page');
  const files = new Map<string, string>();
  for (const path of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (statSync(join(folder, path)).isFile()) files.set(`/${path.replaceAll('\\', '/')}`, join(folder, path));
  }
  // What the package holds already lies there once.
  const same = JSON.parse(readFileSync(join(folder, 'same.json'), 'utf8')) as Record<string, string>;
  for (const [path, file] of Object.entries(same)) files.set(`/${path}`, fileURLToPath(new URL(file, import.meta.url)));
  files.delete('/same.json');
  files.set('/', join(folder, 'index.html'));
  const resnet50 = await kept();
  files.delete('/registry-resnet50.json');
  if (resnet50) {
    files.set('/models/resnet50.gguf', fileURLToPath(resnet50));
    files.set('/models/registry.json', join(folder, 'registry-resnet50.json'));
  }
  return files;
}

function answer(files: Map<string, string>, request: IncomingMessage, response: ServerResponse): void {
  for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value);
  const end = (status: number, text: string) => response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8' }).end(text);
  if (request.method !== 'GET' && request.method !== 'HEAD') return void end(405, 'GET and HEAD alone are answered.\n');
  const file = files.get(pathOf(request.url ?? '/'));
  if (!file) return void end(404, 'There is no such file.\n');
  const { size, mtimeMs } = statSync(file);
  const etag = `"${createHash('sha256').update(`${file} ${size} ${mtimeMs}`).digest('base64url').slice(0, 22)}"`;
  response.setHeader('ETag', etag);
  if (request.headers['if-none-match'] === etag) return void response.writeHead(304).end();
  response.writeHead(200, { 'Content-Type': TYPES[extname(file)] ?? 'application/octet-stream', 'Content-Length': size });
  if (request.method === 'HEAD') return void response.end();
  createReadStream(file)
    .on('error', () => response.destroy())
    .pipe(response);
}

function pathOf(url: string): string {
  try {
    return decodeURIComponent(url.split('?')[0]!);
  } catch {
    return '';
  }
}

/** The port that is asked for, or the first that is free from the usual one on. */
async function listen(server: Server, wanted: number | null): Promise<number> {
  const first = wanted ?? USUAL;
  for (let port = first; ; port++) {
    const error = await new Promise<NodeJS.ErrnoException | null>((resolve) => {
      server.once('error', resolve).listen(port, '127.0.0.1', () => resolve(null));
    });
    server.removeAllListeners('error');
    if (!error) return port;
    if (error.code === 'EACCES') throw new Error(`port ${port} may not be opened: choose one above 1023 with --port`);
    if (error.code !== 'EADDRINUSE') throw error;
    if (wanted !== null) throw new Error(`port ${port} is taken: stop what listens there, or choose another with --port ${port + 1}`);
    if (port - first >= TRIES || port === 65535) throw new Error(`ports ${first} to ${port} are taken: choose one with --port`);
  }
}
