import { AxeBuilder } from '@axe-core/playwright';
import { expect, test, type Page } from '@playwright/test';
import { classify, open, restingBox } from './explorer.js';

const CAT = new URL('../../www/public/samples/cat.jpg', import.meta.url).pathname;
const depth = (page: Page) => page.getByTestId('depth');
const charts = (page: Page) => depth(page).locator('[data-chart]');
const walk = (page: Page) => page.getByTestId('depth-walk');

test('seven charts of a residual net, five of a plain one', async ({ page }) => {
  await open(page, '?model=resnet20&sample=cat');
  await expect(charts(page)).toHaveCount(7);
  await expect(charts(page).first()).toContainText('rms of x and of F(x)');
  await page.goto('/?model=plain20&sample=cat');
  await expect(charts(page)).toHaveCount(5);
  await expect(charts(page).first()).toContainText('rms of F(x)');
  await expect(depth(page)).not.toContainText('cosine');
});

test('the table has every number that the engine gives', async ({ page }) => {
  await open(page, '?model=resnet20&sample=cat');
  const { blocks } = await classify(page, CAT);
  const rows = depth(page).locator('tbody tr');
  await expect(rows).toHaveCount(9);
  for (const [index, { name, residual, clipped }] of blocks.entries()) {
    await expect(rows.nth(index).locator('th')).toHaveText(name);
    const cells = (await rows.nth(index).locator('td').allTextContents()).map((text) => Number.parseFloat(text.replace('−', '-')));
    expect(cells).toHaveLength(8);
    expect(Math.abs(cells[1]! - residual.rms)).toBeLessThan(0.006);
    expect(Math.abs(cells[4]! - 100 * clipped)).toBeLessThan(0.06);
  }
});

test('a block pointed at is marked in every chart, and a click opens it', async ({ page }) => {
  await open(page, '?model=resnet20&sample=cat&block=layer1.0');
  const chart = charts(page).nth(1);
  const box = await restingBox(chart);
  await expect(page.getByTestId('depth-mark')).toHaveCount(0);
  await chart.hover({ position: { x: box.width - 12, y: 80 } });
  await expect(page.getByTestId('depth-mark')).toHaveCount(7);
  await expect(walk(page)).toContainText('layer3.2');
  await page.mouse.move(0, 0);
  await expect(page.getByTestId('depth-mark')).toHaveCount(0);
  await chart.click({ position: { x: box.width - 12, y: 80 } });
  await expect(page).toHaveURL(/block=layer3\.2/);
});

test('a station of the map that has the focus is marked in the charts, too', async ({ page }) => {
  await open(page, '?model=resnet20&sample=cat&block=layer1.0');
  await page.locator('[data-station="layer1.0"]').focus();
  await page.keyboard.press('ArrowRight');
  await expect(page.getByTestId('depth-mark')).toHaveCount(7);
  await expect(walk(page)).toContainText('layer1.1');
});

test('keys walk the blocks and open one', async ({ page }) => {
  await open(page, '?model=resnet20&sample=cat&block=layer1.1');
  await walk(page).focus();
  await expect(walk(page)).toHaveAttribute('aria-valuenow', '2');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  await expect(walk(page)).toHaveAttribute('aria-valuetext', /^layer2\.0: .*rms of x and of F\(x\) x \d/);
  await expect(page.getByTestId('depth-mark')).toHaveCount(7);
  await page.keyboard.press('End');
  await expect(walk(page)).toHaveAttribute('aria-valuenow', '9');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/block=layer3\.2/);
});

test('under a lesion the intact net stays as a dashed line', async ({ page }) => {
  await open(page, '?model=resnet20&sample=cat');
  await expect(depth(page).locator('path.line')).toHaveCount(5);
  await expect(depth(page).locator('path.intact')).toHaveCount(0);
  await page.goto('/?model=resnet20&sample=cat&lesion=layer2.0_1_0');
  await expect(depth(page).locator('path.intact')).toHaveCount(5);
  await expect(depth(page)).toContainText('dashed: the intact net');
  const strength = charts(page).first();
  const d = (name: string) => strength.locator(`path.${name}`).first().getAttribute('d');
  await expect.poll(() => d('line')).not.toBe(await d('intact'));
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`axe finds nothing in charts, class map and files, ${colorScheme}`, async ({ page }) => {
    await page.emulateMedia({ colorScheme });
    await open(page, '?model=resnet20&sample=cat&block=layer3.1&cam=3&lesion=layer2.1_1_0');
    await expect(page.getByTestId('block-cam')).toBeVisible();
    await page.getByText('Show the script').click();
    await walk(page).focus();
    await expect(page.getByTestId('depth-mark').first()).toBeAttached();
    await expect(page.locator('[aria-busy="true"]')).toHaveCount(0);
    const { violations } = await new AxeBuilder({ page })
      .include('[data-testid="depth"]')
      .include('[data-testid="share"]')
      .include('section:has([data-testid="top"])')
      .include('section:has([data-testid="input"])')
      .analyze();
    expect(violations).toEqual([]);
  });
}

test('times are the median of a few runs, taken when the charts are looked at, and the page goes on meanwhile', async ({ page }) => {
  await open(page, '?model=resnet20&sample=cat');
  const time = page.locator('[data-chart=time] .what');
  await time.scrollIntoViewIfNeeded();
  await expect(time).toHaveText('per block, median of 5 runs');
  await page.getByRole('combobox', { name: 'Model' }).selectOption('plain20');
  await expect(page.getByTestId('detail').getByTestId('no-identity')).toBeVisible();
  await expect(time).toHaveText('per block, median of 5 runs'); // of the other net
});
