import { expect, test } from '@playwright/test';
import { block, caption, open } from './explorer.js';

test('everything works from the keyboard', async ({ page }) => {
  await open(page);
  await page.keyboard.press('Tab');
  await expect(page.getByRole('link', { name: 'Skip to the blocks' })).toBeFocused();
  for (const view of ['Explore', 'Benchmark']) {
    await page.keyboard.press('Tab');
    await expect(page.getByRole('link', { name: view })).toBeFocused();
  }
  await page.keyboard.press('Tab');
  await expect(page.getByRole('combobox', { name: 'Model' })).toBeFocused();
  await page.keyboard.press('Tab');
  await expect(page.getByRole('button', { name: 'Chelsea the cat' })).toBeFocused();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await expect(caption(page)).toContainText('A cup of coffee');

  const opener = block(page, 'layer1.0').getByRole('button', { name: 'layer1.0' });
  for (let i = 0; i < 12 && !(await opener.evaluate((button) => button === document.activeElement)); i++) await page.keyboard.press('Tab');
  await expect(opener).toBeFocused();
  expect(await opener.evaluate((button) => getComputedStyle(button).outlineStyle)).not.toBe('none');
  await page.keyboard.press('Enter');
  await expect(opener).toHaveAttribute('aria-expanded', 'true');

  const loupe = block(page, 'layer1.0').getByTestId('loupe');
  await expect(loupe).toBeVisible();
  await page.keyboard.press('Tab'); // into the first grid
  const focused = page.locator(':focus');
  await expect(focused).toHaveAttribute('data-branch', 'identity');
  const first = await loupe.getAttribute('data-channel');
  await page.keyboard.press('ArrowRight');
  await expect(loupe).not.toHaveAttribute('data-channel', first!);
  await expect(focused).toHaveAttribute('data-channel', (await loupe.getAttribute('data-channel'))!);
  const where = await loupe.textContent();
  await page.keyboard.press('Shift+ArrowDown');
  await page.keyboard.press('Shift+ArrowDown');
  await page.keyboard.press('Shift+ArrowUp');
  await expect(loupe).not.toHaveText(where!);
  await page.keyboard.press('Tab'); // the next grid, same cell
  await expect(focused).toHaveAttribute('data-branch', 'residual');

  await opener.focus();
  await page.keyboard.press('Space');
  await expect(opener).toHaveAttribute('aria-expanded', 'false');
});
