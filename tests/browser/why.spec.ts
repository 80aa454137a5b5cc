import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, type Locator, type Page } from '@playwright/test';
import { commandLine, needsCommandLine } from './command-line.js';
import { type Classified, classify, expectAccessible } from './explorer.js';

const PICTURES = join(import.meta.dirname, '../fixtures/pictures');

const exhibit = (page: Page, id: string): Locator => page.getByTestId(`exhibit-${id}`);
const query = (page: Page): URLSearchParams => new URL(page.url()).searchParams;

/** What the page’s own net makes of the sample that it shows. */
const classifySample = (page: Page): Promise<Classified> =>
  page.evaluate(async () => window.skipscope!.classify(await (await fetch('samples/cat.jpg')).blob()));

/** Opens an exhibit, with a small net behind it. */
async function visit(page: Page, id: string, more = ''): Promise<Locator> {
  await page.goto(`/?view=why&model=resnet20&exhibit=${id}${more}`);
  await expect(exhibit(page, id)).toBeVisible();
  return exhibit(page, id);
}

test('the tab leads from exhibit to exhibit, and the address and back follow', async ({ page }) => {
  await page.goto('/?model=resnet20');
  await page.getByRole('link', { name: 'Why residual' }).click();
  await expect(exhibit(page, 'degradation')).toBeVisible();
  const index = page.getByRole('navigation', { name: 'Exhibits' });
  await index.getByRole('link', { name: /^Bottlenecks/ }).focus();
  await page.keyboard.press('Enter');
  await expect(exhibit(page, 'bottleneck')).toBeVisible();
  await expect(exhibit(page, 'degradation')).toHaveCount(0);
  await expect.poll(() => [query(page).get('view'), query(page).get('exhibit')]).toEqual(['why', 'bottleneck']);
  await page.goBack();
  await expect(exhibit(page, 'degradation')).toBeVisible();
  await expect(index.getByRole('link', { name: /^Degradation/ })).toHaveAttribute('aria-current', 'true');
});

test('the tab shows without any net', async ({ page }) => {
  await page.route('**/*.gguf', (route) => route.abort());
  await page.goto('/?view=why&exhibit=bottleneck');
  await expect(exhibit(page, 'bottleneck').getByTestId('block-bottleneck')).toContainText('70,400');
});

test('degradation: the curves are those of the logs, read by pointer and keys alike', async ({ page }) => {
  const shown = await visit(page, 'degradation');
  await expect(shown.getByTestId('verdict')).toContainText(/from 15\.1% to 43\.9% without identity branches, and from 11\.7% to 11\.2% with them/);
  const [plain, residual] = [shown.getByTestId('errors-plain'), shown.getByTestId('errors-residual')];
  await expect(plain.locator('path')).toHaveCount(4);
  await plain.getByRole('slider').focus();
  await page.keyboard.press('Home');
  // Both halves are read at one epoch.
  await expect(plain).toContainText(/epoch 1.*plain-56 training 80\.3%.*plain-56 test 75\.8%/);
  await expect(residual).toContainText(/epoch 1.*ResNet-56 training 60\.5%/);
  await expect(plain.getByRole('slider')).toHaveAttribute('aria-valuetext', /plain-20 test 53\.8%/);
});

test('degradation: a choice is in the address, and an address is a choice', async ({ page }) => {
  const shown = await visit(page, 'degradation', '&errors=training&axis=log');
  await expect(shown.getByRole('radio', { name: 'log' })).toBeChecked();
  await expect(shown.locator('path')).toHaveCount(4); // of both halves: no test errors
  await expect(shown.locator('svg').first()).not.toContainText(/^0%/);
  await shown.getByRole('radio', { name: 'log' }).focus();
  await page.keyboard.press('ArrowLeft');
  await expect.poll(() => query(page).get('axis')).toBeNull();
  await expect(shown.locator('svg').first()).toContainText('0%');
  await expect.poll(() => query(page).get('errors')).toBe('training');
});

