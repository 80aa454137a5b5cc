/** The element `<skip-scope>` in other people's pages, on a plain host. */
import AxeBuilder from '@axe-core/playwright';
import { expect, test as base, type Locator, type Page } from '@playwright/test';

/** Nothing is asked of anybody else, and nothing is wrong. */
const test = base.extend<{ watched: void }>({
  watched: [
    async ({ page, baseURL }, use) => {
      const told: string[] = [];
      await page.route('**/*', (route) => {
        const url = new URL(route.request().url());
        if (url.origin === baseURL || ['blob:', 'data:'].includes(url.protocol)) return route.continue();
        told.push(`asked for ${url.href}`);
        return route.abort();
      });
      page.on('console', (message) => {
        if (message.type() === 'error' && !message.location().url.includes('favicon')) told.push(message.text());
      });
      page.on('pageerror', (error) => told.push(String(error)));
      await use();
      expect(told).toEqual([]);
    },
    { auto: true },
  ],
});

const top = (scope: Locator) => scope.getByTestId('top');
const stations = (scope: Locator) => scope.locator('[data-station]');
const engines = (page: Page) => page.workers().filter((worker) => worker.url().includes('worker.js') && !worker.url().includes('lab')).length;

test.describe('in an article', () => {
  test('several share one engine, and none loads before it comes near the screen', async ({ page }) => {
    const models: string[] = [];
    page.on('request', (request) => request.url().endsWith('.gguf') && models.push(request.url()));
    await page.goto('/article/');
    await expect(top(page.locator('#map'))).toContainText('cat');
    await expect(top(page.locator('#block'))).toContainText('cat');
    expect(await page.locator('#late').evaluate((late) => (late as HTMLElement & { result: unknown }).result)).toBeNull();
    await page.locator('#late').scrollIntoViewIfNeeded();
    await expect(top(page.locator('#late'))).toContainText('cat');
    await expect(page.locator('#late').getByTestId('paths-chart')).toBeVisible();
    expect(models).toHaveLength(1);
    expect(engines(page)).toBe(1);
  });

  test('tells what happens, and does what it is told', async ({ page }) => {
    await page.goto('/article/');
    const [map, block] = [page.locator('#map'), page.locator('#block')];
    await expect(stations(map)).toHaveCount(9);
    await page.evaluate(() => {
      const [one, other] = ['map', 'block'].map((id) => document.getElementById(id) as HTMLElement & Record<string, unknown>);
      for (const type of ['block', 'lesion', 'result', 'error'])
        document.addEventListener(type, (event) => (document.title += ` ${(event.target as HTMLElement).id}:${type}`), true);
      one!.addEventListener('block', (event) => (other!.block = (event as CustomEvent<{ block: string }>).detail.block));
      one!.addEventListener('lesion', (event) => (other!.lesion = (event as CustomEvent<{ lesion: unknown }>).detail.lesion));
    });
    // By keys, as in the page.
    await stations(map).nth(1).focus();
    await page.keyboard.press('End');
    await page.keyboard.press('Enter');
    await expect(block.getByTestId('open-block')).toHaveText('layer3.2');
    await page.keyboard.press('x');
    await expect(block.getByText('F(x) is cut: this block passes x on as it is')).toBeVisible();
    await expect.poll(() => page.title()).toContain('map:block');
    expect(await page.title()).toContain('map:lesion');
    expect(await page.title()).not.toContain('error');
    await block.getByRole('button', { name: 'Restore all' }).click();
    await expect(block.getByText('times the size of x')).toBeVisible();
  });

  test('an attribute is a property, before the class is there, too', async ({ page }) => {
    await page.goto('/article/');
    await page.evaluate(() => {
      const made = Object.assign(document.createElement('skip-scope'), { id: 'made', image: '/cat.jpg', view: 'block' });
      made.setAttribute('lesion', 'layer1.1_1_0');
      document.querySelector('h1')!.after(made);
    });
    const made = page.locator('#made');
    await expect(made.getByText('F(x) is cut')).toBeVisible();
    expect(await made.evaluate((element) => (element as HTMLElement & { lesion: unknown }).lesion)).toEqual({ 'layer1.1': { identity: 1, residual: 0 } });
    await made.evaluate((element) => element.setAttribute('block', 'layer1.2'));
    await expect(made.getByTestId('open-block')).toHaveText('layer1.2');
  });

  for (const [what, attributes, said] of [
    ['a picture that is not there', { image: '/nowhere.jpg' }, /nowhere\.jpg.*404/],
    ['a file that is no picture', { image: '/article/index.html' }, /index\.html.*is not a picture/],
    ['a model that is not there', { image: '/cat.jpg', model: '/nowhere.gguf' }, /nowhere\.gguf.*404/],
    ['a file that is no model', { image: '/cat.jpg', model: '/cat.jpg' }, /is not a model this engine reads/],
    ['no picture', {}, /No picture/],
  ] as const) {
    base(`${what} is told, and the others go on`, async ({ page }) => {
      await page.goto('/article/');
      await page.evaluate((given) => {
        const made = document.createElement('skip-scope');
        made.id = 'made';
        for (const [name, value] of Object.entries(given)) made.setAttribute(name, value);
        document.querySelector('h1')!.after(made);
      }, attributes);
      await expect(page.locator('#made')).toContainText(said);
      await expect(top(page.locator('#map'))).toContainText('cat');
      // Told better, it recovers.
      await page.locator('#made').evaluate((made) => {
        made.setAttribute('model', 'resnet20');
        made.setAttribute('image', '/cat.jpg');
      });
      await expect(top(page.locator('#made'))).toContainText('cat');
    });
  }

  test('axe finds nothing, on a phone neither', async ({ page }) => {
    await page.goto('/article/');
    for (const width of [1280, 390]) {
      await page.setViewportSize({ width, height: 844 });
      await expect(top(page.locator('#block'))).toBeVisible();
      await expect(page.locator('#block [aria-busy="true"]')).toHaveCount(0);
      const { violations } = await new AxeBuilder({ page }).analyze();
      expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]!.html}`)).toEqual([]);
      await expect.poll(() => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)).toBe(0);
    }
  });
});

test('React mounts twice and listens: one engine, and what is told comes back as a property', async ({ page }) => {
  await page.goto('/react/');
  await expect(page.locator('#root > output')).toHaveText('cat, ');
  await page.getByRole('button', { name: 'Cut', exact: true }).last().click();
  await expect(page.locator('#root > output')).toHaveText(/, layer2\.1$/);
  await expect(page.getByText('F(x) is cut')).toBeVisible();
  expect(engines(page)).toBe(1);
});

for (const scale of [0.5, 2]) {
  test(`on a slide that is scaled by ${scale} the pointer points where it is`, async ({ page }) => {
    await page.setViewportSize({ width: 960 * scale, height: 900 * scale });
    await page.goto('/reveal/#/1');
    const scope = page.locator('skip-scope');
    await expect(top(scope)).toContainText('cat');
    const picture = scope.locator('figure.sum canvas');
    await expect
      .poll(async () => ((await picture.boundingBox())?.width ?? 0) / (await picture.evaluate((canvas: HTMLElement) => canvas.offsetWidth)))
      .toBeCloseTo(scale, 1);
    const pointAt = async (at: Locator, across: number, down: number) => {
      const { x, y, width, height } = (await at.boundingBox())!;
      await page.mouse.move(x + width * across, y + height * down);
    };
    await expect(async () => {
      await pointAt(picture, 3.5 / 16, 12.5 / 16);
      await expect(scope.getByTestId('reading')).toContainText('row 12, column 3', { timeout: 1000 });
    }).toPass();
    // A chart has nine blocks: the last tenth of it is the last one's.
    await expect(async () => {
      await pointAt(scope.locator('[data-chart="rms"]'), 0.9, 0.5);
      await expect(scope.getByTestId('depth-walk')).toContainText('layer3.2', { timeout: 1000 });
    }).toPass();
  });
}

test('a sandboxed frame under a strict policy, of no origin', async ({ page }) => {
  await page.goto('/sandbox/');
  const frame = page.frameLocator('iframe');
  await expect(frame.getByTestId('top')).toContainText('cat');
  await expect(frame.getByTestId('open-block')).toHaveText('layer2.1');
  expect(await page.frames()[1]!.evaluate(() => self.origin)).toBe('null');
});

for (const [home, what, within] of [
  ['notebook', 'a notebook that was exported', '.jp-OutputArea'],
  ['pandoc', 'a page that Pandoc made, as it does for Quarto', 'body'],
] as const) {
  test(what, async ({ page }) => {
    await page.goto(`/${home}/`);
    const scope = page.locator(`${within} skip-scope`);
    await expect(top(scope)).toContainText('cat');
    await expect(scope.getByTestId('open-block')).toHaveText('layer2.1');
  });
}
