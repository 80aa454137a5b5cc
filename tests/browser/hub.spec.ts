/** Downloads from a hub: nothing unasked, resumed, verified, and every way in which they fail told apart. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, type Locator, type Page } from '@playwright/test';
import { blocks, expectAccessible, open } from './explorer.js';
import { HubServer, type Behaviour } from './hub-server.js';
import { WWW } from './site.js';

const FILE = readFileSync(join(WWW, 'public/models/plain56.gguf')); // 1.7 MB
const facts = {
  architecture: 'resnet18',
  licence: 'Apache 2.0',
  dataset: 'CIFAR-10',
  source: 'timm',
  mean: [0, 0, 0],
  std: [1, 1, 1],
  inputSide: 32,
  resizeSide: 32,
};
const NET = { ...facts, id: 'net', title: 'Net (timm)', repository: 'timm/net', file: 'model.gguf', bytes: FILE.length + 200 };
const RAW = { ...facts, id: 'raw', title: 'Raw (timm)', repository: 'timm/raw', file: 'model.safetensors', bytes: 5000, accuracy: 'top-1 69.76%' };

const panel = (page: Page) => page.getByTestId('models');
const consent = (page: Page) => page.getByTestId('consent');
const row = (page: Page, title = NET.title): Locator => page.getByRole('region', { name: 'From the hub' }).locator(`[data-title="${title}"]`);
const button = (page: Page, name: string | RegExp, title?: string) => row(page, title).getByRole('button', { name });

/** The net that the hub has is shown: Plain-56. */
async function expectNet(page: Page): Promise<void> {
  await expect(blocks(page)).toHaveCount(27);
  await expect(page.getByTestId('no-identity').first()).toBeVisible();
}

let hub: HubServer;
test.beforeEach(async ({ page }) => {
  hub = await HubServer.start({ 'timm/net/model.gguf': FILE, 'timm/raw/model.safetensors': Buffer.alloc(5000, 7) });
  await hub.takesThePlaceOf(page, [NET, RAW]);
});
test.afterEach(() => hub.stop());

async function openPanel(page: Page): Promise<void> {
  await page.getByRole('combobox', { name: 'Model', exact: true }).selectOption('Models…');
  await expect(row(page)).toBeVisible();
}

/** To the download's beginning. */
async function begin(page: Page, title = NET.title): Promise<void> {
  await openPanel(page);
  await button(page, 'Download…', title).click();
  await consent(page).getByRole('button', { name: 'Download' }).click();
  await expect(consent(page)).toHaveCount(0);
}

test('nothing is asked of the hub before somebody agrees; then the model comes, from where the hub sends it, and is opened', async ({
  page,
  context,
  baseURL,
}) => {
  const foreign: string[] = [];
  context.on('request', (request) => request.url().startsWith(baseURL!) || /^(blob|data):/.test(request.url()) || foreign.push(request.url()));
  await open(page);
  await openPanel(page);
  await button(page, 'Download…').click();
  await expect(consent(page)).toContainText(new URL(hub.origin).host);
  await expect(consent(page)).toContainText('about 1.7 MB');
  await expect(consent(page)).toContainText('Apache 2.0');
  await expect(consent(page)).toContainText('Your pictures stay here');
  await expect(page.getByRole('heading', { name: 'Download Net (timm)?' })).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(consent(page)).toHaveCount(0);
  await expect(panel(page)).toBeVisible();
  await expect(button(page, 'Download…')).toBeFocused();
  await button(page, 'Download…').click();
  await consent(page).getByRole('button', { name: 'Not now' }).click();
  await expect(consent(page)).toHaveCount(0);
  expect([foreign, hub.requests]).toEqual([[], []]);

  await button(page, 'Download…').click();
  await consent(page).getByRole('button', { name: 'Download' }).click();
  await expect(button(page, 'Open')).toBeVisible();
  expect(hub.requests.map(({ path }) => path)).toEqual([
    '/api/models/timm/net/tree/main',
    '/timm/net/resolve/main/model.gguf',
    '/store/timm/net/model.gguf?signed=1',
  ]);
  const yours = page.getByRole('region', { name: 'Yours' }).getByTestId('model');
  await expect(yours).toContainText(/Downloaded from localhost:\d+, /);
  await button(page, 'Open').click();
  await expect(panel(page)).toHaveCount(0);
  await expectNet(page);

  const before = hub.requests.length; // it needs the hub no more
  await page.reload();
  await expectNet(page);
  await openPanel(page);
  await expect(button(page, 'Open')).toBeVisible();
  expect(hub.requests.length).toBe(before);
  await yours.getByRole('button', { name: 'Delete' }).click();
  await yours.getByRole('button', { name: 'Delete it' }).click();
  await expect(button(page, 'Download…')).toBeVisible(); // and is asked for again: agreeing was for that download
});

