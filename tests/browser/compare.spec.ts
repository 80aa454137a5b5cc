import { expect, test, type Locator, type Page } from '@playwright/test';
import { expectAccessible, FIXTURES, needsResnet50, restingBox } from './explorer.js';

const side = (page: Page, name: 'A' | 'B'): Locator => page.getByTestId(`side-${name}`);
const openBlock = (page: Page, name: 'A' | 'B'): Locator => page.getByTestId(`block-${name}`);
const against = (page: Page): Locator => page.getByRole('combobox', { name: 'Compare with' });
const preset = (page: Page, name: string): Locator => page.getByRole('link', { name });
const chart = (page: Page, id: string): Locator => page.getByTestId(`overlay-${id}`);
const query = (page: Page): URLSearchParams => new URL(page.url()).searchParams;

/** Opens the comparison and waits until both sides are drawn. */
async function compare(page: Page, search = ''): Promise<void> {
  await page.goto(`/?view=compare${search}`);
  await settled(page);
}

async function settled(page: Page): Promise<void> {
  for (const name of ['A', 'B'] as const) {
    await expect(openBlock(page, name)).toBeVisible();
    await expect(side(page, name)).toHaveAttribute('aria-busy', 'false');
  }
}

/** A side's prediction, as the page shows it. */
async function shown(page: Page, name: 'A' | 'B'): Promise<string[]> {
  return (await side(page, name).locator('li').allInnerTexts()).map((text) => text.replace(/\s+/g, ' ').trim());
}

/** What the engine says of a sample, written as the page writes it. */
async function told(page: Page, model: string, sample: string): Promise<string[]> {
  await page.waitForFunction(() => window.skipscope);
  return page.evaluate(
    async ([id, file]) => {
      await window.skipscope!.use(id);
      const { top } = await window.skipscope!.classify(await (await fetch(`/samples/${file}.jpg`)).blob());
      return top.map(({ label, probability }) => `${label} ${(100 * probability).toFixed(1)}%`);
    },
    [model, sample] as const,
  );
}

test('a ready comparison opens, and both sides say what their nets say', async ({ page, context }) => {
  await compare(page, '&model=resnet20&sample=cat');
  await preset(page, 'ResNet-56 and Plain-56').click();
  await expect(side(page, 'A').getByRole('heading')).toContainText('ResNet-56');
  await expect(side(page, 'B').getByRole('heading')).toContainText('Plain-56');
  await settled(page);
  await expect(preset(page, 'ResNet-56 and Plain-56')).toHaveAttribute('aria-current', 'true');
  await expect.poll(() => query(page).get('model')).toBe('resnet56');
  await expect.poll(() => query(page).get('against')).toBe('model:plain56');

  const second = await context.newPage();
  await second.goto('/?model=resnet20');
  const [residual, plain] = [await told(second, 'resnet56', 'cat'), await told(second, 'plain56', 'cat')];
  expect(residual).not.toEqual(plain);
  await expect.poll(() => shown(page, 'A')).toEqual(residual);
  await expect.poll(() => shown(page, 'B')).toEqual(plain);
  for (const name of ['A', 'B'] as const) await expect(side(page, name)).toContainText(/Accuracy .*% top-1/);
});

test('the distance between the answers is that of their distributions', async ({ page }) => {
  await compare(page, '&model=resnet20&sample=cat&against=model:plain20');
  const said = Number(await page.getByTestId('distance').getAttribute('data-distance'));
  await page.waitForFunction(() => window.skipscope);
  const expected = await page.evaluate(async () => {
    const blob = await (await fetch('/samples/cat.jpg')).blob();
    const api = window.skipscope as unknown as { use(id: string): Promise<unknown>; classify(blob: Blob): Promise<{ probabilities: Float32Array }> };
    const a = (await api.classify(blob)).probabilities;
    await api.use('plain20');
    const b = (await api.classify(blob)).probabilities;
    return a.reduce((sum, p, i) => sum + Math.abs(p - b[i]!), 0) / 2;
  });
  expect(said).toBeGreaterThan(0);
  expect(said).toBeCloseTo(expected, 6);
  await expect(page.getByTestId('distance')).toHaveText(`${(100 * expected).toFixed(1)}%`);
});

