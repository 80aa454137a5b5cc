/** `npx skipscope` from the tarball, in an empty folder, with no Rust on the PATH and nothing of npm's registry. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { npm, quiet, sample, tarball } from './installed';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'skipscope-npx-'));
  mkdirSync(join(folder, 'cache'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const running: ChildProcess[] = [];
afterEach(async () => {
  for (const child of running.splice(0)) {
    if (child.exitCode === null && child.signalCode === null) {
      const gone = once(child, 'close');
      process.kill(-child.pid!);
      await gone;
    }
  }
});

const environment = () => quiet({ XDG_CACHE_HOME: join(folder, 'cache'), npm_config_cache: join(folder, 'npm'), npm_config_offline: 'true' });
const npx = (...args: string[]) => [npm('npx'), '--yes', '--package', tarball, 'skipscope', ...args];
const run = (...args: string[]) => spawnSync(process.execPath, npx(...args), { cwd: folder, encoding: 'utf8', env: environment() });

/** Starts it, and answers with its address once it has said it. */
async function serve(...args: string[]): Promise<string> {
  const child = spawn(process.execPath, npx(...args), { cwd: folder, env: environment(), detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  running.push(child);
  let said = '';
  return new Promise((resolve, reject) => {
    child.stdout.on('data', (piece: Buffer) => {
      said += String(piece);
      const address = said.match(/http:\/\/localhost:\d+/)?.[0];
      if (address) resolve(address.replace('localhost', '127.0.0.1'));
    });
    child.stderr.on('data', (piece: Buffer) => (said += String(piece)));
    child.on('close', (code) => reject(new Error(`it ended with ${code}: ${said}`)));
  });
}

/** A port that is free when this is asked. */
async function taken(): Promise<{ port: number; free: () => Promise<unknown> }> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { port: (server.address() as AddressInfo).port, free: () => new Promise((resolve) => server.close(resolve)) };
}

it('names what a picture shows', () => {
  const { status, stdout, stderr } = run('classify', sample('cat.jpg'), '--top', '2');
  expect(status, stderr).toBe(0);
  expect(stdout).toMatch(/cat\.jpg .*ResNet-20.*\n +\d+\.\d %  cat \(3\)\n.+\n$/);
  expect(stderr).toContain('--yes');
});

it('as JSON, and goes on after a file that is no picture', () => {
  writeFileSync(join(folder, 'no.jpg'), 'no picture');
  const { status, stdout } = run('classify', 'no.jpg', sample('ship.jpg'), 'missing.png', '--json', '--model', 'resnet20');
  expect(status).toBe(1);
  const lines = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { file: string; error?: string; top?: { label: string }[] });
  expect(lines.map(({ file, error, top }) => [file.split('/').at(-1), error !== undefined, top?.[0]!.label])).toEqual([
    ['no.jpg', true, undefined],
    ['ship.jpg', false, 'ship'],
    ['missing.png', true, undefined],
  ]);
});

it.each([[['classify']], [['classify', 'x.jpg', '--top', 'many']], [['fly']], [['--port', '99999']], [['--colour']]])(
  'what is not understood, %j, is told with the usage',
  (args) => {
    const { status, stderr } = run(...args);
    expect(status).toBe(2);
    expect(stderr).toContain('skipscope classify IMAGE...');
  },
);

it('says that ResNet-50 has to be fetched, and does not fetch it unasked', () => {
  const { status, stderr } = run('classify', sample('cat.jpg'), '--model', 'resnet50');
  expect(status).toBe(1);
  expect(stderr).toMatch(/--yes fetches it/);
});

it('serves the page, isolated, and every file that it is made of', async () => {
  const { port, free } = await taken();
  await free();
  const address = await serve('--port', String(port));
  const page = await fetch(`${address}/`);
  expect(page.status).toBe(200);
  const html = await page.text();
  expect(html).toContain('SkipScope');
  const { models } = (await (await fetch(`${address}/models/registry.json`)).json()) as { models: { id: string; file: string; bytes: number }[] };
  expect(models.map(({ id }) => id)).toEqual(['resnet20', 'plain20']); // those that are there
  const scripts = [...html.matchAll(/(?:src|href)="\.\/(assets\/[^"]+)"/g)].map(([, path]) => path!);
  expect(scripts.length).toBeGreaterThan(1);
  const types: Record<string, RegExp> = {
    js: /^text\/javascript/,
    css: /^text\/css/,
    wasm: /^application\/wasm$/,
    json: /^application\/json/,
    gguf: /^application\/octet-stream$/,
    jpg: /^image\/jpeg$/,
  };
  for (const path of ['', ...scripts, 'models/registry.json', 'models/resnet20.gguf', 'samples/cat.jpg', 'no-such-file', 'assets/%zz']) {
    const response = await fetch(`${address}/${path}`);
    await response.arrayBuffer();
    expect(response.headers.get('cross-origin-opener-policy'), path).toBe('same-origin');
    expect(response.headers.get('cross-origin-embedder-policy'), path).toBe('require-corp');
    if (/no-such|%zz/.test(path)) {
      expect(response.status, path).toBe(404);
      continue;
    }
    expect(response.status, path).toBe(200);
    if (path) expect(response.headers.get('content-type'), path).toMatch(types[path.split('.').at(-1)!]!);
    const again = await fetch(`${address}/${path}`, { headers: { 'if-none-match': response.headers.get('etag')! } });
    expect([again.status, again.headers.get('cross-origin-embedder-policy')], path).toEqual([304, 'require-corp']);
  }
  const { bytes } = models.find(({ id }) => id === 'resnet20')!;
  expect((await (await fetch(`${address}/models/resnet20.gguf`)).arrayBuffer()).byteLength).toBe(bytes);
  expect((await fetch(`${address}/models/resnet50.gguf`)).status).toBe(404);
  expect((await fetch(`${address}/..%2f..%2fpackage.json`)).status).toBe(404);
  expect((await fetch(`${address}/`, { method: 'POST' })).status).toBe(405);
});

it('a port that is taken: asked for, it says what to do', async () => {
  const { port, free } = await taken();
  const { status, stderr } = run('--port', String(port));
  await free();
  expect(status).toBe(1);
  expect(stderr).toContain(`port ${port} is taken: stop what listens there, or choose another with --port ${port + 1}`);
});
