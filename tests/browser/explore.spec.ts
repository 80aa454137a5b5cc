import { expect, test } from '@playwright/test';
import { block, blocks, classify, colours, open, shownBlock, top } from './explorer.js';

const PANELS = ['identity', 'residual', 'sum', 'output'];

/** The largest difference between values and what they should be. */
function worst(values: ArrayLike<number>, expected: (index: number) => number): number {
  return Math.max(...Array.from(values, (value, i) => Math.abs(value - expected(i))));
}

test('ResNet-20 shows 9 blocks, each with its two branches, their sum and the output', async ({ page }) => {
  await open(page);
  await expect(blocks(page)).toHaveCount(9);
  for (const one of await blocks(page).all()) {
    for (const panel of PANELS) {
      const canvas = one.getByTestId(`map-${panel}`).locator('canvas');
      await canvas.scrollIntoViewIfNeeded();
      await expect.poll(() => colours(canvas)).toBeGreaterThan(1);
    }
  }
  await expect(top(page)).toHaveCount(3);
  await page.getByRole('button', { name: 'show five' }).click();
  await expect(top(page)).toHaveCount(5);
  await expect(block(page, 'layer2.0').getByTestId('shortcut')).toHaveText(/option A/);
  await expect(block(page, 'layer2.1').getByTestId('shortcut')).toHaveText(/identity/);
  await expect(block(page, 'layer3.0')).toContainText('32 × 16 × 16 → 64 × 8 × 8');
});

test('the sum is identity + residual, and the output its positive part', async ({ page }) => {
  await open(page);
  const { blocks: all } = await classify(page, 'upright.jpg', { maps: true, block: 'layer2.1' });
  expect(all.map(({ name }) => name)).toEqual([1, 2, 3].flatMap((s) => [0, 1, 2].map((b) => `layer${s}.${b}`)));
  for (const { maps, shape, identity, residual, sum, output } of all) {
    expect(maps!.sum.length).toBe(shape[1] * shape[2]);
    expect(worst(maps!.sum, (i) => maps!.identity![i]! + maps!.residual[i]!)).toBeLessThan(1e-3);
    expect(identity!.mean + residual.mean).toBeCloseTo(sum.mean, 3);
    expect(output.min).toBeGreaterThanOrEqual(0);
    expect(output.max).toBeCloseTo(Math.max(0, sum.max), 3);
  }
  const { identity, residual, output } = all.find(({ name }) => name === 'layer2.1')!.detail!;
  expect([identity!.channels, residual.channels, output.channels]).toEqual([32, 32, 32]);
  expect(worst(output.data, (i) => Math.max(0, Math.fround(identity!.data[i]! + residual.data[i]!)))).toBe(0);
});

test('a block’s row opens it in the panel, and the pointer marks it', async ({ page }) => {
  await open(page);
  const one = block(page, 'layer3.1');
  await one.getByTestId('map-sum').hover();
  await expect(one).toHaveClass(/hovered/);
  await one.getByRole('button', { name: 'layer3.1' }).click();
  await expect(one.getByRole('button', { name: 'layer3.1' })).toHaveAttribute('aria-pressed', 'true');
  await expect(await shownBlock(page, 'layer3.1')).toContainText('64 × 8 × 8');
});

test('a plain net says that it has no identity branch', async ({ page }) => {
  await open(page, '?model=plain20&block=layer1.0');
  await expect(blocks(page)).toHaveCount(9);
  await expect(page.getByText('Each replaces its input by F(x).')).toBeVisible();
  for (const one of await blocks(page).all()) {
    await expect(one.getByTestId('no-identity').first()).toHaveText('plain net: no identity branch');
    await expect(one.getByTestId('map-identity')).toHaveCount(0);
  }
  await expect(page.getByTestId('loupe')).toContainText('F(x) =');
  const { blocks: all } = await classify(page, 'upright.jpg', { maps: true });
  for (const { identity, cosine, maps } of all) {
    expect([identity, cosine, maps!.identity]).toEqual([null, null, null]);
    expect(worst(maps!.sum, (i) => maps!.residual[i]!)).toBeLessThan(1e-4);
  }
});

test('ResNet-56 has 27 blocks and draws only those near the screen', async ({ page }) => {
  await open(page, '?model=resnet56');
  await expect(blocks(page)).toHaveCount(27);
  const last = block(page, 'layer3.8').getByTestId('map-sum').locator('canvas');
  // A canvas nobody painted has the size every canvas starts with.
  await expect.poll(() => last.evaluate((canvas) => (canvas as HTMLCanvasElement).width)).toBe(300);
  await last.scrollIntoViewIfNeeded();
  await expect.poll(() => colours(last)).toBeGreaterThan(1);
});