test('degradation: every net is one click away in Explore and in Compare', async ({ page }) => {
  let shown = await visit(page, 'degradation');
  await shown.getByRole('link', { name: 'Explore plain-56' }).click();
  await expect(page.getByTestId('top')).toBeVisible();
  await expect.poll(() => [query(page).get('view'), query(page).get('model')]).toEqual([null, 'plain56']);
  await page.goBack();
  shown = exhibit(page, 'degradation');
  await shown.getByRole('listitem').filter({ hasText: 'ResNet-20:' }).getByRole('link', { name: 'compare with plain-20' }).click();
  await expect(page.getByTestId('side-B')).toContainText('Plain-20');
  await expect.poll(() => [query(page).get('model'), query(page).get('against')]).toEqual(['resnet20', 'model:plain20']);
});

test('bottlenecks: areas and numbers follow the sliders', async ({ page }) => {
  const shown = await visit(page, 'bottleneck');
  const area = (id: string) =>
    shown
      .getByTestId(id)
      .evaluate((figure) => [...figure.querySelectorAll('rect')].reduce((sum, rect) => sum + rect.width.baseVal.value * rect.height.baseVal.value, 0));
  const ratio = async () => (await area('block-wide')) / (await area('block-bottleneck'));
  await expect.poll(ratio).toBeCloseTo(288 / 17, 3);
  const before = await area('block-bottleneck');
  await shown.getByRole('slider', { name: /Channels of x/ }).focus();
  await page.keyboard.press('End');
  await expect(shown.getByTestId('block-bottleneck')).toContainText('x of 512 channels, 128 inside');
  expect((await area('block-bottleneck')) / before).toBeCloseTo(4, 3);
  await shown.getByRole('radio', { name: 'none' }).check();
  await expect.poll(ratio).toBeCloseTo(18 / 11, 3);
  await shown.getByRole('slider', { name: /Map/ }).fill('14');
  // 11 x 512 x 512 weights at 14 x 14 places.
  await expect(shown.getByTestId('block-bottleneck')).toContainText('565.2 M multiply-adds');
  await expect.poll(() => [query(page).get('channels'), query(page).get('squeeze'), query(page).get('side')]).toEqual(['512', '1', '14']);
});

test('bottlenecks: the nets of Table 1', async ({ page }) => {
  const shown = await visit(page, 'bottleneck');
  await shown.getByText('More', { exact: true }).click();
  for (const [depth, parameters, macs] of [
    [18, '11.7 M', '1.8 G'],
    [34, '21.8 M', '3.7 G'],
    [50, '25.6 M', '3.9 G'],
    [152, '60.2 M', '11.3 G'],
  ]) {
    const net = shown.locator(`[data-net="${depth}"]`);
    await expect(net).toContainText(`${parameters} parameters`);
    await expect(net).toContainText(`${macs} multiply-adds`);
  }
});

for (const colorScheme of ['light', 'dark'] as const) {
  test.describe(colorScheme, () => {
    test.use({ colorScheme });
    // In the light those that compute are looked at below, when they have.
    for (const id of ['degradation', 'flow', 'race', 'bottleneck', ...(colorScheme === 'dark' ? ['ensembles', 'surface', 'relu'] : [])]) {
      test(`axe finds nothing in ${id}`, async ({ page }) => {
        const shown = await visit(page, id);
        await shown.getByText('More', { exact: true }).click();
        await expectAccessible(page);
      });
    }
  });
}

test.describe('on a phone', () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
  for (const id of ['degradation', 'flow', 'race', 'ensembles', 'surface', 'relu', 'bottleneck']) {
    test(`nothing of ${id} reaches beyond the screen`, async ({ page }) => {
      const shown = await visit(page, id);
      await expect(page.getByRole('navigation', { name: 'Views' }).getByRole('link').last()).toBeInViewport({ ratio: 1 });
      await shown.getByText('More', { exact: true }).click();
      await expect.poll(() => page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
    });
  }
});

