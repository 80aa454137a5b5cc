import { expect, test, type Page } from '@playwright/test';
import { needsResnet50, open } from './explorer.js';

declare global {
  interface Window {
    /** When each block has its turn. */
    turns: Promise<(number | null)[]>;
  }
}

const map = (page: Page) => page.getByTestId('skip-map');
const stations = (page: Page) => map(page).locator('[data-station]');
const station = (page: Page, name: string) => map(page).locator(`[data-station="${name}"]`);
const shown = (page: Page) => page.getByTestId('map-readout');
const panel = (page: Page) => page.getByRole('region', { name: /blocks/ }).filter({ has: page.getByTestId('map-readout') });
const opened = (page: Page) => new URL(page.url()).searchParams.get('block');

test('ResNet-20’s map has 9 stations, each with an arc that lands on a sum, and says what kind of block each one is', async ({ page }) => {
  await open(page, '?model=resnet20');
  await expect(page.getByRole('heading', { level: 2, name: 'ResNet-20 · 9 blocks.' })).toBeVisible();
  await expect(page.getByText('Each keeps its input x and adds a correction F(x).')).toBeVisible();
  await expect(map(page).locator('.sum')).toHaveCount(9);
  await expect(map(page).locator('.arrow')).toHaveCount(18); // on every sum one of x and one of F
  await expect(stations(page)).toHaveCount(9);
  await expect(map(page).locator('[data-arc]')).toHaveCount(9);
  await expect
    .poll(() => stations(page).evaluateAll((all) => all.map((one) => (one as SVGElement).dataset.station)))
    .toEqual([1, 2, 3].flatMap((stage) => [0, 1, 2].map((block) => `layer${stage}.${block}`)));
  await expect(station(page, 'layer2.0')).toHaveAccessibleName(
    /layer2\.0, basic, option A shortcut, size of F relative to x [\d.]+, rms x [\d.]+, rms F [\d.]+/,
  );
  await expect(station(page, 'layer2.1')).toHaveAccessibleName(/identity shortcut/);
  await expect(map(page)).toContainText('stage 364 × 8 × 8');
});

test('a plain net’s map has one strand', async ({ page }) => {
  await open(page, '?model=plain20');
  await expect(page.getByRole('heading', { level: 2, name: 'Plain-20 · 9 blocks.' })).toBeVisible();
  await expect(page.getByText('Each replaces its input by F(x).')).toBeVisible();
  await expect(map(page).locator('.sum')).toHaveCount(0);
  await expect(station(page, 'layer1.1')).toHaveAccessibleName(/^layer1\.1, basic, no shortcut, rms F [\d.]+$/);
  await expect(map(page).locator('.identity')).toHaveCount(0);
  await expect(map(page).locator('.residual')).toHaveCount(9);
});

test('a click opens a block, on its station or on its arc', async ({ page }) => {
  await open(page);
  await station(page, 'layer3.1').click();
  await expect(station(page, 'layer3.1')).toHaveAttribute('aria-pressed', 'true');
  await expect.poll(() => opened(page)).toBe('layer3.1');
  await map(page).locator('[data-arc="layer1.2"]').click();
  await expect(station(page, 'layer1.2')).toHaveAttribute('aria-pressed', 'true');
  await expect(station(page, 'layer3.1')).toHaveAttribute('aria-pressed', 'false');
  await expect.poll(() => opened(page)).toBe('layer1.2');
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
  await expect.poll(() => opened(page)).toBe('layer3.2');
});

test('the readout follows the pointer on one line, and nothing moves', async ({ page }) => {
  await open(page, '?model=resnet20&block=layer2.0&lesion=layer3.0_0.5_0');
  await expect(shown(page)).toContainText('layer2.0');
  const place = async () => [await shown(page).boundingBox(), await page.locator('[data-part="identity"]').boundingBox()];
  const before = await place();
  expect(before[0]!.height).toBeLessThan(20);
  await station(page, 'layer3.0').hover();
  await expect(shown(page)).toContainText(
    /layer3\.0.*x × 0\.5, F\(x\) cut.*size of F relative to x [\d.]+.*rms x [\d.]+.*rms F [\d.]+.*cos\(x, F\) [+−]?[\d.]+/s,
  );
  await expect(map(page).locator('.glow')).toHaveCount(1);
  await expect.poll(place).toEqual(before);
  await page.mouse.move(0, 0);
  await expect(shown(page)).toContainText('layer2.0');
  await expect(map(page).locator('.glow')).toHaveCount(0);
});

