/** A host of static sites as there are many: no headers of ours, files that browsers may keep for ten minutes, and builds that follow each other. */
import { readFileSync, statSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.css': 'text/css',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.jpg': 'image/jpeg',
  '.png': 'image/png',
  '.wasm': 'application/wasm',
  '.webmanifest': 'application/manifest+json',
};

export class StaticHost {
  /** Paths that were asked for. */
  readonly asked: string[] = [];
  /** How long browsers may keep a file. */
  keep = 'max-age=600';
  /** What is answered in place of a file. */
  readonly instead = new Map<string, { status: number; body: string }>();
  #server: Server | null = null;
  #port = 0;

  private constructor(
    /** What is served. */
    public folder: string,
    /** Where it is mounted. */
    readonly base: string,
  ) {}

  static async start(folder: string, base = '/'): Promise<StaticHost> {
    const host = new StaticHost(folder, base);
    await host.up();
    return host;
  }

  /** By a name that is another machine's to the page, and this one's to the browser; or by any other name of this one. */
  address(name = 'site.localhost'): string {
    return `http://${name}:${this.#port}${this.base}`;
  }

  async up(): Promise<void> {
    const server = createServer((request, response) => {
      const path = decodeURIComponent(new URL(request.url!, 'http://localhost').pathname);
      this.asked.push(path);
      const inside = path.startsWith(this.base) ? path.slice(this.base.length) || 'index.html' : null;
      const told = this.instead.get(inside ?? path);
      const file = inside === null ? null : join(this.folder, inside);
      const there = told === undefined && file !== null && !inside!.includes('..') && statSync(file, { throwIfNoEntry: false })?.isFile();
      response.setHeader('Content-Type', told ? 'text/html' : !there ? 'text/plain' : (TYPES[extname(file)] ?? 'application/octet-stream'));
      response.setHeader('Cache-Control', this.keep);
      response.statusCode = told?.status ?? (there ? 200 : 404);
      response.end(there ? readFileSync(file) : (told?.body ?? 'not found'));
    });
    await new Promise<void>((resolve) => server.listen(this.#port, resolve)); // both addresses of the machine
    this.#port = (server.address() as AddressInfo).port;
    this.#server = server;
  }

  /** The server is gone. */
  async down(): Promise<void> {
    this.#server?.closeAllConnections();
    await new Promise((resolve) => this.#server?.close(resolve) ?? resolve(null));
    this.#server = null;
  }
}
