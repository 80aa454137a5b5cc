/** The service worker: the site without a server, from one build to the next, and threads where the host sends no headers. */
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test as base, type Page } from '@playwright/test';
import { blocks, caption, classify, expectEngine, shownBlock, top } from './explorer.js';
import { nextBuild } from './next-build.js';
import { WWW } from './site.js';
import { StaticHost } from './static-host.js';

const DIST = join(WWW, 'dist');

const test = base.extend<{ host: StaticHost; next: string }>({
  host: async ({}, use) => {
    const host = await StaticHost.start(DIST);
    await use(host);
    await host.down();
  },
  next: async ({}, use) => {
    const folder = mkdtempSync(join(tmpdir(), 'skipscope-next-'));
    nextBuild(DIST, folder);
    await use(folder);
    rmSync(folder, { recursive: true });
  },
});
test.use({ serviceWorkers: 'allow' });

/** Opens the page, and waits until it would open again without a server. */
async function visit(page: Page, address: string): Promise<void> {
  await page.goto(address);
  await expect(blocks(page).first()).toBeVisible();
  await expect.poll(() => page.evaluate(() => navigator.serviceWorker.controller?.state)).toBe('activated');
}

const prompt = (page: Page) => page.getByTestId('new-version');
const isolated = (page: Page) => page.evaluate(() => crossOriginIsolated);
/** The scripts of the page’s workers and its own are all of the next build, or none is. */
const ofNext = async (page: Page) => {
  const own = await page.evaluate(() => [...document.querySelectorAll<HTMLScriptElement>('script[type="module"]')].map(({ src }) => src));
  const scripts = [...own, ...page.workers().map((worker) => worker.url())];
  expect(scripts.length).toBeGreaterThan(1);
  return [...new Set(scripts.map((script) => script.endsWith('-next.js')))];
};
/** Looks for another build now: a page does it by itself when it is opened, and when it is come back to. */
const look = (page: Page) => page.evaluate(async () => void (await (await navigator.serviceWorker.getRegistration())!.update()));

test('after one visit the page opens without a server: engine, samples, lessons', async ({ page, host }) => {
  const errors: string[] = [];
  page.on('pageerror', ({ message }) => errors.push(message));
  await visit(page, host.address());
  await host.down();
  await page.goto(host.address());
  await expect(top(page).first()).toHaveText('cat');
  await page.getByRole('button', { name: 'A cup of coffee' }).click();
  await expect(caption(page)).toContainText('A cup of coffee');
  await page.getByRole('button', { name: 'layer3.2', exact: true }).click();
  await shownBlock(page, 'layer3.2');
  expect((await classify(page, 'upright.jpg')).top[0]!.label).toBeTruthy();
  for (const title of ['Why residual', 'Compare', 'Benchmark', 'Learn']) {
    await page.getByRole('link', { name: title, exact: true }).click();
    await expect(page.getByRole('heading', { name: title, exact: true })).toBeVisible();
  }
  await page.locator('[data-lesson="identity"]').getByRole('link', { name: 'Start' }).click();
  await expect(page).toHaveURL(/lesson=/);
  expect(errors).toEqual([]);
});

test('the model that was opened last is there without a server, and of one that is not the page says so', async ({ page, context, host }) => {
  await visit(page, `${host.address()}?model=plain20`);
  await expect(page.getByRole('combobox', { name: 'Model', exact: true })).toHaveValue('plain20');
  await context.setOffline(true);
  await host.down();
  await page.reload();
  await expect.poll(() => page.evaluate(() => window.skipscope?.model?.id)).toBe('plain20');
  await page.getByRole('combobox', { name: 'Model', exact: true }).selectOption('resnet56');
  await expect(page.getByRole('alert')).toContainText('ResNet-56 (CIFAR-10) is not kept in this browser yet, and there is no connection');
  await expect(page.getByRole('alert')).toContainText('Plain-20 (CIFAR-10) is shown instead');
  expect((await classify(page, 'upright.jpg')).top[0]!.label).toBeTruthy();
});

test('a host that sends no headers has threads from the second visit on, and no visit loads twice', async ({ page, host }) => {
  await page.addInitScript(() => sessionStorage.setItem('loads', String(Number(sessionStorage.getItem('loads') ?? 0) + 1)));
  await visit(page, `${host.address()}?threads=2&model=resnet20`);
  expect(await isolated(page)).toBe(false);
  await expectEngine(page, 'relaxed', 1);
  await visit(page, `${host.address()}?threads=2&model=resnet20`);
  expect(await isolated(page)).toBe(true);
  await expectEngine(page, 'threads', 2);
  expect((await classify(page, 'upright.jpg')).top[0]!.label).toBeTruthy();
  expect(await page.evaluate(() => sessionStorage.getItem('loads'))).toBe('2');
});