test.describe('gradient flow', () => {
  /** The measurement of the settings as they are now. */
  const measured = async (page: Page, layers: number): Promise<Locator> => {
    const shown = exhibit(page, 'flow');
    await expect(shown.getByRole('status')).toContainText(`${layers} layers, 32 pictures, measured in`);
    await expect(shown.getByTestId('flow')).toHaveAttribute('aria-busy', 'false');
    return shown;
  };
  /** “is 76 times as large as”: above 1; “times smaller”: below. */
  const towardsFirst = async (shown: Locator): Promise<number> => {
    const said = await shown.getByTestId('found').innerText();
    const [, number, how] = /first block’s weights is ([\d.,]+) times (as large|smaller)/.exec(said) ?? [];
    if (!number) return 1;
    return how === 'smaller' ? 1 / Number(number.replace(',', '')) : Number(number.replace(',', ''));
  };

  test('every layer has a norm, and so has every block a signal', async ({ page }) => {
    await visit(page, 'flow', '&depth=20');
    const shown = await measured(page, 20);
    await expect(shown.getByTestId('flow-gradient').getByRole('slider')).toHaveAttribute('aria-valuemax', '19');
    await expect(shown.getByTestId('flow-signal').getByRole('slider')).toHaveAttribute('aria-valuemax', '9');
    await expect(shown.getByTestId('flow-signal').locator('path')).toHaveCount(3);
  });

  test('the buttons lead to what they say, in the run’s own numbers', async ({ page }) => {
    await visit(page, 'flow');
    await measured(page, 32);
    await page.getByRole('button', { name: 'Make it explode' }).click();
    await expect.poll(() => query(page).get('skip')).toBe('off');
    let shown = await measured(page, 32);
    await expect(shown).toContainText('batch norm itself that makes gradients explode');
    await expect.poll(() => towardsFirst(shown)).toBeGreaterThan(10);
    await page.getByRole('button', { name: 'Make it vanish' }).click();
    await expect(exhibit(page, 'flow')).toContainText('vanishes in all layers');
    shown = await measured(page, 32);
    await expect(shown.getByTestId('found')).toContainText(/largest of all is [\d.]+ × 10⁻/);
    // With He's start the same net does not.
    await shown.getByText('More', { exact: true }).click();
    await shown.getByRole('radio', { name: 'He', exact: true }).check();
    await expect(shown).toContainText('No vanishing here');
    const ratio = await towardsFirst(await measured(page, 32));
    expect(ratio).toBeGreaterThan(0.1);
    expect(ratio).toBeLessThan(10);
  });

  test('the worker goes with the exhibit', async ({ page }) => {
    const workers = () => page.workers().length;
    await page.goto('/?view=why&model=resnet20');
    await expect(page.getByTestId('status')).toContainText('thread');
    const before = workers();
    await page.getByRole('link', { name: /^Gradient flow/ }).click();
    await measured(page, 32);
    expect(workers()).toBe(before + 1);
    await page.getByRole('link', { name: /^Bottlenecks/ }).click();
    await expect(exhibit(page, 'bottleneck')).toBeVisible();
    await expect.poll(workers).toBe(before);
  });

  test('no WebAssembly of the lab is asked for before it is needed', async ({ page }) => {
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    await visit(page, 'degradation');
    await expect(page.getByTestId('status')).toContainText('thread');
    expect(asked.filter((url) => url.includes('lab_bg'))).toEqual([]);
  });
});

