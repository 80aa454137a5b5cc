import { expect, test, type Page } from '@playwright/test';
import { block, open } from './explorer.js';

async function expectNoOverflow(page: Page) {
  const wide = await page.evaluate(() => {
    const limit = document.documentElement.clientWidth;
    const over = [...document.querySelectorAll('body *')].filter((element) => element.getBoundingClientRect().right > limit + 0.5);
    return { scroll: document.documentElement.scrollWidth - limit, over: over.map((element) => `${element.tagName}.${element.className}`) };
  });
  expect(wide).toEqual({ scroll: 0, over: [] });
}

for (const query of ['?block=layer2.0', '?model=plain20&block=layer1.0', '?model=resnet56']) {
  test(`nothing overflows at 390 px: ${query}`, async ({ page }) => {
    await open(page, query);
    if (query.includes('block')) await expect(page.getByTestId('loupe')).toBeAttached();
    await expectNoOverflow(page);
  });
}

test('nor does a problem with a long file name', async ({ page }) => {
  await open(page);
  await page.getByTestId('file').setInputFiles({ name: `${'x'.repeat(120)}.jpg`, mimeType: 'image/jpeg', buffer: Buffer.from('no picture') });
  await expect(page.getByRole('alert')).toBeVisible();
  await expectNoOverflow(page);
});

test('panels stand two by two', async ({ page }) => {
  await open(page);
  const one = block(page, 'layer1.0');
  const box = async (branch: string) => (await one.getByTestId(`map-${branch}`).boundingBox())!;
  const [identity, residual, sum, output] = await Promise.all(['identity', 'residual', 'sum', 'output'].map(box));
  expect(identity!.y).toBeCloseTo(residual!.y, 0);
  expect(sum!.y).toBeCloseTo(output!.y, 0);
  expect(sum!.x).toBeCloseTo(identity!.x, 0);
  expect(sum!.y).toBeGreaterThan(identity!.y + identity!.height);
});