test('the size of F relative to x is what it says', async ({ page }) => {
  await open(page, '?block=layer1.1');
  const text = (await shown(page).textContent())!;
  const [x, f, share] = ['rms x', 'rms F', 'size of F relative to x'].map((name) =>
    Number(
      text
        .split(name)[1]!
        .trim()
        .split(/[^\d.]/)[0],
    ),
  );
  expect(share!).toBeCloseTo(f! / x!, 1);
});

for (const model of ['resnet20', 'resnet50', 'resnet56'] as const) {
  test(`${model}: the panel is slim, whole, and in two sizes of type, none under 12 px`, async ({ page, request }) => {
    if (model === 'resnet50') await needsResnet50(request);
    await page.setViewportSize({ width: 1280, height: 800 });
    await open(page, `?model=${model}`);
    expect((await panel(page).boundingBox())!.height).toBeLessThanOrEqual(176);
    const [outer, inner] = [(await page.locator('[data-part="map"]').boundingBox())!, (await map(page).boundingBox())!];
    expect(inner.x + inner.width).toBeLessThanOrEqual(outer.x + outer.width + 0.5);
    const sizes = await map(page)
      .locator('text')
      .evaluateAll((all) => [...new Set(all.map((text) => parseFloat(getComputedStyle(text).fontSize)))]);
    expect(Math.min(...sizes)).toBeGreaterThanOrEqual(12);
    expect(sizes.length).toBeLessThanOrEqual(2);
    const legend = (await panel(page).getByText('Papers draw x as the arc.').boundingBox())!;
    expect(legend.height).toBeLessThan(20); // one line, and all of it
    expect(legend.x + legend.width).toBeLessThanOrEqual(outer.x + outer.width + 0.5);
  });
}

test('blocks show what x and F look like, where there is room', async ({ page }) => {
  await open(page, '?model=resnet20');
  await expect(map(page).locator('image')).toHaveCount(19); // x and F of every block, and what the last one puts out
  const hrefs = await map(page)
    .locator('image')
    .evaluateAll((all) => all.map((one) => one.getAttribute('href')!));
  for (const href of hrefs) expect(href).toMatch(/^data:image\/png/);
  expect(new Set(hrefs).size).toBe(19);
  await page.getByRole('combobox', { name: 'Model' }).selectOption('resnet56');
  await expect(stations(page)).toHaveCount(27);
  await expect(map(page).locator('image')).toHaveCount(0);
});

test('the tool cuts what is clicked, and says so on the legend’s line', async ({ page }) => {
  await open(page, '?model=resnet20&block=layer2.1');
  const legend = panel(page).getByText('Papers draw x as the arc.');
  await expect(legend).toBeVisible();
  const before = (await panel(page).boundingBox())!.height;
  await page.getByRole('button', { name: 'Cut a branch' }).click();
  await expect(panel(page).getByText('Press an arc to cut F(x), the line to cut x; again to restore it.')).toBeVisible();
  await expect(legend).toBeHidden();
  expect((await panel(page).boundingBox())!.height).toBe(before);
  await map(page).locator('[data-arc="layer1.0"]').click();
  await expect(station(page, 'layer1.0')).toHaveAccessibleName(/F\(x\) cut$/);
  await map(page).locator('[data-strand="layer1.0"]').click();
  await expect(station(page, 'layer1.0')).toHaveAccessibleName(/x cut, F\(x\) cut$/);
});