test.describe('race', () => {
  const steps = async (page: Page): Promise<number> => {
    const said = await exhibit(page, 'race').getByRole('slider', { name: /^Loss/ }).getAttribute('aria-valuetext');
    return Number(/^step (\d+)/.exec(said ?? '')?.[1] ?? 0);
  };
  const button = (page: Page, name: string): Locator => exhibit(page, 'race').getByRole('button', { name, exact: true });

  test('steps, plays, pauses and starts anew, by keyboard alone', async ({ page }) => {
    const shown = await visit(page, 'race', '&layers=8');
    await button(page, 'Step').focus();
    await page.keyboard.press('Enter');
    await expect(shown.getByTestId('standing')).toContainText(/After 5 of 400 steps, of 500 pictures.*residual [\d.]+%, plain [\d.]+%/);
    await expect(shown.getByRole('status').first()).toContainText('Paused after 5 steps.');
    await button(page, 'Play').focus();
    await page.keyboard.press('Enter');
    await expect.poll(() => steps(page)).toBeGreaterThan(10);
    await button(page, 'Pause').press('Enter');
    await expect(button(page, 'Step')).toBeEnabled();
    const paused = await steps(page);
    await button(page, 'Step').press('Enter');
    await expect.poll(() => steps(page)).toBe(paused + 5);
    await button(page, 'Reset').press('Enter');
    await expect(shown.getByTestId('standing')).toContainText('Press Play');
    await expect(shown.locator('[data-testid="race-loss"] path').first()).toHaveAttribute('d', '');
  });

  test('curves leave as CSV, SVG and PNG, the nets as safetensors', async ({ page }) => {
    const shown = await visit(page, 'race', '&layers=8');
    await button(page, 'Step').click();
    await expect(shown.getByRole('status').first()).toContainText('Paused after 5 steps.');
    await shown.getByText('More', { exact: true }).click();
    const take = async (name: string): Promise<Buffer> => {
      const [download] = await Promise.all([page.waitForEvent('download'), button(page, name).click()]);
      return readFileSync(await download.path());
    };
    const [head, row] = (await take('CSV')).toString().split('\r\n');
    expect(head).toBe('step,residual loss,plain loss,residual test accuracy,plain test accuracy');
    expect(row).toMatch(/^5(,\d\.?\d*){4}$/);
    expect((await take('SVG')).toString()).toContain('8 layers, 8 channels in the first stage, learning rate 0.1, batch norm on, seed 0.');
    expect((await take('PNG')).subarray(1, 4).toString()).toBe('PNG');
    const net = await take('plain as safetensors');
    const header = JSON.parse(net.subarray(8, 8 + Number(net.readBigUInt64LE(0))).toString());
    expect(header['layer1.0.conv1.weight']).toMatchObject({ dtype: 'F32', shape: [8, 8, 3, 3] });
  });

  test('a net that stands still opens in Explore, where its blocks are cut; its safetensors do to the command line what the page says', async ({ page }) => {
    const shown = await visit(page, 'race', '&layers=8&right=pre-activation');
    await shown.getByText('More', { exact: true }).click();
    await expect(shown.getByTestId('race-nets')).toContainText('Pause the race');
    await button(page, 'Step').click();
    await expect(shown.getByTestId('race-nets')).toContainText(/pre-activation.*others know no net that is wired so/s);
    const [download] = await Promise.all([page.waitForEvent('download'), button(page, 'residual as safetensors').click()]);
    await button(page, 'Open residual in Explore').click();
    // On a test picture of its own, and the map has its three blocks.
    await expect(page.getByTestId('caption')).toContainText('test picture of the race');
    await page.waitForFunction(() => window.skipscope?.model?.id === 'race-1');
    await expect(page.locator('[data-station]')).toHaveCount(3);
    await page.locator('[data-station="layer1.0"]').focus();
    await page.keyboard.press('x');
    await expect(page.getByTestId('lesion-summary')).toBeVisible();
    await expect.poll(() => query(page).get('lesion')).toBe('layer1.0_1_0');
    await page.keyboard.press('x');

    const picture = join(PICTURES, 'rgb.png');
    const { probabilities } = await classify(page, picture, { topK: 10 });
    const card = await page.evaluate(() => window.skipscope!.model!.card);
    expect([card.architecture, card.labels.length]).toEqual(['resnet8-w8', 10]);
    needsCommandLine();
    const here = test.info().outputPath('net');
    mkdirSync(here, { recursive: true });
    await download.saveAs(join(here, 'net.safetensors'));
    writeFileSync(join(here, 'card.json'), JSON.stringify(card));
    const file = join(here, 'net.gguf');
    commandLine('convert', join(here, 'net.safetensors'), '--card', join(here, 'card.json'), '--precision', 'f32', '--out', file);
    const { top } = JSON.parse(commandLine('classify', '--json', '--top', '10', '--model', file, picture)) as Classified;
    // Logits are known but for what is common to all of them: without it they are the logarithms of the probabilities, centred.
    const logits = (of: number[]) => of.map((p) => Math.log(p) - of.reduce((sum, other) => sum + Math.log(other), 0) / of.length);
    const theirs = logits(card.labels.map((_, index) => top.find((one) => one.index === index)!.probability));
    logits([...probabilities]).forEach((logit, index) => expect(Math.abs(logit - theirs[index]!), `class ${index}`).toBeLessThan(1e-4));
  });

  test('a dozen pictures, told by both nets', async ({ page }) => {
    const shown = await visit(page, 'race', '&layers=8');
    await button(page, 'Step').click();
    await shown.getByText('More', { exact: true }).click();
    await expect(shown.getByRole('listitem').filter({ has: page.locator('canvas') })).toHaveCount(12);
    await expect(shown.getByTestId('race-norms').getByRole('slider')).toHaveAttribute('aria-valuemax', '7');
  });

  test('both workers go with the tab', async ({ page }) => {
    await visit(page, 'race', '&layers=8');
    await expect(page.getByTestId('status')).toContainText('thread');
    const before = page.workers().length;
    await button(page, 'Step').click();
    await expect(exhibit(page, 'race').getByRole('status').first()).toContainText('Paused after 5 steps.');
    expect(page.workers().length).toBe(before + 2);
    await page.getByRole('link', { name: 'Explore', exact: true }).click();
    await expect.poll(() => page.workers().length).toBe(before);
  });
});

