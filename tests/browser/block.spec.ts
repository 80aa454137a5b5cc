/** The open block: its grids against the engine's own tensors, and everything a visitor does with them. */
import { expect, test, type Locator, type Page } from '@playwright/test';
import type { Lesion } from '../../www/src/engine/types';
import { colours, expectAccessible, open, shownBlock } from './explorer.js';

interface Tensor {
  channels: number;
  width: number;
  height: number;
  data: number[];
}
interface Detail {
  identity: Tensor | null;
  residual: Tensor;
  output: Tensor;
  steps: { name: string; tensor: Tensor }[];
  classWeights: { index: number; weights: number[] }[] | null;
}

/** The engine's tensors of a block of the sample that the page shows, through window.skipscope. */
function detailOf(page: Page, block: string, lesion: Lesion = {}): Promise<Detail> {
  return page.evaluate(
    async ([name, cut]) => {
      const blob = await (await fetch('samples/cat.jpg')).blob();
      const { blocks } = await window.skipscope!.classify(blob, { block: name, lesion: cut });
      const plain = (value: unknown): unknown => {
        if (ArrayBuffer.isView(value)) return Array.from(value as Float32Array);
        if (Array.isArray(value)) return value.map(plain);
        return value && typeof value === 'object' ? Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)])) : value;
      };
      return plain(blocks.find((block) => block.name === name)!.detail) as never;
    },
    [block, lesion] as const,
  );
}

const panel = (page: Page): Locator => page.getByTestId('detail');
const cells = (page: Page, branch: string): Locator => panel(page).locator(`button[data-branch="${branch}"]`);
const cell = (page: Page, branch: string, channel: number | string): Locator =>
  panel(page).locator(`button[data-branch="${branch}"][data-channel="${channel}"]`).first();
const atlas = (page: Page, branch: string): Locator => panel(page).locator(`canvas[data-atlas="${branch}"]`).first();
const large = (page: Page): Locator => page.getByTestId('channel');
const order = (page: Page): Locator => panel(page).getByRole('combobox', { name: 'Order' });
const channelsOf = (page: Page, branch: string): Promise<string[]> =>
  cells(page, branch).evaluateAll((all) => all.map((one) => (one as HTMLElement).dataset.channel!));
const query = (page: Page): URLSearchParams => new URL(page.url()).searchParams;

async function loupe(page: Page) {
  const read = await page.getByTestId('loupe').evaluate(({ dataset }) => ({ ...dataset }) as Record<string, string>);
  return {
    channel: read.channel!,
    at: Number(read.at),
    identity: Number(read.identity),
    residual: Number(read.residual),
    sum: Number(read.sum),
    output: Number(read.output),
  };
}

const map = ({ width, height, data }: Tensor, channel: number): number[] => data.slice(channel * width * height, (channel + 1) * width * height);
const rms = (values: number[]): number => Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);
const best = (count: number, score: (channel: number) => number): number =>
  Array.from({ length: count }, (_, channel) => channel).reduce((a, b) => (score(b) > score(a) ? b : a));

test('the loupe reads the engine’s tensors, and their sum', async ({ page }) => {
  await open(page, '?sample=cat&block=layer2.1');
  const { identity, residual, output } = await detailOf(page, 'layer2.1');
  for (const [branch, index] of [
    ['identity', 3],
    ['residual', 7],
    ['sum', 2],
    ['output', 9],
  ] as const) {
    await cells(page, branch)
      .nth(index)
      .hover({ position: { x: 11 + index, y: 7 + 2 * index } });
    const wanted = await cells(page, branch).nth(index).getAttribute('data-channel');
    await expect(page.getByTestId('loupe')).toHaveAttribute('data-channel', wanted!);
    const read = await loupe(page);
    const at = Number(wanted) * residual.width * residual.height + read.at;
    expect([read.identity, read.residual, read.output]).toEqual([identity!.data[at], residual.data[at], output.data[at]]);
    expect(read.sum).toBe(Math.fround(read.identity + read.residual));
    expect(read.output).toBe(Math.max(0, read.sum));
  }
  await cell(page, 'sum', 'mean').hover();
  await expect(page.getByTestId('loupe')).toContainText('mean of 32 channels');
});

