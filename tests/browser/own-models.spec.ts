/** Models of the visitor's own: opened from files, kept by the browser, deleted. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, type Locator, type Page } from '@playwright/test';
import { blocks, caption, expectAccessible, open } from './explorer.js';
import { WWW } from './site.js';

const NET = join(WWW, 'public/models/plain20.gguf');
const TITLE = 'Plain-20 (CIFAR-10)';

const picker = (page: Page) => page.getByRole('combobox', { name: 'Model', exact: true });
const panel = (page: Page) => page.getByTestId('models');
const yours = (page: Page): Locator => page.getByRole('region', { name: 'Yours' }).getByTestId('model');
const modelId = (page: Page) => new URL(page.url()).searchParams.get('model');
const alert = (page: Page) => page.getByRole('alert');

async function openPanel(page: Page): Promise<void> {
  await picker(page).selectOption('Models…');
  await expect(panel(page)).toBeVisible();
}

/** Opens a model file by the panel, and waits until the page shows it. */
async function openModel(page: Page, file = NET): Promise<string> {
  await openPanel(page);
  await page.getByTestId('model-file').setInputFiles(file);
  await expect(panel(page)).toHaveCount(0);
  await expect(page.getByTestId('no-identity').first()).toBeVisible();
  await expect.poll(() => modelId(page)).toMatch(/^own-/);
  return modelId(page)!;
}

/** Drops files on the page. */
async function drop(page: Page, files: { name: string; path: string }[]): Promise<void> {
  const data = files.map(({ name, path }) => [name, readFileSync(path).toString('base64')] as const);
  await page.evaluate((all) => {
    const transfer = new DataTransfer();
    for (const [name, base64] of all) transfer.items.add(new File([Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))], name));
    window.dispatchEvent(new DragEvent('dragenter', { dataTransfer: transfer }));
    window.dispatchEvent(new DragEvent('drop', { dataTransfer: transfer, cancelable: true }));
  }, data);
}

