import { expect, test, type Page } from '@playwright/test';
import { expectAccessible } from './explorer.js';

interface Row {
  engine: string;
  network: string;
  side: number;
  flavour: string;
  threads: number;
  ran_threads: number;
  version: string;
  median_ms: number;
  best_ms: number;
  first_ms: number;
  load_ms: number;
  memory_bytes: number;
  accepted_rounds: number;
  discarded_rounds: number;
  logit_difference: number;
  time_x_peak_per_mac: number;
  ratio_to_onnxruntime: number | null;
}
interface Report {
  peak_gmac_s: number;
  browser: string;
  cores: number;
  rows: Row[];
  layers: { flavour: string; peak_gmac_s: number; layers: { name: string; algorithm: string; macs: number; ms: number; peak_share: number }[] }[];
}

const ENGINES = ['skipscope', 'onnxruntime-web', 'tfjs-wasm', 'candle'];

/** Waits for the view, then runs as pkg-scripts/bench does. */
async function run(page: Page, choice: object): Promise<{ report: Report; markdown: string }> {
  await page.waitForFunction(() => 'skipscopeBenchmark' in window);
  return page.evaluate((wanted) => {
    const { skipscopeBenchmark } = window as unknown as { skipscopeBenchmark: { run(choice: object): Promise<never> } };
    return skipscopeBenchmark.run(wanted);
  }, choice);
}

// Nothing here looks at how long anything took: that is for a machine that does nothing else.
test('every engine computes the same logits, and every row is complete', async ({ page, context, baseURL }) => {
  test.slow(); // a busy machine compiles four engines
  const foreign: string[] = [];
  context.on('request', (request) => {
    if (!request.url().startsWith(`${baseURL}/`) && !/^(blob|data):/.test(request.url())) foreign.push(request.url());
  });
  await page.goto('/?view=benchmark');
  const { report, markdown } = await run(page, { networks: ['resnet18', 'resnet50'], sides: [64], engines: ENGINES, threads: [1], rounds: 1 });

  expect(report.peak_gmac_s).toBeGreaterThan(0);
  expect(report.cores).toBeGreaterThan(0);
  expect(new Set(report.rows.map(({ engine }) => engine))).toEqual(new Set(ENGINES));
  for (const row of report.rows) {
    const what = `${row.network} ${row.engine} ${row.flavour}`;
    expect(row, what).toMatchObject({ side: 64, threads: 1, version: expect.stringMatching(/^\d+\.\d+/) });
    for (const key of ['median_ms', 'best_ms', 'first_ms', 'load_ms', 'time_x_peak_per_mac', 'ratio_to_onnxruntime'] as const) {
      expect(row[key], `${what}: ${key}`).toBeGreaterThan(0);
    }
    expect(row.memory_bytes, what).toBeGreaterThan(11e6 * 4); // its weights at least
    expect(row.accepted_rounds + row.discarded_rounds, what).toBeGreaterThan(0);
    expect(row.logit_difference, what).toBeLessThan(1e-4);
  }
  const others = report.rows.filter(({ engine }) => engine !== 'skipscope');
  expect(others.every(({ logit_difference }) => logit_difference > 0)).toBe(true); // nobody was compared with itself
  // The stem, its pooling, the convolutions of every block with their projections, the average, the classifier.
  expect(report.layers.map(({ layers }) => layers.length)).toEqual(expect.arrayContaining([23, 56]));
  for (const { layers } of report.layers) {
    expect(layers.map(({ name }) => name)).toEqual(expect.arrayContaining(['conv1', 'maxpool', 'layer1.0.conv1', 'layer4.0.downsample.0', 'avgpool', 'fc']));
    expect(layers.reduce((sum, { ms }) => sum + ms, 0)).toBeGreaterThan(0);
    for (const { name, algorithm, macs } of layers) expect([algorithm !== '', macs > 0], name).toEqual(name.endsWith('pool') ? [false, false] : [true, true]);
  }
  for (const engine of ENGINES) expect(markdown).toContain(`${engine} `);
  expect(foreign).toEqual([]);

  // The page shows the same.
  const results = page.getByTestId('bench-results');
  await expect(results.getByRole('region', { name: 'Results as a table' }).locator('tbody tr')).toHaveCount(report.rows.length);
  await expect(results.getByRole('img', { name: /^Depth: .* one line per engine/ })).toBeVisible();
});