test('the same channel stands in the same cell of all four grids', async ({ page }) => {
  await open(page, '?block=layer3.1');
  const first = await channelsOf(page, 'identity');
  expect(first[0]).toBe('mean');
  for (const branch of ['residual', 'sum', 'output']) expect(await channelsOf(page, branch)).toEqual(first);
  for (const branch of ['identity', 'residual', 'sum', 'output']) {
    await atlas(page, branch).scrollIntoViewIfNeeded();
    await expect.poll(() => colours(atlas(page, branch))).toBeGreaterThan(8);
  }
  await expect(panel(page)).toContainText('64 × 8 × 8');
});

test('a pointer on the grids paints none of them', async ({ page }) => {
  await open(page, '?block=layer2.1');
  await atlas(page, 'output').scrollIntoViewIfNeeded();
  await expect.poll(() => colours(atlas(page, 'output'))).toBeGreaterThan(8);
  await page.evaluate(() => {
    const { putImageData } = CanvasRenderingContext2D.prototype;
    Object.assign(window, { painted: 0 });
    CanvasRenderingContext2D.prototype.putImageData = function (...args: unknown[]) {
      if (this.canvas.dataset.atlas) (window as unknown as { painted: number }).painted++;
      return putImageData.apply(this, args as Parameters<typeof putImageData>);
    };
  });
  const painted = () => page.evaluate(() => (window as unknown as { painted: number }).painted);
  for (const index of [1, 4, 6]) {
    await cells(page, 'sum').nth(index).hover();
    await expect(page.getByTestId('loupe')).toHaveAttribute('data-channel', (await cells(page, 'sum').nth(index).getAttribute('data-channel'))!);
  }
  await expect.poll(painted).toBe(0);
  await panel(page).getByRole('radio', { name: 'own' }).check({ force: true });
  await expect.poll(painted).toBe(4);
});

test('the order is by what changed, energy, share or index, and the address keeps it', async ({ page }) => {
  await open(page, '?sample=cat&block=layer2.1&sort=energy');
  const { identity, residual } = await detailOf(page, 'layer2.1');
  const f = (channel: number) => rms(map(residual, channel));
  const first = async () => Number((await channelsOf(page, 'residual'))[1]);
  await expect.poll(first).toBe(best(32, f));
  await order(page).selectOption('change');
  await expect.poll(first).toBe(best(32, (channel) => (rms(map(identity!, channel)) > 0 ? f(channel) / rms(map(identity!, channel)) : Infinity)));
  await expect.poll(() => query(page).get('sort')).toBe('change');
  await order(page).selectOption('changed'); // the usual one
  const { output } = await detailOf(page, 'layer2.1');
  const moved = (channel: number) => rms(map(output, channel).map((value, i) => value - map(identity!, channel)[i]!));
  await expect.poll(first).toBe(best(32, moved));
  await expect.poll(() => query(page).get('sort')).toBeNull();
  await order(page).selectOption('index');
  await expect.poll(first).toBe(0);
  await page.reload();
  await expect(page.getByTestId('loupe')).toBeVisible();
  await expect(order(page)).toHaveValue('index');
  expect((await channelsOf(page, 'sum')).slice(0, 4)).toEqual(['mean', '0', '1', '2']);
  // Only the last stage's channels are those that the classifier reads.
  await expect(order(page).locator('option[value="class"]')).toHaveAttribute('disabled');
});

test('the last stage’s channels can be ordered by what they add to the top class', async ({ page }) => {
  await open(page, '?sample=cat&block=layer3.2&sort=class');
  const { output, classWeights } = await detailOf(page, 'layer3.2');
  const { weights } = classWeights![0]!;
  const added = (channel: number) => weights[channel]! * map(output, channel).reduce((sum, value) => sum + value, 0);
  await expect(order(page)).toHaveValue('class');
  expect(Number((await channelsOf(page, 'output'))[1])).toBe(best(64, added));
});

test('a plain net has no change to order by, and says so', async ({ page }) => {
  await open(page, '?model=plain20&block=layer2.1&sort=change');
  await expect(order(page)).toHaveValue('energy');
  await expect(order(page).locator('option[value="change"]')).toHaveAttribute('disabled');
  await expect(panel(page).getByTestId('no-identity')).toHaveText('plain net: no identity branch');
  await expect(page.getByTestId('loupe')).toContainText('F(x) =');
  await expect(cells(page, 'identity')).toHaveCount(0);
});