test('a connection that breaks goes on by itself where it was, and once more after a reload', async ({ page }) => {
  hub.behaviours.push({ cutAfter: 600_000 }, { silentAfter: 400_000 });
  await open(page);
  await begin(page);
  await expect.poll(() => hub.ranges).toEqual([undefined, 'bytes=600000-']);
  await expect(row(page)).toContainText('1.0 MB of 1.7 MB');
  await button(page, /^Cancel/).click();
  await expect(row(page)).toContainText('1.0 MB of 1.7 MB are here.');
  await page.reload();
  await openPanel(page);
  await expect(row(page)).toContainText('1.0 MB of 1.7 MB are here.');
  const before = hub.requests.length;
  await button(page, 'Continue').click(); // another visit, another question
  expect(hub.requests.length).toBe(before);
  await consent(page).getByRole('button', { name: 'Download' }).click();
  await expect(button(page, 'Open')).toBeVisible();
  expect(hub.ranges.at(-1)).toBe('bytes=1000000-');
});

test('what came can be discarded', async ({ page }) => {
  hub.behaviours.push({ silentAfter: 400_000 });
  await open(page);
  await begin(page);
  await expect(row(page)).toContainText('400 kB of 1.7 MB');
  await button(page, /^Cancel/).click();
  await button(page, /^Discard/).click();
  await expect(row(page)).not.toContainText('are here');
  await button(page, 'Download…').click(); // and from the start it is asked for again
  await consent(page).getByRole('button', { name: 'Download' }).click();
  await expect(button(page, 'Open')).toBeVisible();
  expect(hub.ranges).toEqual([undefined, undefined]);
});

test('whoever has gone on meanwhile is told in the header, and asked before the model changes', async ({ page }) => {
  hub.behaviours.push({ silentAfter: 400_000 });
  await open(page);
  await begin(page);
  await page.keyboard.press('Escape');
  const bar = page.getByRole('progressbar', { name: 'Loading Net' });
  await expect(bar).toBeVisible();
  await expect.poll(() => bar.evaluate((progress) => (progress as HTMLProgressElement).value)).toBeGreaterThan(0); // else there is nothing to continue
  await page.getByRole('button', { name: 'Cancel' }).click();
  await expect(page.getByRole('progressbar')).toHaveCount(0);
  await openPanel(page);
  hub.behaviours.push({ silentAfter: 100_000 });
  await button(page, 'Continue').click();
  await expect.poll(() => hub.ranges.length).toBe(2);
  await button(page, /^Cancel/).click();
  await expect(button(page, 'Continue')).toBeVisible();
  // Closed as soon as it goes on: by then it may have come.
  await page.evaluate(() => {
    const dialog = document.querySelector<HTMLDialogElement>('[data-testid="models"]')!;
    [...dialog.querySelectorAll('button')].find(({ textContent }) => textContent.includes('Continue'))!.click();
    dialog.close();
  });
  await expect(page.getByTestId('no-identity')).toHaveCount(0);
  await page.getByRole('button', { name: 'Switch to it' }).click();
  await expectNet(page);
});