test('pointing at one chart reads the same depth in all of them, and a click opens the block on both sides', async ({ page }) => {
  await compare(page, '&model=resnet20&sample=cat&against=model:resnet56');
  const box = await restingBox(chart(page, 'strength'));
  await chart(page, 'strength').hover({ position: { x: box.width * 0.97, y: box.height / 2 } });
  for (const id of ['strength', 'share', 'output']) {
    await expect(page.getByTestId(`reading-${id}`)).toContainText(/A layer3\.2 \d.*B layer3\.8 \d/);
    await expect(chart(page, id).locator('circle.a')).toHaveAttribute('data-block', 'layer3.2');
    await expect(chart(page, id).locator('circle.b')).toHaveAttribute('data-block', 'layer3.8');
  }
  await chart(page, 'output').click({ position: { x: box.width * 0.97, y: box.height / 2 } });
  await expect(openBlock(page, 'A')).toHaveAttribute('data-block', 'layer3.2');
  await expect(openBlock(page, 'B')).toHaveAttribute('data-block', 'layer3.8');
  await expect.poll(() => query(page).get('block')).toBe('layer3.2');
});

test('a plain net has no x to compare F with, and says so', async ({ page }) => {
  await compare(page, '&model=resnet20&against=model:plain20');
  await expect(page.getByText(/Plain-20.*: no identity branch, no x to compare with/)).toBeVisible();
  await expect(page.getByTestId('reading-share')).toContainText(/A layer\S+ \d.*B layer\S+ –/);
  await expect(openBlock(page, 'B').getByTestId('no-identity').first()).toBeVisible();
  await expect(openBlock(page, 'A').getByTestId('no-identity')).toHaveCount(0);
});

test('a place pointed at in one block is read in the other, too', async ({ page }) => {
  await compare(page, '&model=resnet20&sample=cat&against=sample:coffee&block=layer2.1');
  const loupe = (name: 'A' | 'B') => openBlock(page, name).getByTestId('loupe');
  const values = (name: 'A' | 'B') => loupe(name).evaluate((element) => ({ ...(element as HTMLElement).dataset }) as Record<string, string>);
  // The same from the start ...
  expect((await values('A'))['channel']).toBe((await values('B'))['channel']);
  expect((await values('A'))['at']).toBe((await values('B'))['at']);
  // ... and wherever one points, on either side.
  for (const [name, cell] of [
    ['A', 3],
    ['B', 6],
  ] as const) {
    const button = openBlock(page, name).locator('button[data-branch="residual"]').nth(cell);
    const channel = (await button.getAttribute('data-channel'))!;
    await button.hover({ position: { x: 5, y: 9 } });
    for (const read of ['A', 'B'] as const) await expect(loupe(read)).toHaveAttribute('data-channel', channel);
    const [a, b] = [await values('A'), await values('B')];
    expect(a['at']).toBe(b['at']);
    for (const { identity, residual, sum, output } of [a, b]) {
      expect(Number(identity) + Number(residual)).toBeCloseTo(Number(sum), 3);
      expect(Number(output)).toBeCloseTo(Math.max(0, Number(sum)), 3);
    }
    expect(a['residual']).not.toBe(b['residual']);
  }
});

test('keys alone: the charts walk the blocks, Enter opens one, and so do the buttons', async ({ page }) => {
  await compare(page, '&model=resnet20&against=model:plain20&block=layer1.0');
  await chart(page, 'strength').focus();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  await expect(chart(page, 'strength')).toHaveAttribute('aria-valuetext', /A: layer1\.2 \d.*, B: layer1\.2 \d/);
  await expect(page.getByTestId('reading-output')).toContainText('A layer1.2');
  await page.keyboard.press('Enter');
  for (const name of ['A', 'B'] as const) await expect(openBlock(page, name)).toHaveAttribute('data-block', 'layer1.2');
  await page.getByRole('button', { name: 'Next block' }).press('Enter');
  for (const name of ['A', 'B'] as const) await expect(openBlock(page, name)).toHaveAttribute('data-block', 'layer2.0');
});

