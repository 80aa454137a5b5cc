import { readdirSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, type Page } from '@playwright/test';
import { classify, FIXTURES, open, type Classified } from './explorer.js';

const WWW = join(import.meta.dirname, '../../www');
const built = readdirSync(join(WWW, 'src/engine/pkg')).filter((name) => existsSync(join(WWW, 'src/engine/pkg', name, 'skipscope.js')));
const others = built.filter((name) => name !== 'scalar');

const chip = (page: Page) => page.getByTestId('status');
const named = (flavour: string, threads = flavour === 'threads' ? 2 : 1) =>
  new RegExp(`^${flavour} · ${threads} ${threads === 1 ? 'thread' : 'threads'}( ·|$)`);

/** Probabilities by class, and the output statistics of every block. */
function shown({ top, blocks }: Classified): number[] {
  const classes = [...top].sort((a, b) => a.index - b.index).map(({ probability }) => probability);
  return [...classes, ...blocks.flatMap(({ residual, output }) => [residual.rms, output.rms, output.max])];
}

async function run(page: Page, flavour: string, model: string, picture: string, topK: number): Promise<number[]> {
  await open(page, `?flavour=${flavour}&threads=2&model=${model}`);
  await expect(chip(page)).toHaveText(named(flavour));
  const results = [];
  // Several times: what threads do to each other need not happen the first time.
  for (let i = 0; i < (flavour === 'threads' ? 10 : 1); i++) results.push(shown(await classify(page, picture, { topK })));
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
    expect(built, 'pkg-scripts/build makes every flavour').toEqual(expect.arrayContaining(['relaxed', 'scalar', 'simd128', 'threads']));
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
  await expect(chip(page)).toHaveText(cores > 1 ? named('threads', Math.min(cores, 8)) : named('relaxed'));
});

test('the address sets the number of threads', async ({ page }) => {
  await open(page, '?threads=3');
  await expect(chip(page)).toHaveText(named('threads', 3));
  await open(page, '?threads=1');
  await expect(chip(page)).toHaveText(named('relaxed'));
});

test('a host without isolation headers gets one thread, and no message', async ({ page }) => {
  await page.route('**/*', async (route) => {
    const response = await route.fetch();
    const { 'cross-origin-opener-policy': _, 'cross-origin-embedder-policy': __, ...headers } = response.headers();
    await route.fulfill({ response, headers });
  });
  for (const query of ['', '?flavour=threads']) {
    await open(page, query);
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(false);
    await expect(chip(page)).toHaveText(named('relaxed'));
    await expect(page.getByRole('alert')).toHaveCount(0);
  }
});

test('a flavour that does not start gives way to the next, and no message', async ({ page }) => {
  let asked = 0;
  await page.route('**/*.wasm', (route) => (asked++ === 0 ? route.fulfill({ body: 'no wasm', contentType: 'application/wasm' }) : route.continue()));
  await open(page, '?flavour=simd128&threads=1');
  await expect(chip(page)).toHaveText(named('relaxed'));
  await expect(page.getByRole('alert')).toHaveCount(0);
});

test('a name that is no flavour is passed over', async ({ page }) => {
  await open(page, '?flavour=turbo');
  await expect(chip(page)).toHaveText(/^(threads|relaxed) ·/);
  await classify(page, join(FIXTURES, 'upright.jpg'));
});