test('under a path of its own it works as well, and leaves the rest of the host alone', async ({ page }) => {
  const host = await StaticHost.start(DIST, '/~teacher/skip/');
  host.instead.set('/~teacher/', { status: 200, body: 'the page of the teacher' });
  try {
    await visit(page, host.address());
    expect(await page.evaluate(async () => (await navigator.serviceWorker.getRegistration())!.scope)).toBe(host.address());
    await page.goto(new URL('..', host.address()).href);
    await expect(page.getByText('the page of the teacher')).toBeVisible();
    expect(await isolated(page)).toBe(false);
    expect((await page.goto(`${host.address()}nothing`))!.status()).toBe(404); // a missing file is no page
    await host.down();
    await page.goto(`${host.address()}index.html?model=resnet20`);
    await expect(top(page).first()).toHaveText('cat');
  } finally {
    await host.down();
  }
});

test('the next build waits for the visitor, and the page of before goes on working with its own files', async ({ page, host, next }) => {
  test.slow(); // a visit after the other
  await visit(page, host.address());
  await visit(page, `${host.address()}?model=resnet20`); // with this build’s service worker
  host.folder = next;
  await look(page);
  await expect(prompt(page)).toContainText('A new version of SkipScope is there.');
  await page.getByRole('button', { name: 'layer3.2', exact: true }).click();
  await shownBlock(page, 'layer3.2');
  await page.getByRole('combobox', { name: 'Model', exact: true }).selectOption('plain20');
  await expect.poll(() => page.evaluate(() => window.skipscope!.model!.id)).toBe('plain20');
  for (const title of ['Learn', 'Why residual', 'Explore']) await page.getByRole('link', { name: title, exact: true }).click(); // scripts that this page had not fetched yet
  await expect(blocks(page).first()).toBeVisible();
  await page.reload(); // is no act of wanting it
  await expect(blocks(page).first()).toBeVisible();
  expect(await ofNext(page)).toEqual([false]);
  await expect(page).not.toHaveTitle(/next build/);
  await expect(prompt(page)).toBeVisible();

  await prompt(page).getByRole('button', { name: 'Reload' }).click();
  await expect(page).toHaveTitle('SkipScope, the next build');
  await expect(blocks(page).first()).toBeVisible();
  expect(await ofNext(page)).toEqual([true]);
  expect(new URL(page.url()).searchParams.get('model')).toBe('plain20'); // where the visitor was
  await expect(prompt(page)).toHaveCount(0);
  // What was the last build’s is let go of, and the next one is whole without a server.
  const old = () =>
    page.evaluate(
      async () =>
        (await (await caches.open((await caches.keys()).find((key) => key.startsWith('skipscope-site'))!)).keys()).filter(
          ({ url }) => /\.js$/.test(url) && /assets/.test(url) && !url.endsWith('-next.js'),
        ).length,
    );
  await expect.poll(old).toBe(0);
  await host.down();
  await page.goto(host.address());
  await expect(blocks(page).first()).toBeVisible();
  expect(await ofNext(page)).toEqual([true]);
});

test('of two tabs one goes ahead, and the other is told and goes on', async ({ page, context, host, next }) => {
  test.slow(); // a visit after the other
  await visit(page, host.address());
  const other = await context.newPage();
  await visit(other, `${host.address()}?model=resnet20`);
  host.folder = next;
  await look(page);
  await expect(prompt(page)).toBeVisible();
  await expect(prompt(other)).toBeVisible();
  await prompt(page).getByRole('button', { name: 'Reload' }).click();
  await expect(page).toHaveTitle('SkipScope, the next build');
  await expect(blocks(page).first()).toBeVisible();

  // The server has the files of before no more: those of the other tab are kept for as long as it is there.
  await expect(prompt(other)).toBeVisible();
  for (const title of ['Compare', 'Learn', 'Why residual']) {
    await other.getByRole('link', { name: title, exact: true }).click();
    await expect(other.getByRole('heading', { name: title, exact: true })).toBeVisible();
  }
  await other.getByRole('link', { name: 'Explore', exact: true }).click();
  await other.getByRole('combobox', { name: 'Model', exact: true }).selectOption('resnet56');
  await expect(blocks(other)).toHaveCount(27);
  expect(await ofNext(other)).toEqual([false]);
  await prompt(other).getByRole('button', { name: 'Reload' }).click();
  await expect(other).toHaveTitle('SkipScope, the next build');
  await expect(blocks(other).first()).toBeVisible();
  expect(await ofNext(other)).toEqual([true]);
});