test('the address says it all', async ({ page }) => {
  await compare(page, '&model=resnet20&sample=coffee&block=layer3.1');
  await against(page).selectOption('model:plain56');
  await expect(side(page, 'B').getByRole('heading')).toContainText('Plain-56');
  await settled(page);
  await expect(openBlock(page, 'B')).toHaveAttribute('data-block', 'layer3.4');
  const before = [await shown(page, 'A'), await shown(page, 'B')];
  await page.reload();
  await settled(page);
  await expect(against(page)).toHaveValue('model:plain56');
  await expect(openBlock(page, 'B')).toHaveAttribute('data-block', 'layer3.4');
  expect([await shown(page, 'A'), await shown(page, 'B')]).toEqual(before);
});

test('the sides change places', async ({ page }) => {
  await compare(page, '&model=resnet20&sample=cat&against=model:plain56');
  const [a, b] = [await shown(page, 'A'), await shown(page, 'B')];
  await page.getByRole('button', { name: 'Swap' }).click();
  await expect(side(page, 'A').getByRole('heading')).toContainText('Plain-56');
  await expect(side(page, 'B').getByRole('heading')).toContainText('ResNet-20');
  await expect.poll(() => shown(page, 'A')).toEqual(b);
  await expect.poll(() => shown(page, 'B')).toEqual(a);
  await expect.poll(() => query(page).get('against')).toBe('model:resnet20');
});

test('a picture of one’s own stands against the sample, in the same net, and survives a reload', async ({ page }) => {
  await compare(page, '&model=resnet20&sample=cat');
  await page.getByTestId('other-file').setInputFiles(`${FIXTURES}/upright.jpg`);
  await expect(side(page, 'B')).toContainText('upright.jpg');
  await expect(side(page, 'B').getByRole('heading')).toContainText('ResNet-20');
  await expect(side(page, 'A')).toContainText('Chelsea the cat');
  await expect.poll(() => page.evaluate(() => (history.state as { other?: { name: string } } | null)?.other?.name)).toBe('upright.jpg');
  await page.reload();
  await expect(side(page, 'B')).toContainText('upright.jpg');
  await settled(page);
  await page.getByRole('button', { name: 'Swap' }).click();
  await expect(side(page, 'A')).toContainText('upright.jpg');
  await expect(side(page, 'B')).toContainText('Chelsea the cat');
});

test('an address cannot hold a picture of one’s own, and the page says so', async ({ page }) => {
  await page.goto('/?view=compare&model=resnet20&against=own');
  await expect(side(page, 'A').locator('li')).toHaveCount(5);
  await expect(side(page, 'B')).toContainText('which no address can hold');
  await against(page).selectOption('sample:coffee');
  await settled(page);
  await expect(side(page, 'B')).toContainText('A cup of coffee');
});

test('ResNet-50 on a cat and a coffee, each at its own answer', async ({ page, request }) => {
  await needsResnet50(request);
  await compare(page, '&model=resnet20&sample=coffee');
  await preset(page, 'Cat and coffee in ResNet-50').click();
  await expect(side(page, 'A').locator('.label').first()).toHaveText(/Egyptian.cat/i);
  await expect(side(page, 'B').locator('.label').first()).toHaveText(/espresso/i);
  await settled(page);
  await expect.poll(() => query(page).get('against')).toBe('sample:coffee');
});

