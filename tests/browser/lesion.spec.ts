import { expect, test, type Page } from '@playwright/test';
import { block, expectAccessible, open } from './explorer.js';

const station = (page: Page, name: string) => page.locator(`[data-station="${name}"]`);
const summary = (page: Page) => page.getByTestId('lesion-summary');
const sweep = (page: Page) => page.getByTestId('sweep');
const start = (page: Page) => sweep(page).getByRole('button', { name: 'Cut every block in turn' });
const lesion = (page: Page) => new URL(page.url()).searchParams.get('lesion');
/** The top classes, without what the list says of their change: `cat 92.0%`. */
const top = (page: Page) =>
  page
    .locator('[data-testid=top] li')
    .evaluateAll((all) => all.map((one) => `${one.querySelector('.label')!.textContent.trim()} ${/[\d.]+%/.exec(one.textContent)![0]}`).join(', '));

/** Every number that the page gives of the run: predictions, and both strands of every block. */
async function numbers(page: Page): Promise<string[]> {
  const labels = await page.locator('[data-station]').evaluateAll((all) => all.map((one) => one.getAttribute('aria-label')!));
  return [await top(page), ...labels];
}

test('cut and mended from the keyboard: the numbers change, and come back to the last digit', async ({ page }) => {
  await open(page, '?block=layer2.1');
  const before = await numbers(page);
  await station(page, 'layer1.1').focus();
  await page.keyboard.press('x');
  await expect(summary(page)).toBeVisible();
  await expect.poll(() => lesion(page)).toBe('layer1.1_1_0');
  await expect(station(page, 'layer1.1')).toHaveAccessibleName(/F\(x\) cut$/);
  const cut = await numbers(page);
  expect(cut[0]).not.toBe(before[0]);
  expect(cut[1]).toBe(before[1]); // what lies before the cut
  expect(cut[3]).not.toBe(before[3]);

  await page.keyboard.press('Shift+X');
  await expect(station(page, 'layer1.1')).toHaveAccessibleName(/x cut, F\(x\) cut$/);
  await expect.poll(() => lesion(page)).toBe('layer1.1_0_0');
  await page.keyboard.press('Shift+X');
  await page.keyboard.press('x');
  await expect(summary(page)).toHaveCount(0);
  await expect.poll(() => lesion(page)).toBeNull();
  await expect.poll(() => numbers(page)).toEqual(before);
});

test('cut and mended with the pointer, several blocks at once', async ({ page }) => {
  await open(page, '?block=layer2.1');
  const before = await numbers(page);
  const tool = page.getByRole('button', { name: 'Cut a branch' });
  await expect(page.locator('[data-strand]')).toHaveCount(0);
  await tool.click();
  await expect(tool).toHaveAttribute('aria-pressed', 'true');
  await page.locator('[data-arc="layer1.0"]').click();
  await expect(station(page, 'layer1.0')).toHaveAccessibleName(/F\(x\) cut$/);
  await page.locator('[data-strand="layer3.1"]').click();
  await expect(station(page, 'layer3.1')).toHaveAccessibleName(/, x cut$/);
  await expect.poll(() => lesion(page)).toBe('layer1.0_1_0~layer3.1_0_1');
  await expect(page.getByTestId('changed').getByRole('listitem')).toHaveCount(2);
  await expect(summary(page)).toBeVisible();
  await expect.poll(() => top(page)).not.toBe(before[0]);
  await expect(page.getByTestId('skip-map').locator('.scissors')).toHaveCount(2);

  // A station still opens its block.
  await station(page, 'layer3.0').click();
  await expect(station(page, 'layer3.0')).toHaveAttribute('aria-pressed', 'true');
  await expect.poll(() => lesion(page)).toBe('layer1.0_1_0~layer3.1_0_1');
  await page.locator('[data-arc="layer1.0"]').click();
  await expect.poll(() => lesion(page)).toBe('layer3.1_0_1');
  await page.getByRole('button', { name: 'Restore all' }).click();
  await expect(summary(page)).toHaveCount(0);
  await expect.poll(() => lesion(page)).toBeNull();
  await expect.poll(() => numbers(page)).toEqual(before);
});

test('sliders scale the open block’s branches', async ({ page }) => {
  await open(page, '?block=layer2.1');
  const panel = page.getByTestId('equation');
  const residual = panel.getByRole('slider', { name: 'residual F(x)' });
  await residual.fill('0.5');
  await expect.poll(() => lesion(page)).toBe('layer2.1_1_0.5');
  await expect(page.getByTestId('skip-map')).toContainText('×0.5');
  await expect(summary(page)).toBeVisible();
  await panel.getByRole('button', { name: 'Cut identity x of layer2.1' }).click();
  await expect(panel.getByRole('slider', { name: 'identity x' })).toHaveValue('0');
  await expect.poll(() => lesion(page)).toBe('layer2.1_0_0.5');
  await residual.fill('1');
  await expect.poll(() => lesion(page)).toBe('layer2.1_0_1');
  await panel.getByRole('button', { name: 'Restore layer2.1' }).focus();
  await page.keyboard.press('Enter');
  await expect.poll(() => lesion(page)).toBeNull();
  await expect(panel.getByRole('slider', { name: 'identity x' })).toBeFocused(); // the button is gone
});