test('the open block brings scissors of its own, which need no tool and mind a double click', async ({ page }) => {
  await open(page, '?model=resnet20&block=layer2.1');
  const scissors = map(page).locator('[data-scissors]');
  await expect(scissors).toHaveCount(0);
  // Opened by a pointer that stays, they wait until it comes again.
  await map(page).locator('[data-arc="layer1.1"]').dblclick();
  await expect(station(page, 'layer1.1')).toHaveAttribute('aria-pressed', 'true');
  await expect(scissors).toHaveCount(0);
  await station(page, 'layer3.1').hover();
  await station(page, 'layer1.1').hover();
  await expect(scissors).toHaveAttribute('data-scissors', 'layer1.1');
  // On the way there they do not vanish.
  await scissors.locator('.tool').first().click();
  await expect(station(page, 'layer1.1')).toHaveAccessibleName(/F\(x\) cut$/);
  await scissors.locator('.tool').last().click();
  await expect(station(page, 'layer1.1')).toHaveAccessibleName(/x cut, F\(x\) cut$/);
  await scissors.locator('.tool').first().click();
  await scissors.locator('.tool').last().click();
  await expect(station(page, 'layer1.1')).not.toHaveAttribute('aria-label', /cut$/);
});

test('the keys are told where they work', async ({ page }) => {
  await open(page, '?model=resnet20&block=layer2.1');
  const hint = panel(page).getByText('Arrow keys walk the blocks');
  await expect(hint).toBeHidden();
  await page.getByRole('button', { name: 'Cut a branch' }).focus();
  await page.keyboard.press('Tab');
  await expect(station(page, 'layer2.1')).toBeFocused();
  await expect(hint).toBeVisible();
  await page.keyboard.press('Tab');
  await expect(hint).toBeHidden();
});

/** Presses x on a station, and tells when each block's strand of x starts to change, in milliseconds: as its style says in the frame after the last block's numbers changed. */
async function cutAt(page: Page, name: string): Promise<(number | null)[]> {
  await stations(page)
    .last()
    .evaluate((element) => {
      const strands = [...element.closest('svg')!.querySelectorAll('.identity .strand')];
      const waits = () =>
        strands.map((one) => {
          const { transitionProperty, transitionDelay } = getComputedStyle(one);
          const at = transitionProperty.split(', ').indexOf('stroke-width');
          return at < 0 ? null : 1000 * parseFloat(transitionDelay.split(', ')[at]!);
        });
      window.turns = new Promise((resolve) => {
        new MutationObserver(() => requestAnimationFrame(() => resolve(waits()))).observe(element, { attributeFilter: ['aria-label'] });
      });
    });
  await station(page, name).focus();
  await page.keyboard.press('x');
  return page.evaluate(() => window.turns);
}

test('a cut travels from its block on, and its numbers are there at once', async ({ page }) => {
  await open(page, '?model=resnet20&block=layer1.1');
  const before = await station(page, 'layer3.2').getAttribute('aria-label');
  await expect.poll(() => cutAt(page, 'layer1.2')).toEqual([0, 0, 0, 40, 80, 120, 160, 200, 240]);
  await expect(page.locator('.travels')).toHaveCount(0);
  await expect(map(page).locator('image')).toHaveCount(19); // nothing of the old pictures is left
  expect((await cutAt(page, 'layer1.2'))[8]).toBe(240);
  await expect(station(page, 'layer3.2')).toHaveAttribute('aria-label', before!);
});

test('nothing travels where less motion is asked for', async ({ page }) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await open(page, '?model=resnet20&block=layer1.1');
  expect(new Set(await cutAt(page, 'layer1.2'))).toEqual(new Set([null]));
  await expect.poll(() => map(page).evaluate((svg) => svg.getAnimations({ subtree: true }).length)).toBe(0);
  await expect(map(page).locator('image')).toHaveCount(19);
});

