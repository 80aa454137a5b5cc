/** Models that are kept: told otherwise than when they were opened, and saved to be opened again. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, type Locator, type Page } from '@playwright/test';
import { expectAccessible, open, top } from './explorer.js';

const FOREIGN = join(import.meta.dirname, '../fixtures/foreign');
const NAMES = ['ash', 'birch', 'cedar', 'elm', 'fir', 'oak'];

const picker = (page: Page) => page.getByRole('combobox', { name: 'Model', exact: true });
const panel = (page: Page) => page.getByTestId('models');
const yours = (page: Page): Locator => page.getByRole('region', { name: 'Yours' }).getByTestId('model');
const questions = (page: Page) => page.getByTestId('questions');
const modelId = (page: Page) => new URL(page.url()).searchParams.get('model');
const alert = (page: Page) => page.getByRole('alert');

async function openPanel(page: Page): Promise<void> {
  await picker(page).selectOption('Models…');
  await expect(panel(page)).toBeVisible();
}

/** Opens a file by the panel, and answers with the usual. */
async function openFile(page: Page, file: string | { name: string; mimeType: string; buffer: Buffer }, asked: boolean): Promise<void> {
  await openPanel(page);
  await page.getByTestId('model-file').setInputFiles(file);
  if (asked) {
    await questions(page).getByLabel('Short side becomes').fill('48');
    await questions(page).getByLabel('then a square of').fill('48');
    await questions(page).getByRole('button', { name: 'Open', exact: true }).click();
  }
  await expect(panel(page)).toHaveCount(0);
  await expect.poll(() => modelId(page)).toMatch(/^own-/);
  await expect.poll(() => records(page)).toBe(1);
}

/** How many models this browser keeps. */
const records = (page: Page) =>
  page.evaluate(async () => (await (await caches.open('skipscope-own-models')).keys()).filter(({ url }) => url.endsWith('/record')).length);

/** Of the same picture, whatever is shown; and what the classes are called. */
async function classified(page: Page): Promise<{ probabilities: number[]; labels: string[] }> {
  await page.waitForFunction(() => window.skipscope !== undefined);
  return page.evaluate(async () => {
    await window.skipscope!.ready;
    const picture = await (await fetch('/samples/cat.jpg')).blob();
    const { probabilities, top: best } = await window.skipscope!.classify(picture);
    return { probabilities: [...probabilities], labels: best.map(({ label }) => label) };
  });
}
const probabilities = async (page: Page) => (await classified(page)).probabilities;
const apart = (a: number[], b: number[]) => Math.max(...a.map((p, index) => Math.abs(p - b[index]!)));

async function edit(page: Page): Promise<Locator> {
  await openPanel(page);
  await yours(page)
    .getByRole('button', { name: /^Edit details/ })
    .click();
  await expect(questions(page).getByTestId('recognised')).toBeVisible();
  return questions(page);
}

async function saved(page: Page, within: Locator, button: RegExp): Promise<{ name: string; buffer: Buffer }> {
  const [download] = await Promise.all([page.waitForEvent('download'), within.getByRole('button', { name: button }).click()]);
  return { name: download.suggestedFilename(), buffer: readFileSync(await download.path()) };
}

test('a model that was opened from PyTorch is saved, and opens in another browser with no question and the same probabilities', async ({ page, browser }) => {
  await open(page);
  await openFile(page, join(FOREIGN, 'basic.safetensors'), true);
  const before = await probabilities(page);
  await openPanel(page);
  await yours(page).getByRole('button', { name: /^Save/ }).click();
  const choices = yours(page).getByTestId('save-model');
  await expect(choices.getByRole('button')).toHaveText([/As it is \(f32\)/, /As f16/, /As q8_0/]);
  await expectAccessible(page, '[data-testid="models"]');
  const whole = await saved(page, choices, /As it is/);
  await expect(choices.getByRole('status')).toHaveText('basic.gguf is saved.');
  const half = await saved(page, choices, /As f16/);
  const quarter = await saved(page, choices, /As q8_0/);
  expect([whole.name, half.name, quarter.name]).toEqual(['basic.gguf', 'basic.f16.gguf', 'basic.q8_0.gguf']);
  expect(half.buffer.length).toBeLessThan(0.6 * whole.buffer.length);

  for (const [file, most] of [
    [whole, 0],
    [half, 1e-3],
    [quarter, 3e-2],
  ] as const) {
    const context = await browser.newContext();
    const fresh = await context.newPage();
    await open(fresh);
    await openFile(fresh, { ...file, mimeType: 'application/octet-stream' }, false);
    await expect(picker(fresh).locator('option:checked')).toHaveText(/^basic/);
    expect(apart(await probabilities(fresh), before), file.name).toBeLessThanOrEqual(most);
    await context.close();
  }
});

