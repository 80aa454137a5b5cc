import { expect, test, type Page } from '@playwright/test';
import { open } from './explorer.js';

async function expectNoOverflow(page: Page) {
  const wide = await page.evaluate(() => {
    const limit = document.documentElement.clientWidth;
    // What only readers hear is as wide as it likes, behind a clip of one pixel; what swipes or ends in dots keeps inside its box.
    const kept = (element: Element): boolean => {
      const box = element.parentElement;
      return (
        box !== null &&
        box !== document.body &&
        ((getComputedStyle(box).overflowX !== 'visible' && box.getBoundingClientRect().right <= limit + 0.5) || kept(box))
      );
    };
    const over = [...document.querySelectorAll('body *')].filter(
      (element) => element.getBoundingClientRect().right > limit + 0.5 && !element.closest('.hidden') && !kept(element),
    );
    return { scroll: document.documentElement.scrollWidth - limit, over: over.map((element) => `${element.tagName}.${element.className}`) };
  });
  expect(wide).toEqual({ scroll: 0, over: [] });
}

for (const query of ['?block=layer2.0', '?block=layer3.2&steps=1&channel=7', '?model=plain20&block=layer1.0', '?model=resnet56']) {
  test(`nothing overflows at 390 px: ${query}`, async ({ page }) => {
    await open(page, query);
    await expect(page.getByTestId('loupe')).toBeAttached();
    if (query.includes('steps')) await expect(page.getByTestId('step')).toBeAttached();
    await expectNoOverflow(page);
  });
}

test('nor does a problem with a long file name', async ({ page }) => {
  await open(page);
  await page.getByTestId('file').setInputFiles({ name: `${'x'.repeat(120)}.jpg`, mimeType: 'image/jpeg', buffer: Buffer.from('no picture') });
  await expect(page.getByRole('alert')).toBeVisible();
  await expectNoOverflow(page);
});

test('grids stand two by two, with cells that a finger hits', async ({ page }) => {
  await open(page, '?block=layer1.0');
  const first = (branch: string) => page.locator(`button[data-branch="${branch}"]`).first();
  const box = async (branch: string) => (await first(branch).boundingBox())!;
  await expect(first('identity')).toBeAttached();
  const [identity, residual, sum, output] = await Promise.all(['identity', 'residual', 'sum', 'output'].map(box));
  expect(identity!.y).toBeCloseTo(residual!.y, 0);
  expect(sum!.y).toBeCloseTo(output!.y, 0);
  expect(sum!.x).toBeCloseTo(identity!.x, 0);
  expect(sum!.y).toBeGreaterThan(identity!.y + identity!.height);
  expect(Math.min(identity!.width, identity!.height)).toBeGreaterThanOrEqual(44);
});

test('a touch reads a place and opens the channel', async ({ page }) => {
  await open(page, '?block=layer1.0');
  const cell = page.locator('button[data-branch="sum"]').nth(4);
  await cell.tap();
  await expect(page.getByTestId('loupe')).toHaveAttribute('data-channel', (await cell.getAttribute('data-channel'))!);
  await expect(page.getByTestId('channel')).toBeVisible();
});
