/** What happens when the server is gone after the page has come. */
import { expect, test } from '@playwright/test';
import { block, open, shownBlock } from './explorer.js';

for (const title of ['Compare', 'Benchmark']) {
  test(`${title} without a connection says so, the page lives, and trying again brings it`, async ({ page, context }) => {
    const errors: string[] = [];
    page.on('pageerror', ({ message }) => errors.push(message));
    await open(page, '?model=resnet20&sample=cat');
    await context.setOffline(true);
    const views = page.getByRole('navigation', { name: 'Views' });
    await views.getByRole('link', { name: title }).click();
    await expect(page.getByRole('alert')).toContainText(`${title} could not be fetched: the server did not answer.`);
    await views.getByRole('link', { name: 'Explore' }).click();
    await block(page, 'layer3.2').getByRole('button', { name: 'layer3.2' }).click();
    await shownBlock(page, 'layer3.2');

    await views.getByRole('link', { name: title }).click();
    await page.getByRole('button', { name: 'Try again' }).click();
    await expect(page.getByRole('alert')).toContainText('the server still does not answer');
    await context.setOffline(false);
    await page.getByRole('button', { name: 'Try again' }).click();
    await expect(page.getByRole('heading', { name: title, exact: true })).toBeVisible();
    await expect(page.getByRole('alert')).toHaveCount(0);
    await expect.poll(() => new URL(page.url()).searchParams.get('block')).toBe('layer3.2');
    expect(errors).toEqual([]);
  });
}