test('ensembles: the curves grow with the draws, and a run that is cancelled keeps what it found', async ({ page }) => {
  const shown = await visit(page, 'ensembles', '&draws=1');
  const run = shown.getByRole('button', { name: 'Run', exact: true });
  await run.click();
  await expect(shown.getByTestId('ensembles-found')).toContainText(/median|in one draw/);
  await expect(shown.getByRole('status').first()).toHaveText('14 of 14 draws.');
  await expect(shown.getByTestId('ensembles-found')).toContainText(/With 1 block deleted: ResNet-20 \d+\.\d%, plain-20 \d+\.\d%\. With 3 blocks deleted/);
  await expect(shown.getByTestId('ensembles')).toContainText('on 90 squares');
  const slider = shown.getByRole('slider', { name: /^Changed answers/ });
  await slider.focus();
  await page.keyboard.press('Home');
  await expect(slider).toHaveAttribute('aria-valuetext', '0 blocks deleted: ResNet-20 0%, plain-20 0%'); // against itself, intact
  await expectAccessible(page, '[data-testid="exhibit-ensembles"]');
  // Of 56 layers there is a lot to cancel.
  await shown.getByRole('radio', { name: '56 layers' }).check();
  await expect(shown.getByTestId('ensembles-found')).toHaveText('');
  await run.click();
  await expect(shown.getByRole('status').first()).toContainText(/[1-9]\d* of 28 draws/);
  await shown.getByRole('button', { name: 'Cancel' }).click();
  await expect(shown.getByRole('status').first()).toContainText(/Cancelled after \d+ of 28 draws\./);
  await shown.getByRole('radio', { name: 'the race’s two' }).check();
  await expect(run).toBeDisabled();
  await shown.getByRole('link', { name: 'To the race' }).click();
  await expect(exhibit(page, 'race')).toBeVisible();
});

