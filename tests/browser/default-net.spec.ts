/** A visit that names no net: a small one at once, the one that impresses behind it, and never under a visitor's hands. */
import { expect, test, type Page } from '@playwright/test';
import { block, needsResnet50, top } from './explorer';

/** The whole file or the first part of it. */
const FILE = /\/models\/resnet50\.gguf(\.part1)?$/;
const picker = (page: Page) => page.getByRole('combobox', { name: 'Model', exact: true });
const note = (page: Page) => page.getByRole('progressbar', { name: 'Loading ResNet-50' });
const map = (page: Page) => page.getByTestId('skip-map');
const query = (page: Page) => new URL(page.url()).search;

/** ResNet-50's file comes when it is told to. */
async function hold(page: Page): Promise<{ asked: () => number; release: () => void }> {
  let asked = 0;
  let release = () => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  await page.route(FILE, async (route) => {
    asked++;
    await held;
    await route.continue();
  });
  return { asked: () => asked, release };
}

/** Opens the page as a new visitor does, and waits for the small net's answer. */
async function visit(page: Page, address = '/'): Promise<void> {
  await page.goto(address);
  await expect(top(page).first()).toHaveText('cat');
  await expect(map(page)).toHaveAttribute('aria-label', /^ResNet-20/);
}

/** What a browser says of its line. */
const line = (page: Page, connection: object) =>
  page.addInitScript((value) => Object.defineProperty(Navigator.prototype, 'connection', { get: () => value }), connection);

test.beforeEach(({ request }) => needsResnet50(request));

test('ResNet-20 answers at once and ResNet-50 takes its place, without a jump', async ({ page }) => {
  const { release } = await hold(page);
  await page.addInitScript(() => {
    const seen: number[] = [];
    Object.assign(window, { seen });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) seen.push((entry as PerformanceEntry & { value: number }).value);
    }).observe({ type: 'layout-shift', buffered: true });
  });
  await visit(page);
  await expect(note(page)).toBeVisible();
  await expect(page.getByText('ResNet-50 is loading (27 MB)…')).toBeVisible();
  await expect(picker(page)).toHaveValue('resnet20');
  await expect.poll(() => query(page)).toBe('?sample=cat'); // a reload begins as this visit did
  const box = () => page.locator('[data-part="output"]').boundingBox();
  const before = await box();
  release();
  await expect(map(page)).toHaveAttribute('aria-label', /^ResNet-50/);
  await expect(top(page).first()).toHaveText(/cat|tabby/i);
  await expect(page.locator('#stage-title')).toHaveText('layer1.1');
  await expect(picker(page)).toHaveValue('resnet50');
  await expect(note(page)).toHaveCount(0);
  await expect(page.getByRole('alert')).toHaveCount(0);
  await expect.poll(box).toEqual(before);
  await expect.poll(() => query(page)).toBe('?sample=cat');
  await expect(page.locator('[aria-busy="true"]')).toHaveCount(0);
  const moved = await page.evaluate(() => (window as unknown as { seen: number[] }).seen.reduce((sum, value) => sum + value, 0));
  expect(moved).toBeLessThanOrEqual(0.05);
  // The first act says which net it was done to.
  await page.locator('[data-arc="layer2.1"]').click();
  await expect(page.locator('#stage-title')).toHaveText('layer2.1');
  await expect.poll(() => query(page)).toBe('?sample=cat&model=resnet50&block=layer2.1');
  await page.goBack();
  await expect(page.locator('#stage-title')).toHaveText('layer1.1');
  await expect(picker(page)).toHaveValue('resnet50');
});

