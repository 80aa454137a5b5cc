import { expect, test } from '@playwright/test';
import { blocks, needsResnet50, open, top } from './explorer.js';

test('a real photo through ResNet-50 gets the right class', async ({ page, request }) => {
  await needsResnet50(request);

  await open(page, '?model=resnet50&sample=cat');
  await expect(blocks(page)).toHaveCount(16);
  await expect(top(page).first()).toHaveText(/Egyptian.cat/i);
  await page.getByRole('button', { name: 'A cup of coffee' }).click();
  await expect(top(page).first()).toHaveText(/espresso/i);
  await expect(page.locator('[data-block="layer1.0"]').getByTestId('shortcut')).toHaveText(/projection/);
  await expect(page.getByTestId('input')).toHaveAttribute('aria-label', /224 by 224/);
});