test.describe('on a phone', () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });

  for (const [model, count] of [
    ['resnet20', 9],
    ['resnet56', 27],
  ] as const) {
    test(`${model}’s map swipes: one row, every block a finger wide, the open one in sight`, async ({ page }) => {
      await open(page, `?model=${model}&block=layer3.1`);
      await expect(stations(page)).toHaveCount(count);
      const band = page.locator('[data-part="map"]');
      expect((await band.boundingBox())!.height).toBeLessThanOrEqual(90);
      const boxes = await map(page)
        .locator('[data-arc]')
        .evaluateAll((all) => all.map((one) => one.getBoundingClientRect().toJSON()));
      boxes.forEach((box, i) => {
        expect(box.width).toBeGreaterThanOrEqual(44);
        expect(box.y).toBe(boxes[0].y);
        if (i > 0) expect(box.left).toBeGreaterThanOrEqual(boxes[i - 1].right - 0.5);
      });
      const middle = async (name: string) => {
        const box = (await map(page).locator(`[data-arc="${name}"]`).boundingBox())!;
        return box.x + box.width / 2;
      };
      await expect.poll(() => middle('layer3.1')).toBeGreaterThan(0);
      await expect.poll(() => middle('layer3.1')).toBeLessThan(390);
      await expect.poll(() => page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
      await band.evaluate((element) => element.scrollTo({ left: 0, behavior: 'instant' }));
      await map(page).locator('[data-arc="layer1.0"]').tap();
      await expect(station(page, 'layer1.0')).toHaveAttribute('aria-pressed', 'true');
    });
  }

  test('the map sticks to the top, on a ground of its own', async ({ page }) => {
    await open(page, '?model=resnet20');
    const band = page.locator('[data-part="map"]');
    const top = async () => Math.round((await band.boundingBox())!.y);
    await expect.poll(top).toBeGreaterThan(100);
    await page.locator('[data-part="output"]').evaluate((element) => element.scrollIntoView({ block: 'center' }));
    await expect.poll(top).toBe(0);
    // What stood above it has gone, and nothing shines through.
    await expect(page.getByRole('heading', { level: 2, name: /ResNet-20/ })).not.toBeInViewport();
    expect(
      await page.evaluate(() =>
        document
          .elementsFromPoint(195, 60)
          .some(
            (element) =>
              getComputedStyle(element).backgroundColor === getComputedStyle(document.body).backgroundColor && element.querySelector('[data-part="map"]'),
          ),
      ),
    ).toBe(true);
    await map(page).locator('[data-arc="layer2.2"]').tap();
    await expect(page.locator('#stage-title')).toHaveText('layer2.2');
    await expect.poll(top).toBe(0);
  });
});

test('printed, the map is whole', async ({ page }) => {
  await open(page, '?model=resnet20');
  await page.emulateMedia({ media: 'print' });
  await page.setViewportSize({ width: 390, height: 844 }); // as narrow as paper may be
  const { left, right, width } = await map(page).evaluate((svg) => {
    const { left, right, width } = svg.getBoundingClientRect();
    return { left, right, width };
  });
  expect(left).toBeGreaterThanOrEqual(0);
  expect(right).toBeLessThanOrEqual(390);
  expect(width).toBeGreaterThan(300);
  await expect(page.locator('[data-part="map"]')).toHaveCSS('overflow', 'visible');
});

test('in forced colours strands, cuts and what is pressed are told apart', async ({ page }) => {
  await page.emulateMedia({ forcedColors: 'active', colorScheme: 'dark' });
  await open(page, '?model=resnet20&block=layer2.1&lesion=layer1.1_1_0');
  const paper = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const stroke = (selector: string) =>
    map(page)
      .locator(selector)
      .first()
      .evaluate((element) => getComputedStyle(element).stroke);
  const [x, f, sum, lit, cut] = await Promise.all(['.identity .strand', '.residual .strand', '.sum', '.lit', '.cut .scissors'].map(stroke));
  for (const colour of [x, f, sum, lit, cut]) expect(colour).not.toBe(paper);
  expect(x).not.toBe(f);
  const tool = page.getByRole('button', { name: 'Cut a branch' });
  const ground = () => tool.evaluate((element) => getComputedStyle(element).backgroundColor);
  const released = await ground();
  await tool.click();
  await expect.poll(ground).not.toBe(released);
});
