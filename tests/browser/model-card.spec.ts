/** The card of a model: what is stated of it, and taking it along. */
import { readFile } from 'node:fs/promises';
import { AxeBuilder } from '@axe-core/playwright';
import { expect, test, type Page } from '@playwright/test';
import { open } from './explorer.js';

const card = (page: Page) => page.getByTestId('model-card');
const about = (page: Page) => page.getByRole('button', { name: 'About this model' });

async function saved(page: Page, button: string): Promise<{ name: string; text: string }> {
  const [download] = await Promise.all([page.waitForEvent('download'), card(page).getByRole('button', { name: button }).click()]);
  return { name: download.suggestedFilename(), text: await readFile(await download.path(), 'utf8') };
}

test('it opens over the page, moves nothing, and closes by Escape, by its button and by a press beside it', async ({ page }) => {
  await open(page, '?model=resnet20');
  const map = page.getByTestId('skip-map');
  const before = await map.boundingBox();
  await about(page).click();
  await expect(card(page)).toBeVisible();
  await expect(card(page)).toContainText('2651e21a63af2fdb7fb7757eba34a63e767eb9a29c2f3c7eaa7027c3a25e96f9');
  await expect(card(page).getByTestId('card-map').locator('.sum')).toHaveCount(9);
  await expect(card(page).getByRole('table').getByRole('row')).toHaveCount(5);
  await expect.poll(() => map.boundingBox()).toEqual(before);
  await page.keyboard.press('Escape');
  await expect(card(page)).toBeHidden();
  await expect(about(page)).toBeFocused();
  await about(page).click();
  await card(page).getByRole('button', { name: 'Close' }).click();
  await expect(card(page)).toBeHidden();
  await about(page).click();
  await page.mouse.click(5, 5);
  await expect(card(page)).toBeHidden();
});

test('it leaves as Markdown, by clipboard and as a file, and its map as a drawing', async ({ page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await open(page, '?model=plain20');
  await about(page).click();
  const { name, text } = await saved(page, 'Save as Markdown (.md)');
  expect(name).toBe('plain20_card.md');
  expect(text).toMatch(/^# Plain-20 \(CIFAR-10\)\n/);
  expect(text).toContain('- **Shortcuts**: none: a plain net');
  await card(page).getByRole('button', { name: 'Copy as Markdown' }).click();
  await expect(card(page).getByRole('status')).toHaveText('The card is in the clipboard.');
  await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toBe(text);
  const drawing = await saved(page, 'Save the map (.svg)');
  expect(drawing.name).toBe('plain20_skip-map.svg');
  expect(text).toContain(`(${drawing.name})`);
  expect(drawing.text).toMatch(/^<svg [^>]*>.*stage 3.*<\/svg>$/s);
  expect(drawing.text).not.toContain('var(--');
});

test('axe finds nothing in it', async ({ page }) => {
  await open(page, '?model=resnet20');
  await about(page).click();
  await expect(card(page).getByTestId('card-map')).toBeVisible();
  expect((await new AxeBuilder({ page }).include('[data-testid="model-card"]').analyze()).violations).toEqual([]);
});