test('a link opens with its lesion, and the summary is against the intact net', async ({ page }) => {
  await open(page, '?block=layer2.1');
  const intact = await top(page);
  await page.goto('/?block=layer2.1&lesion=layer1.0_1_0~layer9.9_0_0');
  await expect(summary(page)).toBeVisible();
  await expect(station(page, 'layer1.0')).toHaveAccessibleName(/F\(x\) cut$/);
  await expect(page.getByTestId('changed').getByRole('listitem')).toHaveCount(1); // there is no layer9.9
  await expect.poll(() => top(page)).not.toBe(intact);
  const [, label] = /^(.+?) ([\d.]+%)/.exec(intact)!;
  const distance = Number(await summary(page).getAttribute('data-distance'));
  expect(distance).toBeGreaterThan(0);
  expect(distance).toBeLessThanOrEqual(1);
  await expect(summary(page)).toContainText(
    new RegExp(`^${label} becomes .+\\. ${(100 * distance).toFixed(1)}% of the probability moved to other classes\\.$`),
  );
});

test('a plain net has F(x) only, and can lose it', async ({ page }) => {
  await open(page, '?model=plain20&block=layer2.1');
  const panel = page.getByTestId('equation');
  await expect(panel.getByRole('slider')).toHaveCount(1);
  await expect(panel).toContainText('no identity branch');
  await station(page, 'layer2.1').focus();
  await page.keyboard.press('Shift+X');
  await expect.poll(() => lesion(page)).toBeNull();
  await page.keyboard.press('x');
  await expect(summary(page)).toBeVisible();
  await expect.poll(() => lesion(page)).toBe('layer2.1_1_0');
  // Behind the cut there is nothing: layer2.2 sees zeros, whatever the picture.
  const cut = await top(page);
  await page.getByRole('button', { name: 'A cup of coffee' }).click();
  await expect(page.getByTestId('caption')).toContainText('A cup of coffee');
  await expect(summary(page)).toBeVisible();
  await expect.poll(() => top(page)).toBe(cut);
});

test('the sweep cuts every block once, and agrees with the cut itself', async ({ page }) => {
  await open(page, '?block=layer2.1');
  await start(page).click();
  await expect(sweep(page)).toHaveAttribute('data-state', 'done');
  const bars = sweep(page).locator('[data-bar]');
  await expect(bars).toHaveCount(9);
  await expect(page.getByTestId('sweep-table').locator('tbody tr')).toHaveCount(9);
  await expect(page.getByTestId('sweep-summary')).toContainText(/stays the top class in \d of 9 cuts/);

  await sweep(page).locator('[data-bar="layer1.0"]').click();
  await expect(station(page, 'layer1.0')).toHaveAttribute('aria-pressed', 'true');
  await page.keyboard.press('ArrowRight');
  await expect(sweep(page).locator('[data-bar="layer1.1"]')).toBeFocused();
  await expect(page.getByTestId('map-readout')).toContainText('layer1.1');
  await station(page, 'layer3.2').hover();
  await expect(page.getByTestId('sweep-readout')).toContainText(/layer3\.2 cut: [\d.]+% of the probability moves to other classes/);

  const row = page.getByTestId('sweep-table').getByRole('row', { name: 'layer1.1' });
  const [distance, , topClass] = await row.getByRole('cell').allInnerTexts();
  await station(page, 'layer1.1').focus();
  await page.keyboard.press('x');
  await expect(summary(page)).toBeVisible();
  expect(Number(await summary(page).getAttribute('data-distance'))).toBeCloseTo(Number.parseFloat(distance!) / 100, 2);
  expect(topClass!.replace(',', '')).toBe((await top(page)).split(', ')[0]);

  // It holds for this picture only.
  await page.getByRole('button', { name: 'A cup of coffee' }).click();
  await expect(bars).toHaveCount(0);
  await expect(sweep(page)).toHaveAttribute('data-state', 'none');
});

test('a sweep can be given up, and started again', async ({ page }) => {
  await open(page, '?model=resnet56');
  await start(page).click({ trial: true });
  // The moment there is something to cancel.
  await page.evaluate(() => {
    const button = document.querySelector<HTMLButtonElement>('[data-testid=sweep] button')!;
    new MutationObserver((_, observer) => {
      if (!button.textContent?.includes('Cancel')) return;
      observer.disconnect();
      button.click();
    }).observe(button, { childList: true, characterData: true, subtree: true });
    button.click();
  });
  await expect(sweep(page)).toHaveAttribute('data-state', 'cancelled');
  await expect.poll(() => sweep(page).locator('[data-bar]').count()).toBeLessThan(27);
  await start(page).click();
  await expect(sweep(page)).toHaveAttribute('data-state', 'done');
  await expect(sweep(page).locator('[data-bar]')).toHaveCount(27);
});

test('what is pointed at in the block list is marked in the map, and the other way round', async ({ page }) => {
  await open(page);
  await start(page).click();
  await expect(sweep(page)).toHaveAttribute('data-state', 'done');
  await sweep(page).locator('[data-bar="layer3.0"]').hover();
  await expect(page.locator('.station.hovered')).toHaveAttribute('data-station', 'layer3.0');
  await station(page, 'layer1.2').hover();
  await expect(sweep(page).locator('.bar.marked')).toHaveAttribute('data-bar', 'layer1.2');
  await expect(block(page, 'layer1.2')).toBeAttached();
});

for (const colorScheme of ['light', 'dark'] as const) {
  test.describe(colorScheme, () => {
    test.use({ colorScheme });
    for (const query of ['?block=layer2.1&lesion=layer2.1_0.5_0~layer3.0_0_1', '?model=plain20&block=layer1.0&lesion=layer1.0_1_0']) {
      test(`axe finds nothing with a lesion and a sweep: ${query}`, async ({ page }) => {
        await open(page, query);
        await expect(summary(page)).toBeVisible();
        await page.getByRole('button', { name: 'Cut a branch' }).click();
        await start(page).click();
        await expect(sweep(page)).toHaveAttribute('data-state', 'done');
        await expect(page.locator('[aria-busy="true"]')).toHaveCount(0);
        await expectAccessible(page, '#content');
      });
    }
  });
}