test('a model of this site is saved as the file that it is', async ({ page }) => {
  await open(page, '?model=plain20');
  await page.getByRole('button', { name: 'About this model' }).click();
  const card = page.getByTestId('model-card');
  await expect(card.getByRole('button', { name: 'Edit details…' })).toHaveCount(0); // it is the site's to say
  await card.getByRole('button', { name: 'Save as model file (.gguf)' }).click();
  await expect(card.getByTestId('save-model').getByRole('button')).toHaveCount(1);
  await expectAccessible(page, '[data-testid="model-card"]');
  const { name, buffer } = await saved(page, card.getByTestId('save-model'), /As it is/);
  expect(name).toBe('plain20.gguf');
  expect(buffer.equals(readFileSync(join(import.meta.dirname, '../../www/public/models/plain20.gguf')))).toBe(true);
});

test('names of classes are told otherwise, and the picture, the cut branch and the probabilities stay', async ({ page }) => {
  await open(page);
  await openFile(page, join(FOREIGN, 'basic.safetensors'), true);
  await page.getByRole('button', { name: 'A cup of coffee' }).click();
  await expect(page.getByTestId('caption')).toContainText('A cup of coffee');
  await expect(top(page).first()).toHaveText(/^class \d$/);
  const before = await classified(page);
  const id = modelId(page);

  const asked = await edit(page);
  await expect(asked.getByLabel('Name', { exact: true })).toHaveValue('basic');
  await expect(asked.getByLabel('then a square of')).toHaveValue('48');
  await expect(asked.getByRole('radio', { name: 'numbers' })).toBeChecked();
  await asked.getByText('For its card').click();
  await asked.getByLabel('Licence').fill('CC0');
  await asked.getByLabel('Accuracy').fill('90% on my own pictures');
  await asked.getByRole('radio', { name: 'from a file…' }).check();
  await asked.getByLabel('A line for each, or JSON').setInputFiles({ name: 'trees.txt', mimeType: 'text/plain', buffer: Buffer.from(NAMES.join('\n')) });
  await expectAccessible(page, '[data-testid="questions"]');
  await asked.getByRole('button', { name: 'Apply changes' }).click();
  await expect(panel(page).getByRole('status').filter({ hasText: 'basic was changed.' })).toHaveCount(1);
  await expect(yours(page)).toContainText('CC0');
  await page.keyboard.press('Escape');

  await expect(top(page).first()).toHaveText(/^(ash|birch|cedar|elm|fir|oak)$/);
  await expect(page.getByTestId('caption')).toContainText('A cup of coffee');
  await expect.poll(() => modelId(page)).toBe(id);
  const after = await classified(page);
  expect(apart(after.probabilities, before.probabilities)).toBe(0);
  expect(after.labels).toEqual(before.labels.map((label) => NAMES[Number(label.split(' ')[1])]));

  await page.reload(); // the kept file says so
  await expect(top(page).first()).toHaveText(/^(ash|birch|cedar|elm|fir|oak)$/);
  expect(await records(page)).toBe(1);
  await page.getByRole('button', { name: 'About this model' }).click();
  const card = page.getByTestId('model-card');
  await expect(card).toContainText('90% on my own pictures');
  await card.getByRole('button', { name: 'Edit details…' }).click(); // from the card, too
  await expect(questions(page).getByRole('radio', { name: 'as they are' })).toBeChecked();
  await questions(page).getByLabel('Name', { exact: true }).fill('Trees');
  await questions(page).getByRole('button', { name: 'Apply changes' }).click();
  await expect(card.getByRole('heading', { name: 'Trees' })).toBeVisible();
  await expect(card.getByRole('status').filter({ hasText: 'Trees was changed.' })).toBeVisible();
  expect((await classified(page)).labels).toEqual(after.labels);
});

