import { expect, test, type Page } from '@playwright/test';
import { blocks, open } from './explorer.js';

const map = (page: Page) => page.getByTestId('skip-map');
const stations = (page: Page) => map(page).locator('[data-station]');
const station = (page: Page, name: string) => map(page).locator(`[data-station="${name}"]`);
const shown = (page: Page) => page.getByTestId('map-readout');
const opened = (page: Page) => new URL(page.url()).searchParams.get('block');

test('ResNet-20’s map has 9 stations, each with an arc, and says what kind of block each one is', async ({ page }) => {
  await open(page);
  await expect(page.getByRole('heading', { level: 2, name: /ResNet-20.*9 blocks, two strands/ })).toBeVisible();
  await expect(stations(page)).toHaveCount(9);
  await expect(map(page).locator('[data-arc]')).toHaveCount(9);
  expect(await stations(page).evaluateAll((all) => all.map((one) => (one as SVGElement).dataset.station))).toEqual(
    [1, 2, 3].flatMap((stage) => [0, 1, 2].map((block) => `layer${stage}.${block}`)),
  );
  await expect(station(page, 'layer2.0')).toHaveAccessibleName(/layer2\.0, basic, option A shortcut, rms x [\d.]+, rms F [\d.]+/);
  await expect(station(page, 'layer2.1')).toHaveAccessibleName(/identity shortcut/);
  await expect(map(page)).toContainText('stage 364 × 8 × 8');
});

test('a plain net’s map has one strand', async ({ page }) => {
  await open(page, '?model=plain20');
  await expect(page.getByRole('heading', { level: 2, name: /9 blocks, one strand/ })).toBeVisible();
  await expect(page.getByText('There is no identity branch to add')).toBeVisible();
  await expect(station(page, 'layer1.1')).toHaveAccessibleName(/^layer1\.1, basic, no shortcut, rms F [\d.]+$/);
  await expect(map(page).locator('.identity')).toHaveCount(0);
  await expect(map(page).locator('.residual')).toHaveCount(9);
});

test('a click opens a block, on its station or on its arc', async ({ page }) => {
  await open(page);
  await station(page, 'layer3.1').click();
  await expect(station(page, 'layer3.1')).toHaveAttribute('aria-pressed', 'true');
  expect(opened(page)).toBe('layer3.1');
  await map(page).locator('[data-arc="layer1.2"]').click();
  await expect(station(page, 'layer1.2')).toHaveAttribute('aria-pressed', 'true');
  await expect(station(page, 'layer3.1')).toHaveAttribute('aria-pressed', 'false');
  expect(opened(page)).toBe('layer1.2');
});

test('arrow keys walk the stations, Enter opens one', async ({ page }) => {
  await open(page, '?block=layer2.0');
  await expect(map(page).locator('[tabindex="0"]')).toHaveCount(1);
  await map(page).locator('[tabindex="0"]').focus();
  await expect(station(page, 'layer2.0')).toBeFocused();
  await page.keyboard.press('ArrowRight');
  await expect(station(page, 'layer2.1')).toBeFocused();
  await expect(shown(page)).toContainText('layer2.1');
  await page.keyboard.press('Home');
  await page.keyboard.press('ArrowLeft');
  await expect(station(page, 'layer1.0')).toBeFocused();
  await page.keyboard.press('End');
  await expect(station(page, 'layer3.2')).toBeFocused();
  await expect(map(page).locator('[tabindex="0"]')).toHaveCount(1);
  await page.keyboard.press('Enter');
  await expect(station(page, 'layer3.2')).toHaveAttribute('aria-pressed', 'true');
  expect(opened(page)).toBe('layer3.2');
});

test('the readout follows the pointer and nothing moves', async ({ page }) => {
  await open(page, '?block=layer2.0');
  await expect(shown(page)).toContainText('layer2.0');
  const place = () => page.getByTestId('lesion').boundingBox();
  const before = await place();
  await station(page, 'layer3.0').hover();
  await expect(shown(page)).toContainText(/layer3\.0.*rms x [\d.]+.*rms F [\d.]+.*\|F\| \/ \|x\| [\d.]+.*cos\(x, F\) [+−]?[\d.]+/s);
  await expect(map(page).locator('.glow')).toHaveCount(1);
  expect(await place()).toEqual(before);
  await page.mouse.move(0, 0);
  await expect(shown(page)).toContainText('layer2.0');
  await expect(map(page).locator('.glow')).toHaveCount(0);
});

test('|F| / |x| is what it says', async ({ page }) => {
  await open(page, '?block=layer1.1');
  const text = (await shown(page).textContent())!;
  const [x, f, share] = ['rms x', 'rms F', '|F| / |x|'].map((name) => Number(text.split(name)[1]!.trim().split(/[^\d.]/)[0]));
  expect(share!).toBeCloseTo(f! / x!, 1);
});

for (const [model, count] of [['resnet20', 9], ['resnet56', 27]] as const) {
  test(`${model} on a phone: every station inside, none on another`, async ({ page }) => {
    await page.setViewportSize({ width: 390, height: 844 });
    await open(page, `?model=${model}`);
    await expect(blocks(page)).toHaveCount(count);
    const boxes = await stations(page).evaluateAll((all) => all.map((one) => one.querySelector('rect.hit')!.getBoundingClientRect().toJSON()));
    expect(boxes).toHaveLength(count);
    boxes.forEach((a, i) => {
      expect(a.left).toBeGreaterThanOrEqual(0);
      expect(a.right).toBeLessThanOrEqual(390);
      expect(a.width).toBeGreaterThanOrEqual(24);
      for (const b of boxes.slice(i + 1)) {
        const apart = a.right <= b.left + 0.5 || b.right <= a.left + 0.5 || a.bottom <= b.top + 0.5 || b.bottom <= a.top + 0.5;
        expect(apart).toBe(true);
      }
    });
  });
}
