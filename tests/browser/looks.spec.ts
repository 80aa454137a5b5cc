/** How the page looks where its usual looks do not hold: zoomed, on paper, in forced colours, without motion, in another theme. */
import { expect, test, type Page } from '@playwright/test';
import { blocks, colours, open, top } from './explorer';

const settled = async (page: Page) => {
  await expect(page.locator('.waiting')).toHaveCount(0);
  await expect(page.locator('[aria-busy="true"]')).toHaveCount(0);
};

test('four type sizes, and nothing under 12 px, in every view', async ({ page }) => {
  const sizes = () =>
    page.evaluate(() => {
      const found: Record<string, string> = {};
      for (const element of document.querySelectorAll('body *')) {
        const texts = [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.textContent!.trim());
        const box = element.getBoundingClientRect();
        if (texts && box.width > 1 && box.height > 1) found[getComputedStyle(element).fontSize] ??= `${element.tagName}.${element.getAttribute('class')}`;
      }
      return found;
    });
  for (const query of [
    '?block=layer2.1&steps=1&channel=3',
    '?lesion=layer1.1_1_0&cam=3',
    '?view=compare&model=resnet20&against=model:plain20',
    '?view=benchmark',
  ]) {
    if (query.includes('view')) await page.goto(`/${query}`);
    else await open(page, query);
    await settled(page);
    if (query.includes('compare')) await expect(page.locator('canvas').first()).toBeVisible();
    const found = await sizes();
    expect(Object.keys(found).length, query).toBeGreaterThan(1);
    for (const [size, where] of Object.entries(found)) expect(['12px', '14px', '16px', '20px'], `${query}: ${where}`).toContain(size);
  }
});

test.describe('theme', () => {
  const paper = (page: Page) => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const DARK = 'rgb(18, 20, 23)';

  test('follows the system, until one is chosen, which stays', async ({ page }) => {
    await page.emulateMedia({ colorScheme: 'light' });
    await open(page);
    const light = await paper(page);
    await page.emulateMedia({ colorScheme: 'dark' });
    await expect.poll(() => paper(page)).toBe(DARK);
    const button = page.getByTestId('theme');
    await button.click();
    await expect(button).toHaveAccessibleName('Theme: light');
    await expect.poll(() => paper(page)).toBe(light);
    await page.reload();
    await expect(button).toHaveAccessibleName('Theme: light');
    await expect.poll(() => paper(page)).toBe(light);
    await button.click();
    await page.emulateMedia({ colorScheme: 'light' });
    await expect.poll(() => paper(page)).toBe(DARK);
    await button.click();
    await expect.poll(() => paper(page)).toBe(light);
  });

  test('is there before the page’s own script', async ({ page }) => {
    await page.addInitScript(() => localStorage.setItem('skipscope-theme', 'dark'));
    await page.route('**/assets/index-*.js', (route) => route.abort());
    await page.emulateMedia({ colorScheme: 'light' });
    await page.goto('/');
    await expect.poll(() => paper(page)).toBe(DARK);
  });

  test('a storage that refuses stops nothing', async ({ page }) => {
    await page.addInitScript(() =>
      Object.defineProperty(window, 'localStorage', {
        get: () => {
          throw new DOMException('denied', 'SecurityError');
        },
      }),
    );
    await open(page);
    await page.getByTestId('theme').click();
    await expect(page.getByTestId('theme')).toHaveAccessibleName('Theme: light');
    await page.getByRole('combobox', { name: 'Model', exact: true }).selectOption('plain20');
    await expect(page.getByTestId('no-identity').first()).toBeVisible();
  });
});

for (const [width, height] of [
  [640, 400],
  [720, 450],
] as const) {
  test(`at 200 % zoom (${width} x ${height}) nothing is cut off, and what sticks leaves room`, async ({ page }) => {
    await page.setViewportSize({ width, height });
    await open(page);
    await settled(page);
    await expect.poll(() => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)).toBe(0);
    await page.mouse.wheel(0, 1200);
    await expect.poll(() => page.evaluate(() => window.scrollY)).toBeGreaterThan(300);
    const stuck = (await page.locator('[data-part="map"]').boundingBox())!;
    expect(stuck.y + stuck.height).toBeLessThan(height / 3);
    for (const name of ['identity', 'residual', 'sum', 'output']) {
      const box = (await page.locator(`[data-part="${name}"]`).boundingBox())!;
      expect(box.x, name).toBeGreaterThanOrEqual(0);
      expect(box.x + box.width, name).toBeLessThanOrEqual(width);
    }
  });
}

