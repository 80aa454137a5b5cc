import { expect, test } from '@playwright/test';
import { blocks, open, top } from './explorer.js';

test('a real photo through ResNet-50 gets the right class', async ({ page, request }) => {
  const { models } = await (await request.get('/models/registry.json')).json();
  const entry = models.find(({ id }: { id: string }) => id === 'resnet50');
  const there = entry && (await request.head(`/models/${entry.file}`)).ok();
  const reason = 'ResNet-50 is absent: it is converted at set-up from an npm package, which could not be fetched here';
  if (!there) console.log(`SKIPPED: ${reason}`);
  test.skip(!there, reason);

  await open(page, '?model=resnet50&sample=cat');
  await expect(blocks(page)).toHaveCount(16);
  await expect(top(page).first()).toHaveText(/Egyptian.cat/i);
  await page.getByRole('button', { name: 'A cup of coffee' }).click();
  await expect(top(page).first()).toHaveText(/espresso/i);
  await expect(page.locator('[data-block="layer1.0"]').getByTestId('shortcut')).toHaveText(/projection/);
  await expect(page.getByTestId('input')).toHaveAttribute('aria-label', /224 by 224/);
});