const acts: [string, (page: Page) => Promise<void>][] = [
  ['opens a block', (page) => page.locator('[data-arc="layer3.1"]').click()],
  ['cuts a branch', (page) => page.getByRole('button', { name: 'Cut residual F(x) of layer1.1' }).click()],
  ['chooses a channel', (page) => page.getByRole('radio', { name: 'the mean of' }).click()],
  ['brings a picture', (page) => page.getByTestId('file').setInputFiles('fixtures/upright.jpg')],
  ['goes to another view', (page) => page.getByRole('link', { name: 'Compare' }).click()],
  ['walks the map by keys', (page) => page.locator('[data-station]').first().press('ArrowRight')],
];
for (const [act, doIt] of acts) {
  test(`a visitor who ${act} is asked`, async ({ page }) => {
    const { release } = await hold(page);
    await visit(page);
    await expect(note(page)).toBeVisible();
    await doIt(page);
    release();
    await expect(page.getByRole('button', { name: 'Switch to it' })).toBeVisible();
    await expect(picker(page)).toHaveValue('resnet20');
    await expect.poll(() => new URL(page.url()).searchParams.get('model')).toBe('resnet20');
    await page.getByRole('button', { name: 'Switch to it' }).click();
    await expect(picker(page)).toHaveValue('resnet50');
    await expect(page.getByRole('button', { name: 'Switch to it' })).toHaveCount(0);
    await expect.poll(() => page.evaluate(() => window.skipscope!.model!.id)).toBe('resnet50');
    await expect.poll(() => new URL(page.url()).searchParams.get('model')).toBe('resnet50');
  });
}

test('whoever reads further down is asked, too', async ({ page }) => {
  const { release } = await hold(page);
  await visit(page);
  await expect(block(page, 'layer3.2')).toBeAttached();
  await page.mouse.wheel(0, 900);
  await expect.poll(() => page.evaluate(() => window.scrollY)).toBeGreaterThan(300);
  release();
  await expect(page.getByRole('button', { name: 'Switch to it' })).toBeVisible();
  await expect(picker(page)).toHaveValue('resnet20');
});

test('a load that is cancelled stays cancelled, at the next visit too', async ({ page }) => {
  const { asked, release } = await hold(page);
  await visit(page);
  await expect(note(page)).toBeVisible();
  await page.getByRole('button', { name: 'Cancel' }).click();
  await expect(note(page)).toHaveCount(0);
  release();
  const before = asked();
  await visit(page);
  await page.waitForLoadState('networkidle');
  expect(asked()).toBe(before);
  await expect(picker(page)).toHaveValue('resnet20');
});

for (const [what, connection] of [
  ['saves data', { saveData: true, effectiveType: '4g' }],
  ['has a slow line', { saveData: false, effectiveType: '3g' }],
] as const) {
  test(`nothing is loaded for a visitor who ${what}`, async ({ page }) => {
    const { asked } = await hold(page);
    await line(page, connection);
    await visit(page);
    await page.waitForLoadState('networkidle');
    expect(asked()).toBe(0);
    await expect(note(page)).toHaveCount(0);
    await expect(picker(page)).toHaveValue('resnet20');
  });
}

test('where ResNet-50 was not built nothing is said of it', async ({ page }) => {
  let asked = 0;
  await page.route(FILE, (route) => {
    asked++;
    return route.fulfill({ status: 404 });
  });
  await visit(page);
  await expect.poll(() => asked).toBe(1);
  await expect(note(page)).toHaveCount(0);
  await expect(page.getByRole('alert')).toHaveCount(0);
  await expect(picker(page)).toHaveValue('resnet20');
});

test('a net that was chosen is there at the next visit, and no other is loaded', async ({ page }) => {
  const { asked } = await hold(page);
  await visit(page);
  await picker(page).selectOption('resnet56');
  await expect(map(page)).toHaveAttribute('aria-label', /^ResNet-56/);
  const before = asked();
  await page.goto('/');
  await expect(map(page)).toHaveAttribute('aria-label', /^ResNet-56/);
  await page.waitForLoadState('networkidle');
  expect(asked()).toBe(before);
});

test('ResNet-50, chosen while it comes, is not fetched twice', async ({ page }) => {
  const { asked, release } = await hold(page);
  await visit(page);
  await expect(note(page)).toBeVisible();
  await picker(page).selectOption('resnet50');
  release();
  await expect(map(page)).toHaveAttribute('aria-label', /^ResNet-50/);
  expect(asked()).toBe(1);
});

for (const address of ['/?model=resnet20', '/?sample=cat&block=layer2.1', '/?view=compare']) {
  test(`an address that says more loads nothing behind: ${address}`, async ({ page }) => {
    const { asked } = await hold(page);
    await page.goto(address);
    await expect.poll(() => page.evaluate(() => window.skipscope?.model?.id)).toBe('resnet20');
    await page.waitForLoadState('networkidle');
    expect(asked()).toBe(0);
    await expect.poll(() => new URL(page.url()).searchParams.get('model')).toBe('resnet20');
  });
}
