import { expect, test, type Locator, type Page } from '@playwright/test';
import { block, caption, open, shownBlock } from './explorer.js';

/** Tabs on until the focus is there, as someone would who does not know how far it is. */
async function tabTo(page: Page, target: Locator): Promise<void> {
  for (let i = 0; i < 120 && !(await target.evaluate((element) => element === document.activeElement)); i++) await page.keyboard.press('Tab');
  await expect(target).toBeFocused();
}

test('everything works from the keyboard', async ({ page }) => {
  await open(page);
  await page.keyboard.press('Tab');
  await expect(page.getByRole('link', { name: 'Skip to the blocks' })).toBeFocused();
  for (const view of ['Explore', 'Why residual', 'Learn', 'Compare', 'Benchmark']) {
    await page.keyboard.press('Tab');
    await expect(page.getByRole('link', { name: view })).toBeFocused();
  }
  await tabTo(page, page.getByRole('combobox', { name: 'Model' }));
  await tabTo(page, page.getByRole('button', { name: 'A cup of coffee' }));
  await page.keyboard.press('Enter');
  await expect(caption(page)).toContainText('A cup of coffee');

  // The block's grids: one stop each, arrows walk the channels.
  const focused = page.locator(':focus');
  const loupe = page.getByTestId('loupe');
  await expect(loupe).toBeVisible();
  await tabTo(page, page.locator('button[data-branch="identity"][tabindex="0"]'));
  const first = await loupe.getAttribute('data-channel');
  await page.keyboard.press('ArrowRight');
  await expect(loupe).not.toHaveAttribute('data-channel', first!);
  await expect(focused).toHaveAttribute('data-channel', (await loupe.getAttribute('data-channel'))!);
  await expect.poll(() => focused.evaluate((button) => getComputedStyle(button).outlineStyle)).not.toBe('none');
  const at = await loupe.getAttribute('data-at');
  await page.keyboard.press('Shift+ArrowDown');
  await page.keyboard.press('Shift+ArrowDown');
  await page.keyboard.press('Shift+ArrowUp');
  await expect(loupe).not.toHaveAttribute('data-at', at!);
  await page.keyboard.press('Tab'); // the button that unfolds F
  await page.keyboard.press('Tab'); // the next grid, same cell
  await expect(focused).toHaveAttribute('data-branch', 'residual');
  await expect(focused).toHaveAttribute('data-channel', (await loupe.getAttribute('data-channel'))!);
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('channel')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByTestId('channel')).toHaveCount(0);

  // A block of the gallery.
  const opener = block(page, 'layer1.0').getByRole('button', { name: 'layer1.0' });
  await tabTo(page, opener);
  await expect(block(page, 'layer1.0')).toHaveClass(/hovered/);
  await page.keyboard.press('Enter');
  await expect(opener).toHaveAttribute('aria-pressed', 'true');
  await shownBlock(page, 'layer1.0');
});