test('a build whose files are not all there is not installed', async ({ page, host, next }) => {
  await visit(page, host.address());
  host.instead.set('index.html', { status: 200, body: '<!doctype html><title>half of it</title>' }); // as a host may be in the middle of a change
  host.folder = next;
  const states = await page.evaluate(async () => {
    const registration = (await navigator.serviceWorker.getRegistration())!;
    const found = new Promise<ServiceWorker>((resolve) => registration.addEventListener('updatefound', () => resolve(registration.installing!)));
    void registration.update();
    const worker = await found;
    await new Promise<void>((resolve) => worker.addEventListener('statechange', () => resolve()));
    return [worker.state, registration.waiting, registration.active!.state];
  });
  expect(states).toEqual(['redundant', null, 'activated']);
  await expect(prompt(page)).toHaveCount(0);
  host.instead.clear();
  await look(page);
  await expect(prompt(page)).toBeVisible();
});

test('in a frame of somebody else’s page nothing is registered, and the page works', async ({ page, host }) => {
  const server = createServer((_, response) =>
    response.setHeader('Content-Type', 'text/html').end(`<iframe src="${host.address()}?model=resnet20" width="1200" height="800"></iframe>`),
  );
  await new Promise<void>((resolve) => server.listen(0, resolve));
  try {
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    const frame = page.frameLocator('iframe');
    await expect(frame.getByTestId('block').first()).toBeVisible();
    await expect(frame.getByTestId('top').locator('.label').first()).toHaveText('cat');
    await expect(frame.locator('[aria-busy="true"]')).toHaveCount(0);
    const inside = page.frames().find((one) => one.url().startsWith(host.address()))!;
    // Where a browser allows them in frames at all.
    expect(await inside.evaluate(async () => (await navigator.serviceWorker.getRegistrations().catch(() => [])).length)).toBe(0);
    expect(host.asked).not.toContain('/sw.js');
  } finally {
    server.close();
    server.closeAllConnections();
  }
});

test('a service worker that the server does not deliver changes nothing', async ({ page, host }) => {
  const errors: string[] = [];
  page.on('pageerror', ({ message }) => errors.push(message));
  host.instead.set('sw.js', { status: 500, body: 'broken' });
  await page.goto(`${host.address()}?model=resnet20`);
  await expect(top(page).first()).toHaveText('cat');
  await expect.poll(() => host.asked.includes('/sw.js')).toBe(true);
  await page.reload();
  await expect(top(page).first()).toHaveText('cat');
  await expect(page.getByRole('alert')).toHaveCount(0);
  expect(errors).toEqual([]);
  expect(await page.evaluate(async () => (await navigator.serviceWorker.getRegistrations()).length)).toBe(0);
});

test('on the visitor’s own machine a new build is there at the next load, and another project on the port is left alone', async ({ page, host, next }) => {
  const address = host.address('localhost');
  host.keep = 'no-cache'; // as such servers are
  await visit(page, address);
  host.folder = next;
  await page.goto(address);
  await expect(page).toHaveTitle('SkipScope, the next build');
  await expect(blocks(page).first()).toBeVisible();
  expect(await ofNext(page)).toEqual([true]);
  host.instead.set('index.html', { status: 200, body: '<!doctype html><title>another project</title>' });
  await page.goto(address);
  await expect(page).toHaveTitle('another project');
  expect(await isolated(page)).toBe(false);
  await host.down();
  await page.goto(address);
  await expect(top(page).first()).toHaveText('cat');
});

test('no file of the site is larger than Cloudflare takes, and ResNet-50 comes whole from its parts', async ({ page, host }) => {
  const files = readdirSync(DIST, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const sizes = files.map((entry) => statSync(join(entry.parentPath, entry.name)).size);
  expect(files.length).toBeGreaterThan(50);
  expect(Math.max(...sizes)).toBeLessThanOrEqual(25 * 2 ** 20);
  test.skip(!files.some(({ name }) => name.startsWith('resnet50')), 'ResNet-50 is absent: it could not be fetched at set-up');
  await page.goto(`${host.address()}?model=resnet50`);
  await expect.poll(() => page.evaluate(() => window.skipscope?.model?.id)).toBe('resnet50');
  await expect(top(page).first()).toHaveText(/cat|tabby/i);
  for (const part of [1, 2]) expect(host.asked).toContain(`/models/resnet50.gguf.part${part}`);
});