test('another normalisation gives other probabilities, a cut branch stays cut; and back again they are what they were', async ({ page }) => {
  await open(page);
  await openFile(page, join(FOREIGN, 'cifar-a.safetensors'), true);
  const name = (await page.getByTestId('block').nth(1).getAttribute('data-block'))!;
  await page
    .getByRole('button', { name: `Cut residual F(x) of ${name}`, exact: true })
    .first()
    .click();
  const lesion = () => new URL(page.url()).searchParams.get('lesion');
  await expect.poll(lesion).not.toBeNull();
  const cut = lesion();
  const before = await probabilities(page);
  for (const [preset, same] of [
    ['Caffe', false],
    ['CIFAR', true],
  ] as const) {
    const asked = await edit(page);
    await asked.getByLabel('Normalisation').selectOption(preset);
    await asked.getByRole('button', { name: 'Apply changes' }).click();
    await expect(questions(page)).toHaveCount(0);
    await expect(panel(page).getByRole('status').filter({ hasText: 'was changed.' })).toHaveCount(1);
    await page.keyboard.press('Escape');
    await expect.poll(async () => apart(await probabilities(page), before) < 1e-7).toBe(same);
    expect(lesion()).toBe(cut);
  }
  await expect(alert(page)).toHaveCount(0);
});

test('whoever thinks better of it has changed nothing', async ({ page }) => {
  await open(page);
  await openFile(page, join(FOREIGN, 'bottleneck.pth'), true);
  const before = await probabilities(page);
  for (const how of ['Cancel', 'Escape'] as const) {
    const asked = await edit(page);
    await asked.getByLabel('Name', { exact: true }).fill('Something else');
    await asked.getByRole('radio', { name: 'first 1 × 1' }).check();
    if (how === 'Cancel') await asked.getByRole('button', { name: 'Cancel' }).click();
    else await page.keyboard.press('Escape');
    await expect(questions(page)).toHaveCount(0);
    await expect(yours(page)).toContainText('bottleneck');
    await page.keyboard.press('Escape');
    await expect(panel(page)).toHaveCount(0);
  }
  expect(apart(await probabilities(page), before)).toBe(0);
  await page.reload();
  await expect(picker(page).locator('option:checked')).toHaveText(/^bottleneck/);
  expect(apart(await probabilities(page), before)).toBe(0);
});

test('without room for the change the model is as it was, and that is said', async ({ page }) => {
  await open(page);
  await openFile(page, join(FOREIGN, 'basic.safetensors'), true);
  const before = await probabilities(page);
  await page.evaluate(() => {
    const { put } = Cache.prototype;
    Cache.prototype.put = async function (request, response) {
      if (new Request(request).url.includes('own-models')) throw new DOMException('no room', 'QuotaExceededError');
      return put.call(this, request, response);
    };
  });
  const asked = await edit(page);
  await asked.getByLabel('Name', { exact: true }).fill('Other');
  await asked.getByLabel('Normalisation').selectOption('0 to 255');
  await asked.getByRole('button', { name: 'Apply changes' }).click();
  await expect(panel(page).getByRole('alert')).toHaveText(/The changes to Other were not kept: this browser gives the page no more room\. It is as it was\./);
  await expect(yours(page)).toContainText('basic');
  expect(apart(await probabilities(page), before)).toBe(0);
  await page.reload();
  await expect(picker(page).locator('option:checked')).toHaveText(/^basic/);
  expect(apart(await probabilities(page), before)).toBe(0);
});