test('the race’s nets are tried out, and the loss around them is drawn', async ({ page }) => {
  await visit(page, 'race', '&layers=14');
  await exhibit(page, 'race').getByRole('button', { name: 'Step', exact: true }).click();
  await expect(exhibit(page, 'race').getByRole('status').first()).toContainText('Paused after 5 steps.');
  const index = page.getByRole('navigation', { name: 'Exhibits' });
  await index.getByRole('link', { name: /^Ensembles/ }).click();
  const shown = exhibit(page, 'ensembles');
  await shown.getByRole('radio', { name: 'the race’s two' }).check();
  await shown.getByRole('button', { name: 'Run', exact: true }).click();
  await expect(shown.getByTestId('ensembles')).toContainText('on 500 test pictures');
  await expect(shown.getByTestId('ensembles-found')).toContainText(/Intact: residual \d+\.\d%, plain \d+\.\d%\. With 1 block deleted/);
  await shown.getByRole('radio', { name: 'swap pairs' }).check();
  await shown.getByRole('button', { name: 'Run', exact: true }).click();
  await expect(shown.getByRole('status').first()).toContainText('Nets of so few layers'); // one block a stage has no other to change places with
  await index.getByRole('link', { name: /^Loss surface/ }).click();
  const surface = exhibit(page, 'surface');
  await surface.getByRole('button', { name: 'Run', exact: true }).click();
  await expect(surface.getByTestId('surface-found')).toContainText(/Of the residual net: \d+\.\d\d in the middle/);
  await expect(surface.getByRole('img', { name: /^plain: the loss around/ })).toBeVisible();
  await expectAccessible(page, '[data-testid="exhibit-surface"]');
});

test('ReLU: every block’s share and picture, with x and without, of a residual and of a plain net', async ({ page }) => {
  const shown = await visit(page, 'relu');
  await expect(shown.getByTestId('relu-found')).toContainText(/With x it is less in 9 of 9 blocks/);
  const map = shown.getByRole('img', { name: /^layer2\.0: / });
  const share = async () => Number(/([\d.]+)% negative/.exec((await map.getAttribute('aria-label'))!)![1]);
  const withX = await share();
  await shown.getByRole('radio', { name: 'F(x) alone' }).check();
  await expect.poll(share).toBeGreaterThan(withX);
  // The same share stands in Explore’s table under the sum.
  const { blocks } = await classifySample(page);
  expect(100 * blocks.find(({ name }) => name === 'layer2.0')!.clipped).toBeCloseTo(withX, 1);
  await expectAccessible(page, '[data-testid="exhibit-relu"]');
  await page.getByRole('combobox', { name: 'Model' }).selectOption('plain20');
  await expect(shown.getByTestId('relu-found')).toContainText('This net has no identity branch');
  await expect(shown.getByTestId('relu-chart').locator('path')).toHaveCount(1);
});

test('an exhibit that is there before the list of models begins when it comes', async ({ page }) => {
  let come = () => {};
  const late = new Promise<void>((resolve) => (come = resolve));
  await page.route('**/models/registry.json', async (route) => {
    await late;
    await route.continue();
  });
  await page.goto('/?view=why&exhibit=paths');
  await expect(exhibit(page, 'paths')).toBeVisible();
  come();
  await expect(exhibit(page, 'paths').getByTestId('paths-found')).toContainText('27 blocks make');
});

test('paths: the gradient on the picture of Explore is split, and its parts are all of it', async ({ page }) => {
  const shown = await visit(page, 'paths', '&net=resnet20');
  await expect(shown.getByTestId('paths-found')).toContainText('9 blocks make 2⁹ paths');
  const slider = shown.getByTestId('paths-chart').getByRole('slider');
  await expect(slider).toHaveAttribute('aria-valuemax', '9');
  await slider.focus();
  await page.keyboard.press('Home');
  await expect(slider).toHaveAttribute('aria-valuetext', /^through 0 of 9 branches: gradient \d+\.\d%, number of paths 0\.2%$/); // 1 of 512
  // What is added up is the gradient: to a few roundings of an f32.
  const [, exponent] = /by \d × 10⁻(.) of its length/.exec((await shown.getByRole('status').textContent())!)!;
  expect('⁵⁶⁷⁸').toContain(exponent);
  await shown.getByRole('radio', { name: 'ResNet-56' }).check();
  await expect(shown.getByTestId('paths-found')).toContainText('27 blocks make 2²⁷ paths');
  await expect.poll(() => query(page).get('net')).toBeNull(); // the usual one
  await expectAccessible(page, '[data-testid="exhibit-paths"]');
});
