/** The page as one file, from a folder, in engines other than Chromium's. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from '@playwright/test';
import { pressNamed, search, until, type Browser } from './driver.js';
import { ENGINES } from './found.js';
import { dropNet } from './own-model.js';

const FILE = join(import.meta.dirname, '../../../target/single/skipscope.html');
const unbuilt = existsSync(FILE) ? null : 'pkg-scripts/single has not been run';

const top = (browser: Browser) => browser.run(() => document.querySelector<HTMLElement>('[data-testid=top]')?.innerText);

for (const { name, start, missing, retries } of ENGINES) {
  test.describe(name, () => {
    test.skip(!start || unbuilt !== null, start ? (unbuilt ?? '') : missing);
    test.describe.configure({ retries });
    let browser: Browser;
    test.beforeAll(async () => {
      browser = await start!(pathToFileURL(FILE).href);
    });
    test.afterAll(() => browser?.close());

    test('one file: classifies, opens a block, cuts its branch', async () => {
      await browser.open('?sample=cat');
      const intact = await until('the likeliest classes', () => top(browser));
      expect(intact).toMatch(/^\s*cat/);
      await pressNamed(browser, 'layer2.1');
      await until('the open block in the address', async () => (await search(browser, 'block')) === 'layer2.1');
      await pressNamed(browser, 'Cut residual F(x) of layer2.1');
      await until('other probabilities', async () => (await top(browser)) !== intact);
    });

    test('one file: opens a file that PyTorch wrote', async () => {
      await browser.open('?sample=cat');
      await until('the likeliest classes', () => top(browser));
      await dropNet(browser);
    });

    // The lab's worker trains by itself; for the paths it is handed a model.
    test('one file: its lab trains, and splits a gradient', async () => {
      const told = (what: string) => browser.run((id) => document.querySelector<HTMLElement>(`[data-testid="${id}"]`)?.innerText, what);
      await browser.open('?view=why&exhibit=race&layers=8');
      await pressNamed(browser, 'Step');
      await until('the first steps', async () => /After 5 of \d+ steps/.test((await told('standing')) ?? ''));
      await browser.open('?view=why&exhibit=paths&net=resnet20');
      await until('the paths', async () => (await told('paths-found'))?.includes('9 blocks make'));
    });
  });
}