test('scale and colours change the picture, and the address keeps them', async ({ page }) => {
  await open(page, '?block=layer2.1');
  await atlas(page, 'sum').scrollIntoViewIfNeeded();
  const picture = () => atlas(page, 'sum').evaluate((canvas) => (canvas as HTMLCanvasElement).toDataURL());
  await expect.poll(() => colours(atlas(page, 'sum'))).toBeGreaterThan(8);
  const shared = await picture();
  await panel(page).getByText('own', { exact: true }).click();
  await expect.poll(picture).not.toBe(shared);
  await expect.poll(() => query(page).get('scale')).toBe('own');
  const own = await picture();
  await panel(page).getByRole('combobox', { name: 'Colours' }).selectOption('grey');
  await expect.poll(picture).not.toBe(own);
  await expect.poll(() => query(page).get('colours')).toBe('grey');
  await panel(page).getByText('shared', { exact: true }).click();
  await panel(page).getByRole('combobox', { name: 'Colours' }).selectOption('');
  await expect.poll(picture).toBe(shared);
  await expect.poll(() => [query(page).get('scale'), query(page).get('colours')]).toEqual([null, null]);
});

test('pages show every channel once, turned by button and by key', async ({ page }) => {
  await open(page, '?block=layer3.1');
  const pager = panel(page).getByRole('group', { name: 'Pages of channels' });
  const range = pager.getByTestId('range');
  const next = pager.getByRole('button', { name: 'Next page' });
  await expect(pager.getByRole('button', { name: 'Previous page' })).toBeDisabled();
  const seen: string[] = [];
  for (;;) {
    const here = await channelsOf(page, 'residual');
    seen.push(...here);
    if (await next.isDisabled()) break;
    const before = await range.textContent();
    await next.click();
    await expect(range).not.toHaveText(before!);
  }
  expect([...seen].sort()).toEqual(['mean', ...Array.from({ length: 64 }, (_, channel) => String(channel))].sort());

  const last = await range.textContent();
  await cells(page, 'sum').first().focus();
  await page.keyboard.press('PageUp');
  await expect(range).not.toHaveText(last!);
  await expect(page.locator(':focus')).toHaveAttribute('data-branch', 'sum');
  // Past the last cell the page turns, and the focus goes on with the first channel there.
  await page.keyboard.press('End');
  await page.keyboard.press('ArrowRight');
  await expect(range).toHaveText(last!);
  await expect(page.locator(':focus')).toHaveAttribute('data-channel', (await channelsOf(page, 'sum'))[0]!);
  await expect(page.getByTestId('loupe')).toHaveAttribute('data-channel', (await channelsOf(page, 'sum'))[0]!);
});

test('a channel opens large, over the photo, and closes with Escape', async ({ page }) => {
  await open(page, '?sample=cat&block=layer2.1');
  const { identity, residual } = await detailOf(page, 'layer2.1');
  const channel = Number((await channelsOf(page, 'residual'))[4]);
  await cell(page, 'residual', channel).click();
  await expect(large(page).getByRole('heading', { level: 3 })).toContainText(`Channel ${channel}`);
  await expect(cell(page, 'output', channel)).toHaveAttribute('aria-pressed', 'true');
  await expect.poll(() => query(page).get('channel')).toBe(String(channel));

  const x = map(identity!, channel);
  const sum = map(residual, channel).map((f, i) => Math.fround(f + x[i]!));
  const clipped = sum.filter((value) => value < 0).length / sum.length;
  await expect(large(page)).toContainText(`${(100 * clipped).toFixed(1)}% of the places`);
  await expect(large(page).getByRole('img', { name: /Histogram of sum/ })).toHaveAttribute('aria-label', new RegExp(`${sum.length} places`));

  const photo = large(page).locator('canvas.photo');
  await expect(photo).toHaveCount(0);
  await large(page).getByRole('slider', { name: 'Photo underneath' }).fill('50');
  await expect(photo).toHaveCount(4);
  await expect.poll(() => colours(photo.first())).toBeGreaterThan(50);
  await expect(photo.first()).toHaveCSS('opacity', '0.5');

  await large(page).getByRole('button', { name: 'next' }).click();
  const following = (await channelsOf(page, 'residual'))[5]!;
  await expect(large(page).getByRole('heading', { level: 3 })).toContainText(`Channel ${following}`);
  await expect.poll(() => query(page).get('channel')).toBe(following);
  await page.keyboard.press('Escape');
  await expect(large(page)).toHaveCount(0);
  await expect.poll(() => query(page).get('channel')).toBeNull();

  await cell(page, 'sum', channel).focus();
  await page.keyboard.press('Enter');
  await expect(large(page)).toBeVisible();
  await large(page).getByRole('button', { name: 'Close' }).click();
  await expect(large(page)).toHaveCount(0);
});