test('a lesion reaches the second side in the same net only', async ({ page }) => {
  await compare(page, '&model=resnet20&sample=cat&against=sample:coffee');
  const intact = await shown(page, 'B');
  await compare(page, '&model=resnet20&sample=cat&against=sample:coffee&lesion=layer3.0_1_0~layer2.0_1_0');
  await expect(page.getByTestId('caveats')).toContainText('The same branches are cut or scaled on both sides (layer2.0, layer3.0)');
  await expect.poll(() => shown(page, 'B')).not.toEqual(intact);
  await against(page).selectOption('model:plain20');
  await expect(page.getByTestId('caveats')).toContainText('B is another net, and intact');
  await page.getByRole('button', { name: 'Restore all' }).click();
  await expect(page.getByTestId('caveats')).toHaveCount(0);
});

test('a second model that cannot be had leaves the first alive, and can be tried again', async ({ page }) => {
  const FILE = '**/models/plain56.gguf';
  await page.route(FILE, (route) => route.fulfill({ status: 404, body: 'none' }));
  await page.goto('/?view=compare&model=resnet20&sample=cat&against=model:plain56');
  await expect(side(page, 'B').getByRole('alert')).toContainText('not on this server');
  await expect(page.getByRole('alert')).toHaveCount(1);
  await expect(side(page, 'A').locator('li')).toHaveCount(5);
  await page.getByRole('combobox', { name: 'Picture of side A' }).selectOption('coffee');
  await expect(side(page, 'A')).toContainText('A cup of coffee');
  await expect(side(page, 'B').getByRole('alert')).toContainText('not on this server');

  await page.unroute(FILE);
  await side(page, 'B').getByRole('button', { name: 'Try again' }).click();
  await expect(side(page, 'B').getByRole('heading')).toContainText('Plain-56');
  await expect(side(page, 'B')).toContainText('A cup of coffee');
  await expect(page.getByRole('alert')).toHaveCount(0);
});

test('a second load shows progress and can be cancelled', async ({ page }) => {
  await page.route('**/models/plain56.gguf', () => {}); // never answered
  await page.goto('/?view=compare&model=resnet20&against=model:plain56');
  await expect(side(page, 'B').getByRole('progressbar', { name: /Loading Plain-56/ })).toBeVisible();
  await side(page, 'B').getByRole('button', { name: 'Cancel' }).click();
  await expect(side(page, 'B').getByRole('alert')).toContainText('was cancelled');
  await against(page).selectOption('model:plain20');
  await settled(page);
  await expect(page.getByRole('alert')).toHaveCount(0);
});

test('the second engine lives as long as the comparison is looked at', async ({ page }) => {
  await page.goto('/?model=resnet20');
  await expect(page.getByTestId('block').first()).toBeVisible();
  const alone = page.workers().length;
  expect(alone).toBeGreaterThan(0);
  const views = page.getByRole('navigation', { name: 'Views' });
  await views.getByRole('link', { name: 'Compare' }).click();
  await settled(page);
  expect(page.workers().length).toBe(2 * alone);
  await views.getByRole('link', { name: 'Explore' }).click();
  await expect(page.getByTestId('block').first()).toBeVisible();
  await expect.poll(() => page.workers().length).toBe(alone);
  await views.getByRole('link', { name: 'Compare' }).click(); // and comes back
  await settled(page);
});

test('on a phone the sides stand one above the other, and nothing sticks out', async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await compare(page, '&model=resnet20&against=model:plain20');
  const [a, b] = [(await side(page, 'A').boundingBox())!, (await side(page, 'B').boundingBox())!];
  expect(b.y).toBeGreaterThan(a.y + a.height - 1);
  await expect.poll(() => page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
});

for (const colorScheme of ['light', 'dark'] as const) {
  test.describe(colorScheme, () => {
    test.use({ colorScheme });

    for (const search of ['&model=resnet56&against=model:plain56', '&model=resnet20&against=sample:coffee&lesion=layer2.1_1_0']) {
      test(`axe finds nothing: ${search}`, async ({ page }) => {
        await compare(page, search);
        await expect(page.locator('[aria-busy="true"]')).toHaveCount(0);
        await expectAccessible(page);
      });
    }
  });
}