test('a model file is opened, in the menu, there after a reload without the server’s models, and deleted', async ({ page }) => {
  await open(page);
  const id = await openModel(page);
  await expect(picker(page)).toHaveValue(id);
  await expect(picker(page).locator('optgroup[label="Yours"] option')).toHaveText([/Plain-20/]);

  await page.route('**/models/*.gguf', (route) => route.abort());
  await page.reload();
  await expect(page.getByTestId('no-identity').first()).toBeVisible();
  await expect(picker(page)).toHaveValue(id);
  await expect(alert(page)).toHaveCount(0);
  await page.unroute('**/models/*.gguf');

  await openPanel(page);
  await expect(yours(page)).toHaveCount(1);
  await expect(yours(page)).toContainText(TITLE);
  await expect(yours(page)).toContainText(/543 kB .* CIFAR-10/);
  await expect(yours(page)).toContainText('Opened from plain20.gguf');
  await expect(yours(page)).toContainText('shown now');
  await yours(page)
    .getByRole('button', { name: `Delete ${TITLE}` })
    .click();
  await expect(yours(page).getByRole('button', { name: 'Keep' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(yours(page).getByRole('button', { name: `Delete ${TITLE}` })).toBeFocused();
  await page.keyboard.press('Enter');
  await yours(page).getByRole('button', { name: 'Delete it' }).click();
  await expect(yours(page)).toHaveCount(0);
  await expect(page.getByRole('heading', { name: 'Yours' })).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(picker(page)).toHaveValue('resnet20'); // the usual one
  await expect(page.getByTestId('no-identity')).toHaveCount(0);
  await page.reload();
  await expect(blocks(page).first()).toBeVisible();
  await expect(picker(page).locator('option', { hasText: 'Plain-20' })).toHaveCount(1); // the site's own
});

test('the panel is opened, walked and left by keyboard, and the focus returns', async ({ page }) => {
  await open(page);
  await picker(page).focus();
  await openPanel(page);
  await expect(page.getByRole('heading', { name: 'Models', exact: true })).toBeFocused();
  await page.keyboard.press('Tab');
  await expect(page.getByRole('button', { name: 'Close' })).toBeFocused();
  await page.keyboard.press('Tab');
  await expect(page.getByRole('button', { name: 'Open a model file…' })).toBeFocused();
  await page.keyboard.press('Tab');
  await expect(page.getByRole('button', { name: 'Open ResNet-20' })).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(panel(page)).toHaveCount(0);
  await expect(picker(page)).toBeFocused();
  await expect(picker(page)).toHaveValue('resnet20');
  await openPanel(page);
  await page.getByRole('button', { name: 'Open Plain-56' }).click();
  await expect(panel(page)).toHaveCount(0);
  await expect(blocks(page)).toHaveCount(27);
  await openPanel(page);
  await page.mouse.click(5, 5); // beside it
  await expect(panel(page)).toHaveCount(0);
});

test('a model opened where no model is shown is shown in Explore', async ({ page }) => {
  await page.goto('/?model=resnet20&view=learn');
  await expect(picker(page)).toBeEnabled();
  await openPanel(page);
  await page.getByRole('button', { name: 'Open Plain-20' }).click();
  await expect(page.getByTestId('no-identity').first()).toBeVisible();
  await expect.poll(() => new URL(page.url()).searchParams.get('view')).toBeNull();
});

test('a link to a model of somebody else’s is told in one line, and is no error', async ({ page }) => {
  await open(page, '?model=own-abcd1234&sample=cat&block=layer2.1');
  await expect(page.getByTestId('asked')).toContainText('model “own-abcd1234”, which is not to be had here');
  await expect(page.getByTestId('asked')).toContainText('A model of one’s own stays in the browser that opened it');
  await expect(alert(page)).toHaveCount(0);
  await expect(picker(page)).toHaveValue('resnet20');
});

test('what is no model is said by its name, and the others are opened', async ({ page }, info) => {
  await open(page);
  await openPanel(page);
  const broken = info.outputPath('broken.gguf');
  const { writeFileSync } = await import('node:fs');
  writeFileSync(broken, readFileSync(NET).subarray(0, 300_000));
  const other = info.outputPath('net.onnx');
  writeFileSync(other, 'onnx');
  await page.getByTestId('model-file').setInputFiles([broken, other, NET]);
  await expect(panel(page).getByRole('alert')).toContainText('“broken.gguf”');
  await expect(panel(page).getByRole('alert')).toContainText('“net.onnx”: the file');
  await expect(yours(page)).toHaveCount(1);
  await page.keyboard.press('Escape');
  await expect(alert(page)).toContainText('“net.onnx”: the file'); // in the page, now
  await expect(page.getByTestId('no-identity').first()).toBeVisible();
});

test('a model that is dropped is opened, a picture beside it looked at', async ({ page }) => {
  await open(page);
  await drop(page, [
    { name: 'mine.GGUF', path: NET },
    { name: 'upright.jpg', path: join(import.meta.dirname, 'fixtures/upright.jpg') },
  ]);
  await expect(caption(page)).toContainText('upright.jpg');
  await expect(page.getByTestId('no-identity').first()).toBeVisible();
  await drop(page, [{ name: 'notes.pth', path: join(import.meta.dirname, 'fixtures/upright.jpg') }]);
  await expect(alert(page)).toContainText('“notes.pth”: the file is a picture');
});

test('two tabs: what one keeps the other has, and what one deletes the other goes on with', async ({ page, context }) => {
  await open(page);
  const id = await openModel(page);
  const other = await context.newPage();
  await open(other);
  await expect(picker(other).locator(`option[value="${id}"]`)).toHaveCount(1);
  await openPanel(other);
  await yours(other)
    .getByRole('button', { name: `Delete ${TITLE}` })
    .click();
  await yours(other).getByRole('button', { name: 'Delete it' }).click();
  await expect(yours(other)).toHaveCount(0);
  await page.evaluate(() => window.dispatchEvent(new Event('focus')));
  await page.getByRole('button', { name: 'A cup of coffee' }).click();
  await expect(caption(page)).toContainText('A cup of coffee');
  await expect(page.getByTestId('no-identity').first()).toBeVisible();
  await openPanel(page);
  await expect(yours(page)).toContainText('It was deleted in another tab.');
});

test('without room a model runs all the same, and that it is not kept is said', async ({ page }) => {
  await page.addInitScript(() => {
    const { put } = Cache.prototype;
    Cache.prototype.put = async function (request, response) {
      if (new Request(request).url.includes('own-models')) throw new DOMException('no room', 'QuotaExceededError');
      return put.call(this, request, response);
    };
  });
  await open(page);
  await openModel(page);
  await expect(alert(page)).toContainText(`${TITLE} was not kept: this browser gives the page no more room. It stays for as long as this page is open.`);
  await page.getByRole('button', { name: 'Dismiss' }).click();
  await openPanel(page);
  await yours(page).getByRole('button', { name: 'Open' }).click();
  await page.reload();
  await expect(blocks(page).first()).toBeVisible();
  await expect(page.getByTestId('asked')).toContainText('own-');
});

test('without a secure context a model lasts as long as the page, which says so', async ({ page }) => {
  await page.addInitScript(() => {
    Reflect.deleteProperty(window, 'caches');
    Reflect.deleteProperty(Window.prototype, 'caches');
  });
  await open(page);
  await expect.poll(() => page.evaluate(() => 'caches' in window)).toBe(false);
  await openModel(page);
  await expect(alert(page)).toContainText('keeps nothing for pages that do not come over HTTPS');
  await picker(page).selectOption('resnet20');
  await expect(page.getByTestId('no-identity')).toHaveCount(0);
  await picker(page).selectOption({ label: `${TITLE} · 543 kB` });
  await expect(page.getByTestId('no-identity').first()).toBeVisible();
});

for (const colorScheme of ['light', 'dark'] as const) {
  for (const viewport of [
    { width: 1280, height: 900 },
    { width: 390, height: 844 },
  ]) {
    test(`axe finds nothing in the panel, ${colorScheme}, ${viewport.width} wide`, async ({ page }) => {
      await page.setViewportSize(viewport);
      await page.emulateMedia({ colorScheme });
      await open(page);
      await openModel(page);
      await openPanel(page);
      await expect(page.getByRole('region', { name: 'From the hub' }).getByTestId('model').first()).toBeVisible();
      await yours(page).getByRole('button', { name: 'Delete' }).click();
      await page.getByTestId('model-file').setInputFiles({ name: 'net.onnx', mimeType: '', buffer: Buffer.from('onnx') });
      await expect(panel(page).getByRole('alert')).toBeVisible();
      await expectAccessible(page, '[data-testid="models"]');
      await expect.poll(() => panel(page).evaluate((dialog) => dialog.scrollWidth - dialog.clientWidth)).toBe(0);
    });
  }
}