test('an address with a channel opens it, on its page; another block forgets it', async ({ page }) => {
  await open(page, '?sample=cat&block=layer3.1');
  const { residual } = await detailOf(page, 'layer3.1');
  const weakest = best(64, (channel) => -rms(map(residual, channel)));
  await open(page, `?sample=cat&block=layer3.1&sort=energy&channel=${weakest}`);
  await expect(large(page).getByRole('heading', { level: 3 })).toContainText(`Channel ${weakest} 64 of 64`);
  await expect(cell(page, 'residual', weakest)).toBeAttached();
  await expect(page.getByTestId('loupe')).toHaveAttribute('data-channel', String(weakest));
  await page.locator('[data-block="layer2.0"]').getByRole('button', { name: 'layer2.0' }).click();
  await shownBlock(page, 'layer2.0');
  await expect(large(page)).toHaveCount(0);
  await expect.poll(() => query(page).get('channel')).toBeNull();
});

test('F(x) unfolds into its convolutions', async ({ page }) => {
  await open(page, '?sample=cat&block=layer2.0');
  await panel(page).getByRole('button', { name: 'unfold F(x): 2 convolutions' }).click();
  await expect.poll(() => query(page).get('steps')).toBe('1');
  const steps = page.getByTestId('steps');
  await expect(steps.getByTestId('step')).toHaveCount(1);
  await expect(steps).toContainText('conv1 3 × 3, stride 2: 16 → 32 channels');
  await expect(steps).toContainText('conv2 3 × 3: 32 → 32 channels');
  await expect(steps).toContainText('is F(x)');

  const { steps: inner, residual } = await detailOf(page, 'layer2.0');
  const { tensor } = inner[0]!;
  const first = steps.locator('button[data-branch="conv1"]');
  expect(Number(await first.first().getAttribute('data-channel'))).toBe(best(32, (channel) => rms(map(tensor, channel))));
  await steps
    .locator('button[data-branch="conv1-relu"]')
    .nth(5)
    .hover({ position: { x: 20, y: 15 } });
  const channel = await first.nth(5).getAttribute('data-channel');
  const read = steps.getByTestId('step-loupe');
  await expect(read).toHaveAttribute('data-channel', channel!);
  expect(map(tensor, Number(channel))).toContain(Number(await read.getAttribute('data-value')));
  for (const name of ['conv1', 'conv1-relu', 'residual']) await expect.poll(() => colours(steps.locator(`canvas[data-atlas="${name}"]`))).toBeGreaterThan(4);
  expect(residual.channels).toBe(32);

  await page.reload();
  await expect(page.getByTestId('step')).toHaveCount(1);
  await panel(page).getByRole('button', { name: 'fold F(x)', exact: true }).click();
  await expect(page.getByTestId('step')).toHaveCount(0);
  await expect.poll(() => query(page).get('steps')).toBeNull();
});

test('a lesion’s scales stand in the equation', async ({ page }) => {
  await open(page, '?sample=cat&block=layer2.1&lesion=layer2.1_1_0');
  await expect(panel(page)).toContainText('0 × residual F(x) (cut)');
  await cells(page, 'residual').nth(3).hover();
  await expect(page.getByTestId('loupe')).toContainText('0 × (');
  const read = await loupe(page);
  const { identity, residual, output } = await detailOf(page, 'layer2.1', { 'layer2.1': { identity: 1, residual: 0 } });
  const at = Number(read.channel) * residual.width * residual.height + read.at;
  expect([read.identity, read.residual, read.output]).toEqual([identity!.data[at], residual.data[at], output.data[at]]);
  expect(read.sum).toBe(read.identity);
});

for (const colorScheme of ['light', 'dark'] as const) {
  test.describe(colorScheme, () => {
    test.use({ colorScheme });
    for (const state of ['?block=layer3.2&steps=1&channel=5&scale=own', '?block=layer2.0&lesion=layer2.0_0.5_0&channel=3']) {
      test(`axe finds nothing in the open block: ${state}`, async ({ page }) => {
        await open(page, state);
        await expect(large(page)).toBeVisible();
        await expect(page.locator('[aria-busy="true"]')).toHaveCount(0);
        await expectAccessible(page, '[data-testid="detail"]');
      });
    }
  });
}
