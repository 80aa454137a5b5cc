/** A hub of models as the page meets one: it lists files, sends whoever asks for one on to another origin, and fails as it is told to. */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { WWW } from './site.js';

const REAL = JSON.parse(readFileSync(join(WWW, 'public/models/hub.json'), 'utf8')) as { origin: string; redirects: string[]; models: object[] };

/** What one request for a file comes to. Each behaviour serves one; after the last all goes well. */
export interface Behaviour {
  /** In place of the file. */
  status?: number;
  headers?: Record<string, string>;
  body?: string;
  /** The connection breaks, or is silent, after so many bytes of the answer. */
  cutAfter?: number;
  silentAfter?: number;
  /** No page may read it. */
  withoutCors?: boolean;
  /** The whole file, whatever part was asked for. */
  ignoresRange?: boolean;
  /** Other bytes than were published. */
  corrupted?: boolean;
}

export class HubServer {
  /** What was asked for: the path, and the range. */
  readonly requests: { path: string; range: string | undefined }[] = [];
  readonly behaviours: Behaviour[] = [];
  origin = '';
  /** Where files are: another origin. */
  store = '';
  readonly #server: Server;
  readonly #files: Map<string, Buffer>;

  private constructor(files: Map<string, Buffer>) {
    this.#files = files;
    this.#server = createServer((request, response) => this.#answer(request, response));
  }

  /** `files`: by the path of their repository and their name. */
  static async start(files: Record<string, Buffer>): Promise<HubServer> {
    const hub = new HubServer(new Map(Object.entries(files)));
    hub.#server.listen(0);
    await once(hub.#server, 'listening');
    const { port } = hub.#server.address() as AddressInfo;
    hub.origin = `http://localhost:${port}`;
    hub.store = `http://127.0.0.1:${port}`;
    return hub;
  }

  async stop(): Promise<void> {
    if (!this.#server.listening) return;
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, 'close');
  }

  /** Ranges that files were asked for with, at the store. */
  get ranges(): (string | undefined)[] {
    return this.requests.filter(({ path }) => path.startsWith('/store/')).map(({ range }) => range);
  }

  /** The page, as it is served, with this hub in place of the real one: in its list, and in its content policy. */
  async takesThePlaceOf(page: Page, models: object[]): Promise<void> {
    // A page that did not come from this machine itself, for all that the browser knows, may not ask it for anything.
    await page.context().grantPermissions(['local-network-access']);
    const swapped = (text: string) => text.replaceAll(REAL.origin, this.origin).replaceAll(REAL.redirects.join(' '), this.store);
    await page.route(
      ({ pathname }) => pathname === '/',
      async (route) => {
        const response = await route.fetch();
        const headers = Object.fromEntries(Object.entries(response.headers()).map(([name, value]) => [name, swapped(value)]));
        await route.fulfill({ status: response.status(), headers, body: swapped(await response.text()) });
      },
    );
    await page.route('**/models/hub.json', (route) => route.fulfill({ json: { origin: this.origin, redirects: [this.store], models } }));
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const path = request.url!;
    const { range } = request.headers;
    this.requests.push({ path, range });
    response.setHeader('Access-Control-Allow-Origin', '*');
    response.setHeader('Access-Control-Expose-Headers', 'Content-Range, Retry-After, ETag');
    if (request.method === 'OPTIONS') {
      response.writeHead(204, { 'Access-Control-Allow-Headers': 'Range' }).end();
      return;
    }
    const [, listed] = path.match(/^\/api\/models\/(.+)\/tree\/main$/) ?? [];
    if (listed) {
      const found = [...this.#files].filter(([name]) => name.startsWith(`${listed}/`));
      const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
      response.setHeader('Content-Type', 'application/json');
      response.end(JSON.stringify(found.map(([name, bytes]) => ({ path: name.split('/').at(-1), size: bytes.length, lfs: { oid: sha256(bytes) } }))));
      return;
    }
    const [, repository, name] = path.match(/^\/(.+)\/resolve\/main\/(.+)$/) ?? [];
    if (repository) {
      response.writeHead(302, { Location: `${this.store}/store/${repository}/${name}?signed=1` }).end();
      return;
    }
    const file = this.#files.get(path.replace(/^\/store\//, '').replace(/\?.*$/, ''));
    if (file) this.#send(file, range, response);
    else response.writeHead(404).end();
  }

  #send(whole: Buffer, range: string | undefined, response: ServerResponse): void {
    const { status, headers = {}, body = '', cutAfter, silentAfter, withoutCors, ignoresRange, corrupted } = this.behaviours.shift() ?? {};
    if (withoutCors) response.removeHeader('Access-Control-Allow-Origin');
    if (status) {
      response.writeHead(status, headers).end(body);
      return;
    }
    const from = ignoresRange ? 0 : Number(range?.match(/^bytes=(\d+)-$/)?.[1] ?? 0);
    const bytes = corrupted ? Buffer.from(whole.map((byte) => byte ^ 1)) : whole.subarray(from);
    const part = from > 0 ? { 'Content-Range': `bytes ${from}-${whole.length - 1}/${whole.length}` } : {};
    response.writeHead(from > 0 ? 206 : 200, { 'Content-Type': 'application/octet-stream', 'Content-Length': bytes.length, ...part });
    const end = cutAfter ?? silentAfter;
    if (end === undefined) response.end(bytes);
    else response.write(bytes.subarray(0, end), () => cutAfter !== undefined && setTimeout(() => response.destroy(), 50)); // what was written is on its way
  }
}
