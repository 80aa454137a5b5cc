import { expect, test } from '@playwright/test';
import { expectAccessible, open } from './explorer.js';

for (const colorScheme of ['light', 'dark'] as const) {
  test.describe(colorScheme, () => {
    test.use({ colorScheme });

    for (const query of ['?block=layer2.0', '?model=plain20&block=layer1.0']) {
      test(`axe finds nothing: ${query}`, async ({ page }) => {
        await open(page, query);
        await expect(page.getByTestId('loupe')).toBeAttached();
        await expect(page.locator('[aria-busy="true"]')).toHaveCount(0);
        await expectAccessible(page);
      });
    }

    test('axe finds nothing in a page with a problem', async ({ page }) => {
      await open(page);
      await page.getByTestId('file').setInputFiles('fixtures/notes.jpg');
      await expect(page.getByRole('alert')).toBeVisible();
      await expectAccessible(page);
    });

    test('zero is the colour of the paper', async ({ page }) => {
      await open(page);
      // Any output map has clipped places: the extreme towards the paper.
      const cell = page.locator('canvas[data-atlas="output"]');
      await cell.scrollIntoViewIfNeeded();
      const extreme = () =>
        cell.evaluate((element, dark) => {
          const { width, height } = element as HTMLCanvasElement;
          const data = (element as HTMLCanvasElement).getContext('2d')!.getImageData(0, 0, width, height).data;
          // Between the cells nothing is drawn.
          const greens = [...data].filter((_, i) => i % 4 === 1 && data[i + 2]! > 0);
          return dark ? Math.min(...greens) : Math.max(...greens);
        }, colorScheme === 'dark');
      if (colorScheme === 'dark') await expect.poll(extreme).toBeLessThan(40);
      else await expect.poll(extreme).toBeGreaterThan(235);
    });
  });
}