test('a file that is no model is not downloaded twice', async ({ page }) => {
  await open(page);
  await begin(page, RAW.title);
  await expect(row(page, RAW.title)).toContainText('All of it is here, 5 kB.');
  await expect(row(page, RAW.title).getByRole('alert')).toContainText('“raw.safetensors”: ');
  const before = hub.requests.length;
  await button(page, 'Open', RAW.title).click();
  await expect(row(page, RAW.title).getByRole('alert')).toContainText('“raw.safetensors”: ');
  expect(hub.requests.length).toBe(before);
  await button(page, /^Discard/, RAW.title).click();
  await expect(button(page, 'Download…', RAW.title)).toBeVisible();
});

const FAILURES: { name: string; behaviour: Behaviour; says: RegExp }[] = [
  { name: 'is gone (404)', behaviour: { status: 404 }, says: /is no longer on localhost:\d+ \(404\)/ },
  { name: 'asks for an account', behaviour: { status: 401 }, says: /asks for an account/ },
  { name: 'no page may read', behaviour: { withoutCors: true }, says: /could not be reached: .*\(CORS\)/ },
  {
    name: 'is a login page',
    behaviour: { status: 200, headers: { 'Content-Type': 'text/html' }, body: '<!doctype html><p>Log in' },
    says: /a web page in place of Net/,
  },
  { name: 'is a login page that calls itself a file', behaviour: { status: 200, body: '<!doctype html><p>Log in' }, says: /a web page in place of Net/ },
  { name: 'is corrupted', behaviour: { corrupted: true }, says: /its SHA-256 is not the one that localhost:\d+ states/ },
  { name: 'is longer than it should be', behaviour: { status: 200, body: 'x'.repeat(FILE.length + 9) }, says: /more came than the \d+ bytes/ },
  { name: 'is too busy for an hour', behaviour: { status: 429, headers: { 'Retry-After': '3600' } }, says: /come back in 60 minutes/ },
  { name: 'is broken (500)', behaviour: { status: 500 }, says: /answered 500/ },
];
for (const { name, behaviour, says } of FAILURES) {
  test(`a file that ${name} is told, and the next try brings it`, async ({ page }) => {
    hub.behaviours.push(behaviour);
    await open(page);
    await begin(page);
    await expect(row(page).getByRole('alert')).toContainText(says);
    await expect(page.getByRole('region', { name: 'Yours' }).getByTestId('model')).toHaveCount(0);
    await button(page, 'Try again').click();
    await expect(button(page, 'Open')).toBeVisible();
  });
}

test('a hub that is out of reach is told', async ({ page }) => {
  await open(page);
  await hub.stop();
  await begin(page);
  await expect(row(page).getByRole('alert')).toContainText('could not be reached');
});

test('a hub that is busy is waited for, as long as it says', async ({ page }) => {
  hub.behaviours.push({ status: 429, headers: { 'Retry-After': '2' } });
  await open(page);
  await begin(page);
  await expect(row(page)).toContainText(/is busy and asks to wait 2 s. It goes on by itself./);
  await expect(button(page, 'Open')).toBeVisible();
  expect(hub.ranges.length).toBe(2);
});

test('a silence of half a minute is a cut', async ({ page }) => {
  await page.clock.install();
  hub.behaviours.push({ silentAfter: 400_000 });
  await open(page);
  await begin(page);
  await expect(row(page)).toContainText('400 kB of 1.7 MB');
  await page.clock.fastForward(31_000);
  await expect(row(page)).toContainText('It goes on by itself in 1 s.');
  await page.clock.fastForward(2_000);
  await expect(button(page, 'Open')).toBeVisible();
  expect(hub.ranges).toEqual([undefined, 'bytes=400000-']);
});

test('a server that knows no ranges sends it all again', async ({ page }) => {
  hub.behaviours.push({ cutAfter: 400_000 }, { ignoresRange: true });
  await open(page);
  await begin(page);
  await expect(button(page, 'Open')).toBeVisible();
});

test('axe finds nothing in the question, nor in a download that stopped', async ({ page }) => {
  await open(page);
  await openPanel(page);
  await button(page, 'Download…').click();
  await expectAccessible(page, '[data-testid="consent"]');
  hub.behaviours.push({ status: 404 });
  await consent(page).getByRole('button', { name: 'Download' }).click();
  await expect(row(page).getByRole('alert')).toBeVisible();
  await expectAccessible(page, '[data-testid="models"]');
});
