import { readdirSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, type Page } from '@playwright/test';
import { classify, expectEngine, FIXTURES, open, type Classified } from './explorer.js';

const WWW = join(import.meta.dirname, '../../www');
const built = readdirSync(join(WWW, 'src/engine/pkg')).filter((name) => existsSync(join(WWW, 'src/engine/pkg', name, 'skipscope.js')));
const others = built.filter((name) => name !== 'scalar');

const isThreaded = (flavour: string) => flavour.startsWith('threads');
const runs = (page: Page, flavour: string, threads = isThreaded(flavour) ? 2 : 1) => expectEngine(page, flavour, threads);

/** Probabilities by class, and the output statistics of every block. */
function shown({ top, blocks }: Classified): number[] {
  const classes = [...top].sort((a, b) => a.index - b.index).map(({ probability }) => probability);
  return [...classes, ...blocks.flatMap(({ residual, output }) => [residual.rms, output.rms, output.max])];
}

async function run(page: Page, flavour: string, model: string, picture: string, topK: number): Promise<number[]> {
  await open(page, `?flavour=${flavour}&threads=2&model=${model}`);
  await runs(page, flavour);
  const results = [];
  // Several times: what threads do to each other need not happen the first time.
  for (let i = 0; i < (isThreaded(flavour) ? 10 : 1); i++) results.push(shown(await classify(page, picture, { topK })));
  for (const other of results) expect(other).toEqual(results[0]); // the same sums in the same order, whoever makes them
  return results[0]!;
}

function expectClose(ours: number[], theirs: number[]): void {
  expect(ours.length).toBe(theirs.length);
  const worst = Math.max(...ours.map((value, i) => Math.abs(value - theirs[i]!) / Math.max(1, Math.abs(theirs[i]!))));
  expect(worst).toBeLessThan(1e-3); // NaN is not
}

for (const model of ['resnet20', 'plain20', 'resnet50']) {
  test(`every flavour finds the same in ${model}`, async ({ page }) => {
    test.skip(!existsSync(join(WWW, `public/models/${model}.gguf`)), `${model} is absent: it could not be fetched at set-up`);
    expect(built, 'pkg-scripts/build makes every flavour').toEqual(expect.arrayContaining(['relaxed', 'scalar', 'simd128', 'threads', 'threads-simd128']));
    const topK = model === 'resnet50' ? 1000 : 10;
    const picture = join(WWW, 'public/samples/cat.jpg');
    const scalar = await run(page, 'scalar', model, picture, topK);
    for (const flavour of others) {
      await test.step(flavour, async () => expectClose(await run(page, flavour, model, picture, topK), scalar));
    }
  });
}

test('the fastest flavour is chosen, with as many threads as the machine has', async ({ page }) => {
  await open(page);
  const cores = await page.evaluate(() => navigator.hardwareConcurrency);
  await (cores > 1 ? runs(page, 'threads', Math.min(cores, 8)) : runs(page, 'relaxed'));
});

test('a browser without relaxed SIMD gets threads all the same', async ({ page }) => {
  // What Safari is to the page: a validator that does not know the instructions.
  await page.addInitScript(() => {
    const { validate } = WebAssembly;
    const knows = (bytes: Uint8Array) => !bytes.some((byte, at) => byte === 0xfd && bytes[at + 1]! >= 0x80 && bytes[at + 2] === 2);
    WebAssembly.validate = (bytes: BufferSource) => validate(bytes) && knows(new Uint8Array(bytes as ArrayBuffer));
  });
  await open(page, '?threads=2');
  await runs(page, 'threads-simd128');
  await open(page, '?threads=1');
  await runs(page, 'simd128');
});

test('the address sets the number of threads', async ({ page }) => {
  await open(page, '?threads=3');
  await runs(page, 'threads', 3);
  await open(page, '?threads=1');
  await runs(page, 'relaxed');
});

test('a host without isolation headers gets one thread, and no message', async ({ page }) => {
  await page.route('**/*', async (route) => {
    const response = await route.fetch();
    const { 'cross-origin-opener-policy': _, 'cross-origin-embedder-policy': __, ...headers } = response.headers();
    await route.fulfill({ response, headers });
  });
  for (const query of ['', '?flavour=threads', '?flavour=threads-simd128']) {
    await open(page, query);
    await expect.poll(() => page.evaluate(() => crossOriginIsolated)).toBe(false);
    await runs(page, 'relaxed');
    await expect(page.getByRole('alert')).toHaveCount(0);
  }
});

test('a flavour that does not start gives way to the next, and no message', async ({ page }) => {
  let asked = 0;
  await page.route('**/*.wasm', (route) => (asked++ === 0 ? route.fulfill({ body: 'no wasm', contentType: 'application/wasm' }) : route.continue()));
  await open(page, '?flavour=simd128&threads=1');
  await runs(page, 'relaxed');
  await expect(page.getByRole('alert')).toHaveCount(0);
});

test('a name that is no flavour is passed over', async ({ page }) => {
  await open(page, '?flavour=turbo');
  await expectEngine(page, /^(threads|relaxed)$/);
  await classify(page, join(FIXTURES, 'upright.jpg'));
});

const flavour = (page: Page) => page.evaluate(() => window.skipscope!.flavour);

test('a worker or a binary that did not come is asked for again, and costs no flavour', async ({ page }) => {
  for (const late of [/\/assets\/worker-[^/]+\.js$/, /\.wasm$/]) {
    let asked = 0;
    await page.route(late, (route) => (asked++ === 0 ? route.abort() : route.continue()));
    await open(page, '?threads=1');
    expect(asked).toBe(2);
    await expect.poll(() => flavour(page)).toBe('relaxed');
    await expect(page.getByTestId('fallen-engine')).toHaveCount(0);
    await page.unroute(late);
  }
});

test('where only a slower flavour starts, the page says so, and why', async ({ page }) => {
  let asked = 0;
  await page.route('**/*.wasm', (route) => (asked++ < 2 ? route.fulfill({ body: 'no wasm', contentType: 'application/wasm' }) : route.continue()));
  await open(page, '?threads=1');
  await expect.poll(() => flavour(page)).toBe('scalar');
  await expect(page.getByTestId('fallen-engine')).toContainText('The engine runs as “scalar”, slower than it could: its build “relaxed” did not start (');
  await expect(page.getByRole('alert')).toHaveCount(0);
});
