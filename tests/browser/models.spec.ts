import { expect, test, type Page, type Route } from '@playwright/test';
import { blocks, caption, open } from './explorer.js';

const FILE = '**/models/resnet56.gguf';
const picker = (page: Page) => page.getByRole('combobox', { name: 'Model' });

const FAILURES: { name: string; fail: (route: Route) => Promise<void>; message: RegExp }[] = [
  { name: 'absent (404)', fail: (route) => route.fulfill({ status: 404, body: 'none' }), message: /ResNet-56.* is not on this server \(404/ },
  {
    name: 'truncated',
    fail: async (route) => {
      const body = await (await route.fetch()).body();
      await route.fulfill({ status: 200, body: body.subarray(0, body.length >> 1) });
    },
    message: /truncated: \d+ of \d+ bytes/,
  },
  {
    name: 'corrupted',
    fail: async (route) => {
      const body = Buffer.from(await (await route.fetch()).body());
      body[body.length >> 1]! ^= 0xff;
      await route.fulfill({ status: 200, body });
    },
    message: /corrupted: its SHA-256/,
  },
  { name: 'out of reach', fail: (route) => route.abort('connectionrefused'), message: /the server did not answer/ },
];

for (const { name, fail, message } of FAILURES) {
  test(`a model that is ${name} gets a message and a working retry`, async ({ page }) => {
    await page.route(FILE, fail);
    await open(page);
    await picker(page).selectOption('resnet56');
    await expect(page.getByRole('alert')).toContainText(message);
    await expect(blocks(page)).toHaveCount(9); // the last result stays

    await page.getByRole('button', { name: 'A cup of coffee' }).click(); // and the page works on
    await expect(caption(page)).toContainText('A cup of coffee');
    await expect(page.getByRole('alert')).toContainText(message);

    await page.getByRole('button', { name: 'Try again' }).click(); // still broken: the message again
    await expect(page.getByRole('alert')).toContainText(message);
    await page.unroute(FILE, fail);
    await page.getByRole('button', { name: 'Try again' }).click();
    await expect(blocks(page)).toHaveCount(27);
    await expect(page.getByRole('alert')).toHaveCount(0);
  });
}

test('a first model that fails leaves a page with a way out', async ({ page }) => {
  await page.route('**/models/resnet20.gguf', (route) => route.fulfill({ status: 404 }));
  await page.goto('/?model=resnet20');
  await expect(page.getByRole('alert')).toContainText('not on this server');
  await page.unrouteAll();
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(blocks(page)).toHaveCount(9);
});

test('an address with a model that cannot be had opens on the default, and says so', async ({ page }) => {
  await page.route(FILE, (route) => route.fulfill({ status: 404 }));
  await open(page, '?model=resnet56');
  await expect(blocks(page)).toHaveCount(9);
  await expect(page.getByRole('alert')).toContainText(/ResNet-20.* is shown instead/);
  await page.getByRole('button', { name: 'Dismiss' }).click();
  await expect(page.getByRole('alert')).toHaveCount(0);
  await expect(picker(page)).toHaveValue('resnet20');
});

test('an engine that does not arrive gets a message and a working retry', async ({ page }) => {
  await page.route('**/*.wasm', (route) => route.abort());
  await page.goto('/?model=resnet20');
  await expect(page.getByRole('alert')).toContainText('The engine did not start');
  await page.unrouteAll();
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(blocks(page)).toHaveCount(9);
});

test('a load shows progress, leaves the page alive and can be cancelled', async ({ page }) => {
  let asked = () => {};
  const request = new Promise<void>((resolve) => (asked = resolve));
  await page.route(FILE, () => asked()); // never answered
  await open(page);
  await picker(page).selectOption('resnet56');
  await request;
  await expect(page.getByRole('progressbar', { name: /Loading ResNet-56/ })).toBeVisible();
  await page.getByRole('button', { name: 'layer2.1', exact: true }).click();
  await expect(page.getByTestId('loupe')).toBeVisible();
  await page.getByRole('button', { name: 'Cancel' }).click();
  await expect(page.getByRole('progressbar')).toHaveCount(0);
  await expect(picker(page)).toHaveValue('resnet20');
  await expect(page.getByRole('alert')).toHaveCount(0);
  await expect(blocks(page)).toHaveCount(9);
});

test('a second visit downloads no model', async ({ page }) => {
  await open(page);
  await page.route('**/models/*.gguf', (route) => route.abort());
  await open(page);
  await expect(blocks(page)).toHaveCount(9);
});