test('in forced colours bars, ticks, legends and what is pressed are still seen', async ({ page }) => {
  await page.emulateMedia({ forcedColors: 'active' });
  await open(page, '?lesion=layer2.1_1_0&cam=3');
  await settled(page);
  const ground = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const colour = (selector: string) =>
    page
      .locator(selector)
      .first()
      .evaluate((element) => getComputedStyle(element).backgroundColor);
  for (const selector of ['.bar', '.intact', '[data-testid="block"] dl i']) expect(await colour(selector), selector).not.toBe(ground);
  const pressed = page.locator('.switch button');
  await expect
    .poll(() => pressed.nth(0).evaluate((element) => getComputedStyle(element).backgroundColor))
    .not.toBe(await pressed.nth(1).evaluate((element) => getComputedStyle(element).backgroundColor));
  const cut = page.getByRole('button', { name: 'Cut a branch' });
  const before = await cut.evaluate((element) => getComputedStyle(element).backgroundColor);
  await cut.click();
  await page.mouse.move(0, 0);
  await expect.poll(() => cut.evaluate((element) => getComputedStyle(element).backgroundColor)).not.toBe(before);
  await page.locator('[data-channel="mean"][role="radio"]').click();
  await expect(page.locator('[data-channel="mean"][role="radio"]')).toHaveCSS('outline-style', 'solid');
  expect(
    await page
      .locator('.scale i')
      .first()
      .evaluate((element) => getComputedStyle(element).backgroundImage),
  ).toContain('linear-gradient');
});

test('on paper every map is drawn, and the map of the net is whole', async ({ page }) => {
  await open(page);
  await settled(page);
  const last = page.getByTestId('map-output').last().locator('canvas');
  await page.setViewportSize({ width: 720, height: 1000 });
  await page.emulateMedia({ media: 'print' });
  await expect.poll(() => colours(last)).toBeGreaterThan(1);
  for (const canvas of await page.locator('[data-part="identity"] canvas, [data-part="output"] canvas').all()) expect(await colours(canvas)).toBeGreaterThan(1);
  const map = (await page.getByTestId('skip-map').boundingBox())!;
  expect(map.x + map.width).toBeLessThanOrEqual(720);
  await expect(page.getByText('classifier', { exact: true }).first()).toBeInViewport();
});

test('without motion a cut shows at once', async ({ page }) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await open(page, '?block=layer1.1');
  await settled(page);
  await page.getByRole('button', { name: 'Cut residual F(x) of layer1.1' }).click();
  await expect(page.getByTestId('lesion-summary')).toBeVisible();
  const moving = await page.evaluate(() => document.getAnimations().filter((one) => one.playState === 'running' && one instanceof CSSAnimation).length);
  expect(moving).toBe(0);
  await expect(page.locator('[data-part="residual"] canvas')).toHaveCSS('transition-duration', '0s');
});

test('the list of blocks has heads over its columns and no hole', async ({ page }) => {
  await open(page);
  await settled(page);
  await expect(blocks(page)).toHaveCount(9);
  const heads = page.locator('.heads > span');
  const row = blocks(page).nth(1);
  for (const [head, cell] of [
    ['x', 'map-identity'],
    ['F(x)', 'map-residual'],
    ['sum', 'map-sum'],
    ['output', 'map-output'],
  ] as const) {
    const above = (await heads.filter({ hasText: new RegExp(`^${head.replace(/[()]/g, '\\$&')}$`) }).boundingBox())!;
    const below = (await row.getByTestId(cell).boundingBox())!;
    expect(above.x, head).toBeCloseTo(below.x, 0);
  }
  const all = await blocks(page).evaluateAll((rows) =>
    rows.map((element) => element.getBoundingClientRect()).map(({ left, top: y, bottom }) => ({ left, y, bottom })),
  );
  for (const [i, { left, y }] of all.entries()) {
    expect(left).toBe(all[0]!.left);
    if (i) expect(y).toBeGreaterThanOrEqual(all[i - 1]!.bottom);
  }
  await expect(top(page)).toHaveCount(3);
});
