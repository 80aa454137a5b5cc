/** What a visitor sees without scrolling is what the project is about: the picture, its classes, the map and the open block's equation. */
import { expect, test, type Locator, type Page } from '@playwright/test';
import { needsResnet50, open } from './explorer';

const PARTS = ['picture', 'prediction', 'map', 'identity', 'residual', 'sum', 'output'];
const part = (page: Page, name: string): Locator => page.locator(`[data-part="${name}"]`);

async function bottom(page: Page, name: string): Promise<number> {
  const box = await part(page, name).boundingBox();
  expect(box, name).not.toBeNull();
  expect(box!.width * box!.height, name).toBeGreaterThan(1000);
  return box!.y + box!.height;
}

/** What a large picture shows. */
const pixels = (page: Page, name: string): Promise<string> =>
  part(page, name)
    .locator('canvas')
    .evaluate((canvas) => (canvas as HTMLCanvasElement).toDataURL());

for (const [width, height] of [
  [1280, 800],
  [1440, 900],
  [2560, 1440],
] as const) {
  for (const model of ['resnet20', 'resnet50'] as const) {
    test(`at ${width} x ${height} everything stands on the first screen, ${model}`, async ({ page, request }) => {
      if (model === 'resnet50') await needsResnet50(request);
      await page.setViewportSize({ width, height });
      await open(page, `?model=${model}`);
      await expect(part(page, 'output')).toBeVisible();
      for (const name of [...PARTS, 'channels']) expect(await bottom(page, name), name).toBeLessThanOrEqual(height);
      const { width: side } = (await part(page, 'identity').locator('canvas').boundingBox())!;
      expect(side).toBeGreaterThanOrEqual(190);
    });
  }
}

/** What moved by itself while the page loaded: the sum of all layout shifts. */
async function shifts(page: Page, query: string): Promise<{ sum: number; worst: string[] }> {
  await page.addInitScript(() => {
    const all: { value: number; what: string[] }[] = [];
    Object.assign(window, { shifts: all });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as (PerformanceEntry & { value: number; hadRecentInput: boolean; sources: { node?: Element }[] })[])
        if (!entry.hadRecentInput) all.push({ value: entry.value, what: entry.sources.map(({ node }) => `${node?.nodeName}.${node?.className}`) });
    }).observe({ type: 'layout-shift', buffered: true });
  });
  await open(page, query);
  await expect(part(page, 'output')).toBeVisible();
  await expect(page.locator('.waiting')).toHaveCount(0); // every section has come
  await expect(page.locator('[aria-busy="true"]')).toHaveCount(0);
  await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 100))));
  return page.evaluate(() => {
    const { shifts: all } = window as unknown as { shifts: { value: number; what: string[] }[] };
    return { sum: all.reduce((sum, { value }) => sum + value, 0), worst: all.map(({ value, what }) => `${value.toFixed(4)} ${what.join(' ')}`) };
  });
}

for (const [width, height] of [
  [1280, 800],
  [1440, 900],
  [2560, 1440],
  [390, 844],
] as const) {
  for (const model of ['resnet20', 'resnet50'] as const) {
    test(`at ${width} x ${height} nothing moves while it loads, ${model}`, async ({ page, request }, info) => {
      if (model === 'resnet50') await needsResnet50(request);
      await page.setViewportSize({ width, height });
      const { sum, worst } = await shifts(page, `?model=${model}`);
      info.annotations.push({ type: 'layout shift', description: sum.toFixed(4) });
      console.log(`layout shift at ${width} x ${height}, ${model}: ${sum.toFixed(4)}`);
      expect(sum, worst.join('\n')).toBeLessThanOrEqual(0.05);
    });
  }
}

for (const model of ['resnet20', 'resnet50'] as const) {
  test.describe(`on a phone, ${model}`, () => {
    test.use({ viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true });

    test('the equation ends within 1.2 screens; the map stays in sight and swipes', async ({ page, request }) => {
      if (model === 'resnet50') await needsResnet50(request);
      await open(page, `?model=${model}`);
      for (const name of PARTS) expect(await bottom(page, name), name).toBeLessThanOrEqual(1.2 * 844);
      await page.evaluate(() => window.scrollTo(0, 500));
      await expect.poll(async () => (await part(page, 'map').boundingBox())!.y).toBeGreaterThanOrEqual(-1);
      const map = part(page, 'map');
      await expect.poll(() => map.evaluate((element) => element.scrollWidth - element.clientWidth)).toBeGreaterThan(50);
      await expect(map).toHaveCSS('overflow-x', 'auto');
    });
  });
}

test('a click on the map changes the equation in place', async ({ page }) => {
  await open(page, '?model=resnet20&block=layer1.1');
  const before = await pixels(page, 'output');
  await page.locator('[data-arc="layer2.1"]').click();
  await expect.poll(() => pixels(page, 'output')).not.toBe(before);
  await expect.poll(() => page.evaluate(() => window.scrollY)).toBe(0);
  await expect(page.locator('#stage-title')).toHaveText('layer2.1');
});

test('a cut on the picture itself changes the sum, and restoring brings it back', async ({ page }) => {
  await open(page, '?model=resnet20&block=layer1.1&channel=0');
  const sum = await pixels(page, 'sum');
  const tools = page.getByRole('group', { name: 'residual F(x) of layer1.1' });
  await tools.getByRole('button', { name: 'Cut' }).click();
  await expect(part(page, 'residual').getByText('cut')).toBeVisible();
  await expect.poll(async () => (await pixels(page, 'sum')) === (await pixels(page, 'identity'))).toBe(true); // x + 0
  await expect(page.getByTestId('sentence')).toContainText('F(x) is cut');
  await tools.getByRole('button', { name: 'Restore' }).click();
  await expect.poll(() => pixels(page, 'sum')).toBe(sum);
});

test('a channel is chosen in the filmstrip, by keys, and by pointing at a picture; it stays when the picture changes', async ({ page }) => {
  await open(page, '?model=resnet20&block=layer1.1');
  const equation = page.getByTestId('equation');
  const film = part(page, 'channels');
  const frame = film.getByRole('radio').nth(4);
  const channel = await frame.getAttribute('data-channel');
  await frame.click();
  await expect(equation).toHaveAttribute('data-subject', channel!);
  await page.keyboard.press('ArrowRight');
  await expect(equation).not.toHaveAttribute('data-subject', channel!);
  await page.locator('[data-part="residual"] .picture').click({ position: { x: 60, y: 60 } });
  const picked = await equation.getAttribute('data-subject');
  expect(Number(picked)).toBeGreaterThanOrEqual(0);
  await page.locator('[data-sample="coffee"]').click();
  await expect(page.getByTestId('caption')).toContainText('coffee');
  await expect(equation).toHaveAttribute('data-subject', picked!);
  await expect(film.getByRole('radio', { checked: true })).toBeInViewport();
});