test('engines with two threads agree, too', async ({ page }) => {
  test.slow();
  await page.goto('/?view=benchmark');
  const { report, markdown } = await run(page, {
    networks: ['resnet18'],
    sides: [64],
    engines: ['skipscope', 'onnxruntime-web', 'tfjs-wasm'],
    threads: [2],
    rounds: 1,
  });
  expect(report.rows.map(({ engine }) => engine)).toEqual(expect.arrayContaining(['onnxruntime-web', 'tfjs-wasm']));
  for (const row of report.rows) {
    expect(row.logit_difference).toBeLessThan(1e-4);
    expect(row.threads).toBe(2);
    if (row.engine !== 'tfjs-wasm') expect(row.ran_threads, row.engine).toBe(2);
    else if (row.ran_threads < 2) expect(markdown).toContain('| 1 of 2 | tfjs-wasm'); // whatever it was given
  }
});

test('without isolation every row says one thread, whatever was asked for', async ({ page }) => {
  test.slow();
  await page.route('**/*', async (route) => {
    const response = await route.fetch();
    const { 'cross-origin-opener-policy': _, 'cross-origin-embedder-policy': __, ...headers } = response.headers();
    await route.fulfill({ response, headers });
  });
  await page.goto('/?view=benchmark&threads=2');
  const { report, markdown } = await run(page, { networks: ['resnet18'], sides: [64], engines: ENGINES, rounds: 1 });
  expect(new Set(report.rows.map(({ engine }) => engine))).toEqual(new Set(ENGINES));
  for (const row of report.rows) expect([row.threads, row.ran_threads], row.engine).toEqual([1, 1]);
  expect(markdown).not.toContain('| 2 |');
});

test('a visitor chooses, runs, cancels, and goes back to the blocks', async ({ page }) => {
  await page.goto('/?model=resnet20');
  await page.getByRole('link', { name: 'Benchmark' }).click();
  await expect(page).toHaveURL(/view=benchmark/);
  await expect(page.getByRole('heading', { name: 'How it is measured' })).toBeVisible();

  await page.getByRole('checkbox', { name: 'ResNet-18' }).uncheck();
  await page.getByRole('checkbox', { name: 'ResNet-50' }).uncheck();
  await expect(page.getByRole('button', { name: 'Run' })).toBeDisabled();
  await page.getByRole('checkbox', { name: 'ResNet-18' }).check();
  await page.getByRole('checkbox', { name: '128' }).check();
  await page.getByRole('spinbutton', { name: 'Rounds' }).fill('50');
  await page.getByRole('button', { name: 'Run' }).press('Enter');
  await expect(page).toHaveURL(/networks=resnet18&sides=128,224&/);
  // Of the page's status lines this one's, by what it says: the engine's loading, still going on, has one of its own.
  await expect(page.getByRole('status').filter({ hasText: 'resnet18, 128 px, 1 thread' })).toBeVisible();
  await page.getByRole('button', { name: 'Cancel' }).click();
  await expect(page.getByRole('button', { name: 'Run' })).toBeEnabled();

  await page.getByRole('link', { name: 'Explore' }).click();
  await expect(page.getByTestId('block').first()).toBeVisible();
  await page.goBack();
  await expect(page.getByRole('heading', { name: 'Benchmark' })).toBeVisible();
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`axe finds nothing, and nothing overflows a phone: ${colorScheme}`, async ({ page }) => {
    test.slow();
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width: 390, height: 844 });
    await page.goto('/?view=benchmark');
    await run(page, { networks: ['resnet18'], sides: [128, 160], engines: ['skipscope'], threads: [1], rounds: 1 });
    await expect(page.getByTestId('bench-results').getByRole('img').first()).toBeVisible();
    await expectAccessible(page);
    await expect.poll(() => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)).toBe(0);
  });
}
